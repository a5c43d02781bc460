"""The types of single values, as the fields of models are annotated with.

Vendors print the same value in several ways: an id as a number or a text, a flag as ``1``, ``"1"``
or ``true``, a list as ``"1,2"``, ``""`` or ``null``. The annotation of a field (:data:`Id`,
:data:`Flag`, :data:`IdList`, :data:`Day`) selects the rule in ``scalar_rules.py`` that reads all of
them.

Vendors treat these three differently: a field that is :data:`UNSET` is not sent, ``None`` is sent
as ``null``, and ``""`` as an empty text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from enum import Enum
from typing import (
    Annotated,
    Final,
    Literal,
    TypeVar,
)

T = TypeVar("T")


class Unset(Enum):
    """The type of :data:`UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


#: The value of a field that the caller did not set. The field is not sent.
UNSET: Final = Unset.UNSET

#: An id in a response. Vendors print it as a number or a text; here it is always a text.
Id = Annotated[str, "id"]
#: An id from the caller, as a text or a number. It is checked by :mod:`lms_async.records.ids`, and
#: blanks at either end are removed.
AnyId = Annotated[str | int, "id"]
#: Yes or no, sent as 1 or 0 (a plain ``bool`` is sent as ``true`` or ``false``). Vendors print
#: ``1``, ``"1"`` or ``true``. ``""`` and ``null`` are read as ``None``.
Flag = Annotated[bool, "flag"]
#: Several ids in a response. Vendors print ``"1,2"``, a list, ``""``, ``[""]`` or ``null``.
IdList = Annotated[tuple[str, ...], "ids"]
#: Several ids from the caller, each checked like :data:`AnyId`.
AnyIdList = Annotated[tuple[str, ...], "ids to send"]
#: A date. Vendors print ``1997-04-01``, a date with a time, or ``17.03.1999``.
Day = Annotated[date, "day"]
#: A year, four digits.
Year = Annotated[int, "year"]
#: An email address: a mailbox and a host, without invisible characters. Nothing else is checked.
Email = Annotated[str, "email"]
#: A login name: no invisible characters, and nothing that a spreadsheet left there.
Login = Annotated[str, "login"]
#: A required text that must not be blank.
Needed = Annotated[str, "needed"]
#: A required id that consists of digits.
NeededNumber = Annotated[str | int, "needed number"]
#: An optional id that must be a number.
AnyNumber = Annotated[str | int, "number"]
#: A required id, checked like :data:`AnyId`.
NeededId = Annotated[str | int, "needed id"]
#: Several whole numbers. The caller may pass a list or ``"1,2"``. They are sent as a list.
NumberList = Annotated[Sequence[str | int], "numbers"]
#: Like :data:`NumberList`, with at least one number.
NeededNumberList = Annotated[Sequence[str | int], "needed numbers"]
#: A time of day, sent as ``HH:MM``. The caller may pass ``"8:30"``, ``"08:30:00"`` or a ``time``.
ClockTime = Annotated[str | time, "clock time"]
