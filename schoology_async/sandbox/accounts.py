"""An account, and the checks of what is written to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from attrs import Factory, define

Fields = Mapping[str, Any]
"""The fields that a client writes to an account, by the vendor's names."""

_SUMMER = datetime(2024, 7, 1)
TITLES = frozenset({"", "Mr.", "Mrs.", "Ms.", "Miss", "Dr.", "Professor"})
DETAILS = (
    "subjects_taught",
    "grades_taught",
    "department",
    "bio",
    "phone",
    "website",
    "address",
    "interests",
    "activities",
)
"""Documented, but in none of the documented responses. Shown only with ``extended=1``."""


class Rejected(Exception):
    """The vendor refuses a write. ``code`` is the row's ``response_code``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@define
class Account:
    """A person's account. Field names are the vendor's."""

    uid: str
    school_uid: str = ""
    synced: int = 0
    building_id: int = 0
    additional_buildings: str = ""
    name_title: str = ""
    name_title_show: int = 0
    name_first: str = ""
    name_first_preferred: str = ""
    name_middle: str = ""
    name_middle_show: int = 0
    name_last: str = ""
    username: str = ""
    primary_email: str = ""
    position: str | None = None
    gender: str | None = None
    grad_year: str = ""
    birthday_date: str = ""
    role_id: int = 0
    tz_name: str = "America/New_York"
    language: str = ""
    has_password: bool = False
    """Whether a password was set. The password is not stored."""
    has_history: bool = True
    """Whether there are grades and attendance. A delete without ``option_keep_enrollments`` erases
    them."""
    details: dict[str, str] = Factory(dict)
    extra: dict[str, Any] = Factory(dict)
    """Keys to add to every response about this account, for tests of unknown fields."""

    @property
    def name_display(self) -> str:
        """The name as others see it."""
        parts = (
            self.name_title if self.name_title_show else "",
            self.name_first_preferred or self.name_first,
            self.name_middle if self.name_middle_show else "",
            self.name_last,
        )
        return " ".join(part for part in parts if part)

    @property
    def tz_offset(self) -> int:
        """Whole hours from UTC in summer, as in the documents' samples."""
        return _offset(self.tz_name)


@lru_cache
def _offset(tz_name: str) -> int:
    offset = ZoneInfo(tz_name).utcoffset(_SUMMER)
    return int(offset.total_seconds() // 3600) if offset is not None else 0


@lru_cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def written(fields: Fields) -> dict[str, Any]:
    """Return the known fields of a write, checked and converted to the types that are stored.

    Read-only and unknown fields are ignored. Assumed: a wrong value is refused. The documents list
    the allowed values, but not what happens otherwise.
    """
    changes: dict[str, Any] = {}
    details = {name: _text(fields[name]) for name in DETAILS if name in fields}
    for name, read in _READERS.items():
        if name in fields:
            try:
                changes[name] = read(fields[name])
            except (ValueError, TypeError):
                raise Rejected(400, f"Invalid value for {name}.") from None
    if details:
        changes["details"] = details
    if _text(fields.get("password")):  # a blank password changes nothing
        changes["has_password"] = True
    return changes


def comma_list(value: Any) -> list[str]:
    """Return the elements of a comma-delimited list, or a single number."""
    return [part.strip() for part in _text(value).split(",") if part.strip()]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError
    return str(value)


def _nullable(value: Any) -> str | None:
    return _text(value) or None


def _flag(value: Any) -> int:
    if _text(value) not in {"", "0", "1"}:
        raise ValueError
    return int(_text(value) or 0)


def _number(value: Any) -> int:
    if not re.fullmatch(r"\d+", _text(value), re.ASCII):
        raise ValueError
    return int(value)


def _one_of(allowed: frozenset[str]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if _text(value) not in allowed:
            raise ValueError
        return _text(value)

    return read


def _gender(value: Any) -> str | None:
    if _text(value) not in {"", "M", "F"}:
        raise ValueError
    return _text(value) or None


def _year(value: Any) -> str:
    if not re.fullmatch(r"(\d{4})?", _text(value), re.ASCII):
        raise ValueError
    return _text(value)


def _day(value: Any) -> str:
    if _text(value) and date.fromisoformat(_text(value)).isoformat() != value:
        raise ValueError
    return _text(value)


def _mail(value: Any) -> str:
    if not re.fullmatch(r"([^@\s,]+@[^@\s,]+)?", _text(value)):
        raise ValueError
    return _text(value)


def _numbers(value: Any) -> str:
    if not all(part.isdecimal() for part in comma_list(value)):
        raise ValueError
    return ",".join(comma_list(value))


def _zone(value: Any) -> str:
    if _text(value) not in _time_zones():
        raise ValueError
    return _text(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "school_uid": _text,
    "synced": _flag,
    "building_id": _number,
    "additional_buildings": _numbers,
    "name_title": _one_of(TITLES),
    "name_title_show": _flag,
    "name_first": _text,
    "name_first_preferred": _text,
    "name_middle": _text,
    "name_middle_show": _flag,
    "name_last": _text,
    "username": _text,
    "primary_email": _mail,
    "position": _nullable,
    "gender": _gender,
    "grad_year": _year,
    "birthday_date": _day,
    "role_id": _number,
    "tz_name": _zone,
    "language": _text,
}
