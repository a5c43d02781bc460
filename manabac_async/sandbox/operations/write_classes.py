"""The rules of v2 for writing classes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..records import Class
from ..roster import fields as read
from ..school import School

_BOTH: dict[str, Any] = {
    "name": read.text,
    "description": read.text,
    "sl": read.flag,
    "hl": read.flag,
    "subject_option": read.options,
    "class_section": read.text,
    "uniq_id": read.text,
    "end_term_id": read.whole,
    "lock_memberships": read.text,
    "subject_ids": read.ids,
}
_UPDATE: dict[str, Any] = {**_BOTH, "archived": read.flag}
_CREATE: dict[str, Any] = {
    **_BOTH,
    "start_term_id": read.whole,
    "subject_id": read.whole,
    "program": read.text,
    "grade_number": read.whole,
    "language": read.text,
}
_REQUIRED = ("program", "grade_number", "language", "start_term_id", "end_term_id")

ALLOWED: list[Any] = [
    *("name", "description", "sl", "hl", "subject_option", "class_section", "uniq_id"),
    *("end_term_id", "lock_memberships", "archived"),
    {"subject_ids": []},
]
"""What an update may have, as the 422 lists it. The schema also has ``language``, which this list
does not."""


def unpermitted(values: read.Fields) -> list[str]:
    """Return the names of a write that an update may not have."""
    return [name for name in values if name not in _UPDATE]


def create(school: School, values: read.Fields, at: datetime) -> Class:
    """Create a class, or raise :class:`~..roster.Unprocessable`."""
    found, errors = read.read(values, _CREATE)
    changes = dict(found)
    if changes.get("subject_id") is not None:
        alone = changes.pop("subject_id")
        changes["subject_ids"] = changes.get("subject_ids") or [alone]
    for name in _REQUIRED:
        if changes.get(name) in (None, ""):
            errors.setdefault(name, [read.BLANK])
    if not changes.get("subject_ids"):
        errors.setdefault("subject_ids", [read.BLANK])
    program = school.academics.programs.get(changes.get("program") or "")
    grade = program.grade(changes.get("grade_number")) if program else None
    if program is None:
        errors.setdefault("program", [read.NOT_LISTED])
    elif grade is None:
        errors.setdefault("grade_number", [read.NOT_LISTED])
    code = program.code if program else None
    _check(school, changes, errors, code)
    if errors or program is None or grade is None:
        raise read.Unprocessable(errors)
    changes |= {"program_code": program.code, "class_type": program.name, "grade": grade.name}
    del changes["program"]
    if not changes.get("name"):
        changes["name"] = _name(school, changes, program.short_name)
    made = Class(school.number("classes"), created_at=at, updated_at=at, **changes)
    school.classes[made.id] = made
    school.classes.creates[made.uniq_id or made.name] += 1
    return made


def update(school: School, of: Class, values: read.Fields, at: datetime) -> None:
    """Change a class, or raise :class:`~..roster.Unprocessable`."""
    changes, errors = read.read(values, _UPDATE)
    _check(school, changes, errors, of.program_code or None)
    if changes.get("name") == "":
        errors.setdefault("name", [read.BLANK])
    if errors:
        raise read.Unprocessable(errors)
    for name, value in changes.items():
        setattr(of, name, value)
    of.updated_at = at
    school.classes.updates[of.id] += 1


def _check(
    school: School, changes: Mapping[str, Any], errors: read.Errors, program: str | None
) -> None:
    """Check that subjects and terms exist, and belong to the program of the class (assumed)."""
    academics = school.academics
    for number in changes.get("subject_ids", ()):
        subject = academics.subjects.get(number)
        if subject is None or program not in (None, subject.program):
            errors.setdefault("subject_ids", [read.MUST_EXIST])
    for name in ("start_term_id", "end_term_id"):
        number = changes.get(name)
        term = academics.terms.get(number or 0)
        if number is not None and (
            term is None or program not in (None, academics.program_of(term))
        ):
            errors.setdefault(name, [read.MUST_EXIST])


def _name(school: School, changes: Mapping[str, Any], short: str) -> str:
    """Return the name that a class without one gets."""
    subject = school.academics.subjects[changes["subject_ids"][0]].name
    section = changes.get("class_section") or ""
    return f"{short} {subject} ({changes['grade']}) {section}".strip()
