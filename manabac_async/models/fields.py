"""The types of ManageBac's fields, and the rules to read and write them.

In a request, ManageBac ignores a null, and clears a field that is ``""``. So the types of fields
that can be cleared accept ``""``, and the write models do not accept ``None``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from lms_async.records.scalar_rules import SCALARS, Misfit, id_text
from lms_async.records.scalars import (
    Day,
    Email,
    Needed,
    NeededNumber,
)

T = TypeVar("T")

#: The relationship of a parent to a child, in a request.
Relationship = Literal[
    "Mother",
    "Father",
    "Stepmother",
    "Stepfather",
    "Legal Guardian",
    "Grandmother",
    "Grandfather",
    "Sister",
    "Brother",
    "Uncle",
    "Aunt",
    "Other Guardian",
    "Consultant Recruiter",
]
#: The relationship in a response: a text, or an object with ``name`` or ``kind``.
AnyRelationship = Annotated[str, "relationship"]
#: A parent's salutation; ``""`` clears it.
Salutation = Literal["Mr.", "Ms.", "Mrs.", "Dr.", ""]

#: An id of ManageBac. It may be a text or a number, and is sent as a number.
WholeId = Annotated[str | int, "id as a number"]
#: Like :data:`WholeId`, but ``""`` clears the field.
ClearableId = Annotated[str | int, "id as a number, or blank"]
#: A required date: a ``date``, ``YYYY-MM-DD`` or ``DD.MM.YYYY``.
NeededDay = Annotated[date | str, "needed day"]
#: Like :data:`NeededDay`, but ``""`` clears the field.
ClearableDay = Annotated[date | str, "day, or blank"]
#: A required email address.
NeededEmail = Annotated[str, "needed email"]
#: Several texts in a response: a list, or one text.
Texts = Annotated[tuple[str, ...], "texts"]
#: Several texts in a request: a list, or one text with commas between them.
TextList = Annotated[Sequence[str], "texts to send"]

BY_PROGRAM = ("by program",)
#: Records by the code of their program. Some responses have an object around each list.
ByProgram = Annotated[dict[str, list[T]], "by program"]


def _relationship(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("kind")
    if value is None or isinstance(value, str):
        return value
    raise Misfit({"": "must be a text"})


def _whole_id(value: Any) -> int:
    number = int(SCALARS[NeededNumber][1](value)[:20])
    if number >= 2**63:
        raise Misfit({"": "has too many digits"})
    return number


def _blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _clearable_id(value: Any) -> int | str:
    return "" if _blank(value) else _whole_id(value)


def _needed_day(value: Any) -> str:
    day: date | None = None if _blank(value) else SCALARS[Day][1](value)
    if day is None:
        raise Misfit({"": "must be a date, written as YYYY-MM-DD or DD.MM.YYYY"})
    return day.isoformat()


def _clearable_day(value: Any) -> str:
    return "" if _blank(value) else _needed_day(value)


def _needed_email(value: Any) -> str:
    address: str = SCALARS[Email][1](SCALARS[Needed][1](value))
    return address


def _texts(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    elements = value if isinstance(value, list | tuple) else [value]
    texts = tuple(text for one in elements if (text := id_text(one)) is not None)
    if len(texts) < len(elements):
        raise Misfit({"": "must be a list of texts"})
    return texts


def _texts_to_send(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(text for part in value.split(",") if (text := part.strip()))
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise Misfit({"": "must be a list of texts"})
    return tuple(value)


#: The rule for each type.
RULES: Mapping[Any, Callable[[Any], Any]] = {
    AnyRelationship: _relationship,
    WholeId: _whole_id,
    ClearableId: _clearable_id,
    NeededDay: _needed_day,
    ClearableDay: _clearable_day,
    NeededEmail: _needed_email,
    Texts: _texts,
    TextList: _texts_to_send,
}
