"""The scalars of the wire, and the one converter that knows how to read and write them.

Vendors print one and the same thing in many ways: an id as number here and text there, a flag as
``1``, ``"1"`` or ``true``, a list as ``"1,2"``, ``""`` or ``null``. The annotation of a field says
which of these habits it has (:data:`Id`, :data:`Flag`, :data:`IdList`, :data:`Day`); the rules for
them live in :func:`make_converter` and nowhere else.

Three things differ for the vendors and so for us: a field that is :data:`UNSET` is not sent,
``None`` is sent as ``null``, and ``""`` as an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from operator import attrgetter
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs
from cattrs import Converter

from .errors import InvalidInput

T = TypeVar("T")


class Unset(Enum):
    """The type of :data:`UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


#: A field that was not given: it is not sent at all.
UNSET: Final = Unset.UNSET

#: An identifier. Vendors print it as number or text; it is always text here.
Id = Annotated[str, "id"]
#: The same where it is given by the caller, who may write either.
AnyId = Annotated[str | int, "id"]
#: Yes or no. Vendors print ``1``, ``"1"``, ``true``; ``""`` and ``null`` are "not said" (``None``).
Flag = Annotated[bool, "flag"]
#: Several identifiers. Vendors print ``"1,2"``, a list, ``""`` or ``null``.
IdList = Annotated[tuple[str, ...], "ids"]
#: A calendar day, ``YYYY-MM-DD``.
Day = Annotated[date, "day"]
#: A year, four digits.
Year = Annotated[int, "year"]
#: A mail address: no more is asked of it than a mailbox and a host.
Email = Annotated[str, "email"]
#: A text that must be there and not be blank.
Needed = Annotated[str, "needed"]
#: The same for an identifier.
NeededId = Annotated[str | int, "needed id"]


class Misfit(ValueError):
    """A value that does not fit. ``fields`` maps paths to reasons; never holds the value."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(f"{path}: {why}" for path, why in fields.items()))


class Record:
    """The base of all models: it prints which record it is, and nothing of the person.

    ``ignored`` names the keys of an answer that are not kept, not even in ``extra``.
    """

    __slots__ = ()
    ignored: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        known = getattr(self, "id", None) or getattr(self, "uid", None)
        return f"<{type(self).__name__}{f' {known}' if known else ''}>"


# ---- scalars: each takes what a vendor or a caller may write, and says why it can't be taken


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise Misfit({"": "must be text"})


def _needed(value: Any) -> str:
    text = _text(value)
    if not text.strip():
        raise Misfit({"": "is needed and must not be blank"})
    return text


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not value.strip():
            return None
        if re.fullmatch(r"\s*-?\d{1,18}\s*", value, re.ASCII):
            return int(value)
    raise Misfit({"": "must be a whole number"})


def _decimal(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        if not value.strip():
            return None
        if re.fullmatch(r"\s*-?\d{1,15}(\.\d{1,15})?\s*", value, re.ASCII):
            return float(value)
    raise Misfit({"": "must be a number"})


def _year(value: Any) -> int | None:
    year = _number(value)
    if year is not None and not 1000 <= year <= 9999:
        raise Misfit({"": "must be a year of four digits"})
    return year


def _email(value: Any) -> str:
    text = _text(value)
    if text and not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise Misfit({"": "must be a mail address"})
    return text


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if value in (1, "1") or (isinstance(value, str) and value.lower() == "true"):
        return True
    if value in (0, "0") or (isinstance(value, str) and value.lower() == "false"):
        return False
    if value == "":
        return None
    raise Misfit({"": "must be 0 or 1"})


def _ids(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, int) and not isinstance(value, bool):
        return (str(value),)
    if isinstance(value, list | tuple):
        return tuple(_needed(element) for element in value)
    raise Misfit({"": "must be a list of ids"})


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    if value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", value, re.ASCII):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            pass
    raise Misfit({"": "must be a day that exists, as YYYY-MM-DD"})


_SCALARS: dict[Any, tuple[type, Callable[[Any], Any]]] = {
    str: (str, _text),
    int: (int, _number),
    float: (float, _decimal),
    Year: (int, _year),
    Email: (str, _email),
    Id: (str, _text),
    AnyId: (str, _text),
    Needed: (str, _needed),
    NeededId: (str, _needed),
    Flag: (bool, _flag),
    IdList: (tuple, _ids),
    Day: (date, _day),
}
# Types whose own values need no look: a text field given a text. `Needed` must look every time.
_AT_ONCE = frozenset({str, int, float, Id, AnyId, Flag})

_DUMPS: dict[type, Callable[[Any], Any]] = {
    bool: int,
    tuple: ",".join,
    date: date.isoformat,
}
_AS_THEY_ARE = frozenset({str, int, float, type(None)})


def _parts(annotation: Any) -> tuple[Any, frozenset[Any]]:
    """A field's annotation as its one real type, and which of ``None`` and UNSET it may be."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation, frozenset()
    nothing = {type(None), Unset}
    real = [part for part in get_args(annotation) if part not in nothing]
    if len(real) != 1:
        raise TypeError(f"a model's field must have one type beside None and Unset: {annotation}")
    return real[0], frozenset(part for part in get_args(annotation) if part in nothing)


def make_converter() -> Converter:
    """A cattrs converter with the rules of this module; one per vendor, made at import."""
    converter = Converter(detailed_validation=False)
    for annotation, (_, rule) in _SCALARS.items():
        if isinstance(annotation, type):  # cattrs looks up plain classes before it asks functions
            converter.register_structure_hook(annotation, _hook(rule))
        else:
            converter.register_structure_hook_func(_is(annotation), _hook(rule))
    converter.register_structure_hook_factory(
        _made_of(Literal), lambda wanted: _choice(get_args(wanted))
    )
    converter.register_structure_hook_factory(
        _made_of(list), lambda wanted: _list_reader(converter, wanted)
    )
    converter.register_structure_hook_factory(attrs.has, lambda model: _reader(converter, model))
    converter.register_unstructure_hook_factory(attrs.has, _writer)
    return converter


def _is(annotation: Any) -> Callable[[Any], bool]:
    return lambda wanted: bool(wanted == annotation)


def _made_of(origin: Any) -> Callable[[Any], bool]:
    return lambda wanted: get_origin(wanted) == origin


def _hook(rule: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, _: rule(value)


def _choice(allowed: tuple[Any, ...]) -> Callable[[Any, Any], Any]:
    listed = ", ".join(str(value) for value in allowed)

    def choose(value: Any, _: Any) -> Any:
        if value in allowed:
            return value
        raise Misfit({"": f"must be one of {listed}"})

    return choose


def _list_reader(converter: Converter, wanted: Any) -> Callable[[Any, Any], list[Any]]:
    (element,) = get_args(wanted)
    hook = converter.get_structure_hook(element)

    def read(values: Any, _: Any) -> list[Any]:
        if not isinstance(values, list):
            raise Misfit({"": "must be a list"})
        try:
            return [hook(value, element) for value in values]
        except Misfit:
            pass
        fields: dict[str, str] = {}
        for index, value in enumerate(values):
            fields.update(_complaints(f"[{index}]", hook, value, element))
        raise Misfit(fields)

    return read


def _complaints(
    path: str, hook: Callable[[Any, Any], Any], value: Any, wanted: Any
) -> dict[str, str]:
    try:
        hook(value, wanted)
    except Misfit as misfit:
        return {
            path + ("." if inner and not inner.startswith("[") else "") + inner: why
            for inner, why in misfit.fields.items()
        }
    return {}


def _reader(converter: Converter, model: type[T]) -> Callable[[Any, Any], T]:
    """How ``model`` is made from a mapping: the type of each value is tested, and only those that
    are not what their field holds go through a rule."""
    hints = get_type_hints(model, include_extras=True)
    keeps_extra = "extra" in hints
    ignored: frozenset[str] = getattr(model, "ignored", frozenset())
    plan: dict[str, tuple[frozenset[type], Callable[[Any], Any]]] = {}
    for field in attrs.fields(cast("Any", model)):
        if field.name == "extra":
            continue
        real, nothing = _parts(hints[field.name])
        at_once = {_SCALARS[real][0]} if real in _AT_ONCE else set()
        at_once |= set(nothing)
        plan[field.name] = (frozenset(at_once), _field_rule(converter, real, nothing))
    needed = [
        field.name for field in attrs.fields(cast("Any", model)) if field.default is attrs.NOTHING
    ]

    def read(given: Any, _: Any) -> T:
        if given.__class__ is not dict and not isinstance(given, Mapping):
            raise Misfit({"": "must be an object with named fields"})
        values: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        fields: dict[str, str] = {}
        for name, value in given.items():
            known = plan.get(name)
            if known is None:
                if name not in ignored:
                    extra[name] = value
            elif value.__class__ in known[0]:
                values[name] = value
            else:
                try:
                    values[name] = known[1](value)
                except Misfit as misfit:
                    fields.update(
                        (f"{name}.{inner}" if inner else name, why)
                        for inner, why in misfit.fields.items()
                    )
        for name in needed:
            if name not in values and name not in fields:
                fields[name] = "is needed"
        if extra:
            if keeps_extra:
                values["extra"] = extra
            else:
                fields.update((str(name), "is not a known field") for name in extra)
        if fields:
            raise Misfit(fields)
        return model(**values)

    return read


def _field_rule(converter: Converter, real: Any, nothing: frozenset[Any]) -> Callable[[Any], Any]:
    hook = converter.get_structure_hook(real)

    def rule(value: Any) -> Any:
        if value is None:
            if type(None) in nothing:
                return None
            if get_origin(real) is not None or real in _SCALARS:
                raise Misfit({"": "must not be null"})
        result = hook(value, real)
        if result is None and type(None) not in nothing:
            raise Misfit({"": "must not be blank"})
        return result

    return rule


def _writer(model: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """How an instance of ``model`` is written: what is UNSET is left out."""
    names = tuple(field.name for field in attrs.fields(model) if field.name != "extra")
    values_of = (
        attrgetter(*names) if len(names) > 1 else lambda record: (getattr(record, names[0]),)
    )

    def write(record: Any) -> dict[str, Any]:
        given = {
            name: value
            for name, value in zip(names, values_of(record), strict=True)
            if value is not UNSET
        }
        for name, value in given.items():
            if value.__class__ not in _AS_THEY_ARE:
                given[name] = _DUMPS[value.__class__](value)
        return given

    return write


def structured(converter: Converter, value: object, model: type[T], *, what: str) -> T:
    """``value`` as a ``model``, checked field by field; it may be one already, or a mapping.

    :raises InvalidInput: names the fields that don't fit, and why.
    """
    given: object = converter.unstructure(value) if isinstance(value, model) else value
    try:
        return converter.structure(given, model)
    except Misfit as misfit:
        fields = misfit.fields
    raise InvalidInput(f"{what} can't be sent", fields=fields)
