"""The fields of users in v1, and how written values are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from .records import KINDS, Kind

Fields = Mapping[str, Any]
"""The fields of a user that a client writes."""

# The fields in responses for each type, from the samples in managebac-v1.md. There is no sample for
# advisors. Assumed: they have the fields that students and parents have in common.
_COMMON = (
    *("type", "city", "nationality1", "phone_number", "nationality2", "birthday", "language1"),
    *("first_name", "mobile_phone_number", "nationality3", "gender", "state", "language2"),
    *("last_name", "street_address_ii", "nationality4", "nickname", "zipcode", "language3"),
    *("email", "id", "national_id", "language", "street_address", "country", "language4"),
)
_OPENAPPLY = ("openapply_student_id", "openapply_parent_id")
_WORK = (
    *("work_address", "work_address_ii", "work_city", "work_country", "work_email", "work_fax"),
    *("work_phone", "work_postal_code", "work_state"),
)
SHOWN: dict[Kind, tuple[str, ...]] = {
    "student": (
        *(*_COMMON, *_OPENAPPLY, "attendance_start_date", "program", "class_year", "student_id"),
        "parents_ids",
    ),
    "parent": (*_COMMON, *_OPENAPPLY, *_WORK, "salutation", "employer", "title", "child_ids"),
    "advisor": _COMMON,
}

DATES = ("birthday", "attendance_start_date")
_TEXTS = frozenset(
    {name for names in SHOWN.values() for name in names}
    - {"type", "id", "email", "student_id", "class_year", "parents_ids", "child_ids", *DATES}
    | {"other_name", "year_label"}
)


def kind(value: Any) -> Kind | None:
    """Read the type in a write. Assumed: ``Students``, the form in responses, is refused."""
    raw = value.lower() if isinstance(value, str) else ""
    return next((kind for kind in KINDS if kind == raw), None)


def text(value: Any) -> str:
    """Return a scalar as text, or raise ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("neither text nor number")  # noqa: TRY004 - one error for all bad values
    return str(value).strip()


def day(value: Any) -> str:
    """Convert a date in either form of the document to ``1997-04-01``. It may be an empty text."""
    raw = text(value)
    if dotted := re.fullmatch(r"(\d{2})\.(\d{2})\.(\d{4})", raw, re.ASCII):
        raw = "-".join(reversed(dotted.groups()))
    return date.fromisoformat(raw).isoformat() if raw else ""


def ids(value: Any) -> list[int]:
    """Read ids: a list of numbers or digits, or a text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise ValueError("not a list")  # noqa: TRY004
    return [int(text(part)) for part in parts if text(part)]


def plain(values: Fields) -> tuple[dict[str, Any], list[str]]:
    """Return the changes to fields that need no further checks, and the errors in them.

    Assumed: ``null`` is ignored and ``""`` overwrites, as documented for v2 (vendors.md, 2.7).
    """
    changes: dict[str, Any] = {}
    wrong = []
    for name, value in values.items():
        if value is None:
            continue
        try:
            if name in DATES:
                changes[name] = day(value) or None
            elif name == "class_year":
                changes[name] = int(text(value)) if text(value) else None
            elif name in _TEXTS:
                changes[name] = text(value)
        except ValueError:
            wrong.append(f"{label(name)} is invalid")
    return changes, wrong


def label(name: str) -> str:
    """Return a field's name for messages: ``Student ID``, as in the document."""
    return name.replace("_", " ").capitalize().replace(" id", " ID")
