"""The rules to read and write single values, one function for each annotation in ``scalars.py``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from operator import index
from typing import Any

from ..errors import InvalidInput
from .ids import ExactId, fault_of_id, fault_of_mailbox, fault_of_marks, leftover
from .lists import object_to_list
from .scalars import (
    AnyId,
    AnyIdList,
    AnyNumber,
    ClockTime,
    Day,
    Email,
    Flag,
    Id,
    IdList,
    Login,
    Needed,
    NeededId,
    NeededNumber,
    NeededNumberList,
    NumberList,
    Year,
)


class Misfit(ValueError):
    """A value does not fit its field. ``fields`` maps paths to reasons, without the values."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(f"{path}: {why}" for path, why in fields.items()))

    def __reduce__(self) -> tuple[type[Misfit], tuple[dict[str, str]]]:
        return Misfit, (self.fields,)

    def under(self, path: str) -> dict[str, str]:
        """Return the reasons with ``path`` before each, e.g. ``[3].role_id`` for path ``[3]``."""
        return {
            f"{path}.{inner}" if inner and inner[0] != "[" else path + inner: why
            for inner, why in self.fields.items()
        }


_WHOLE = re.compile(r"\s*-?\d{1,18}\s*", re.ASCII).fullmatch
_DECIMAL = re.compile(r"\s*-?\d{1,15}(\.\d{1,15})?\s*", re.ASCII).fullmatch
_CLOCK = re.compile(
    r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?", re.ASCII
).fullmatch
# A mailbox without quotes, and a host. Both may contain letters of all scripts.
_MAILBOX = re.compile(r"""[^\s@()<>\[\]\\,;:"]+@[\w-]+(?:\.[\w-]+)*\.?""").fullmatch


# Each function converts what a vendor or a caller may write, or raises Misfit with the reason why
# that is not possible.


def whole(value: object) -> int | None:
    """Convert an ``int``, a ``Decimal`` without a fraction, or another integer type (numpy's).

    Return ``None`` for anything else: a bool, a float (which may have lost digits of an id), or a
    number that orjson can't write because it has more than 64 bits.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        number = int(value)
    elif isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > 20 or value != value.to_integral_value():
            return None
        number = int(value)
    else:
        try:
            number = index(value)  # type: ignore[arg-type]
        except TypeError:
            return None
    return number if -(2**63) <= number < 2**64 else None


def is_whole(value: object) -> bool:
    """Whether :func:`whole` can convert ``value``."""
    return whole(value) is not None


def id_text(value: object) -> str | None:
    """Return a text as it is and a whole number as a text; ``None`` for anything else."""
    if isinstance(value, str):
        return value
    number = whole(value)
    return None if number is None else str(number)


def _text(value: Any) -> str:
    text = id_text(value)
    if text is None:
        raise Misfit({"": f"must be text or a whole number, not {_kind(value)}"})
    return text


def _kind(value: Any) -> str:
    """Describe a value for a message that must not show it."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{type(value).__name__} with a fraction or too many digits"
    return "null" if value is None else type(value).__name__


def _needed(value: Any) -> str:
    if value.__class__ is str and value and not value.isspace():
        return value
    text = _text(value)
    if not text or text.isspace():
        raise Misfit({"": "is needed and must not be blank"})
    return text


def _needed_id(value: Any) -> str:
    return _any_id(_needed(value))


def _any_id(value: Any) -> str:
    if isinstance(value, ExactId):
        return str(value)
    return _without(fault_of_id, _text(value).strip())


def _login(value: Any) -> str:
    if isinstance(value, ExactId):
        return str(value)
    text = _text(value).strip()
    return _without(leftover, _without(fault_of_marks, text))


def _without(fault_of: Callable[[str], str | None], text: str) -> str:
    """Return ``text``, or raise Misfit with the reason that ``fault_of`` returns.

    An empty text is not checked.
    """
    if text and (fault := fault_of(text)):
        raise Misfit({"": fault})
    return text


def _needed_number(value: Any) -> str:
    text = _needed(value).strip()
    if not (text.isascii() and text.isdigit()):
        raise Misfit({"": "must be a whole number"})
    return text


def _any_number(value: Any) -> str:
    text = _text(value)
    return _needed_number(text) if text.strip() else text


def _numbers(value: Any) -> tuple[int, ...]:
    fault = Misfit({"": "must be a list of whole numbers"})
    try:
        return tuple(int(_needed_number(one)) for one in _ids(value))
    except (Misfit, ValueError):  # int() refuses thousands of digits
        raise fault from None


def _needed_numbers(value: Any) -> tuple[int, ...]:
    numbers = _numbers(value)
    if not numbers:
        raise Misfit({"": "needs at least one number"})
    return numbers


def _clock_time(value: Any) -> str:
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, str):
        if not value or value.isspace():
            return ""
        if known := _CLOCK(value.strip()):
            return f"{int(known['hour']):02}:{known['minute']}"
    raise Misfit({"": "must be a time of the day, written as HH:MM"})


def _number(value: Any) -> int | None:
    number = whole(value)
    if number is not None:
        return number
    if isinstance(value, str):
        if not value or value.isspace():
            return None
        if _WHOLE(value):
            return int(value)
        raise Misfit({"": "must be a whole number"})
    raise Misfit({"": f"must be a whole number, not {_kind(value)}"})


def _decimal(value: Any) -> float | None:
    if isinstance(value, float) or is_whole(value):
        return float(value)
    if isinstance(value, Decimal) and value.is_finite():
        return float(value)
    if isinstance(value, str):
        if not value or value.isspace():
            return None
        if _DECIMAL(value):
            return float(value)
    raise Misfit({"": "must be a number"})


def _year(value: Any) -> int | None:
    if value.__class__ is str and len(value) == 4 and value.isdecimal() and value[0] != "0":
        return int(value)
    year = _number(value)
    if year is not None and not 1000 <= year <= 9999:
        raise Misfit({"": "must be a year of four digits"})
    return year


def _email(value: Any) -> str:
    text = _text(value)
    if text and not _MAILBOX(text):
        raise Misfit({"": "must be an email address"})
    _without(fault_of_mailbox, text.partition("@")[0])
    return _without(leftover, _without(fault_of_marks, text))


_FLAG_TEXTS = {"1": True, "true": True, "0": False, "false": False}


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not value:
            return None
        if (known := _FLAG_TEXTS.get(value.lower())) is not None:
            return known
        raise Misfit({"": "must be 0 or 1"})
    try:
        if value == 1:
            return True
        if value == 0:
            return False
    except (ValueError, ArithmeticError):  # comparing a numpy array, or a signaling NaN of Decimal
        pass
    raise Misfit({"": "must be 0 or 1"})


def _ids(value: Any) -> tuple[str, ...]:
    value = object_to_list(value)
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if not isinstance(value, list | tuple) and (one := id_text(value)) is not None:
        return (one,)
    if isinstance(value, list | tuple):
        if len(value) == 1 and value[0] == "":  # an empty text, split at its commas
            return ()
        known = tuple(
            element if isinstance(element, ExactId) else _needed(element).strip()
            for element in value
        )
        if not any("," in element for element in known):
            return known
    raise Misfit({"": "must be a list of ids"})


def _any_ids(value: Any) -> tuple[str, ...]:
    known = _ids(value)
    if not isinstance(value, ExactId):
        for one in known:
            _any_id(one)
    return known


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        if not value:
            return None
        if value[2:3] == value[5:6] == "." and len(value) == 10:
            value = f"{value[6:]}-{value[3:5]}-{value[:2]}"
        if value[4:5] == value[7:8] == "-" and value[10:11] in ("", "T", " "):
            try:
                return date.fromisoformat(value[:10])
            except ValueError:
                raise Misfit(
                    {"": "must be a date that exists, written as YYYY-MM-DD or DD.MM.YYYY"}
                ) from None
    elif isinstance(value, datetime):
        return value.date()
    elif isinstance(value, date):
        return value
    raise Misfit({"": "must be a date, written as YYYY-MM-DD or DD.MM.YYYY"})


SCALARS: dict[Any, tuple[type, Callable[[Any], Any]]] = {
    str: (str, _text),
    int: (int, _number),
    float: (float, _decimal),
    Year: (int, _year),
    Email: (str, _email),
    Login: (str, _login),
    Id: (str, _text),
    AnyId: (str, _any_id),
    Needed: (str, _needed),
    NeededId: (str, _needed_id),
    NeededNumber: (str, _needed_number),
    AnyNumber: (str, _any_number),
    NumberList: (tuple, _numbers),
    NeededNumberList: (tuple, _needed_numbers),
    ClockTime: (str, _clock_time),
    Flag: (bool, _flag),
    bool: (bool, _flag),
    IdList: (tuple, _ids),
    AnyIdList: (tuple, _any_ids),
    Day: (date, _day),
}
# Types for which "" means that there is no value.
MAY_BE_BLANK = frozenset({bool, int, float, Year, Flag, Day})
# Types whose values are kept without a check if they have the right Python type already, e.g. a
# text in a text field. `Needed` and ids from the caller are always checked.
KEPT_AS_IS = frozenset({str, bool, int, float, Id, Flag})

DUMPS: dict[type, Callable[[Any], Any]] = {
    bool: int,
    tuple: lambda ids: ",".join(map(str, ids)),
    date: date.isoformat,
}
# Types whose values DUMPS converts before they are sent.
ENCODED = frozenset({Flag, IdList, AnyIdList, Day})


def ids_of(ids: object, *, what: str) -> list[str]:
    """Convert a list of ids, each a text or a number, to texts.

    :param what: name of the parameter, for error messages.
    :raises InvalidInput: a single text (which would be split into its letters), a mapping, or an
        element that is neither a text nor a whole number.
    """
    if isinstance(ids, str | bytes | Mapping) or not isinstance(ids, Iterable):
        raise InvalidInput(f"{what} must be a list of ids, not one")
    known = [id_text(one) for one in ids]
    if None in known:
        raise InvalidInput(f"each id in {what} must be a text or a whole number")
    return [one.strip() for one in known if one is not None]
