"""Sections, which are ManageBac's classes. Their key is the ``uniq_id``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from lms_async.errors import InvalidInput
from lms_async.roster import Change, Entry
from lms_async.roster.entries import join, split
from lms_async.roster.targets.names import Names

from ..client import ManageBac
from ..models.class_ import Class
from ..models.school import SchoolSubject
from .references import YearGroups, read_year_groups
from .terms import Terms

#: Fields that are written when a class is created, and not compared. The program and the grade of a
#: new class are those of the year group, and a class does not show it. Several words can stand for
#: the terms of a class: one for the year, or one for each of its terms.
HIDDEN = frozenset({"year_group", "terms"})
#: The fields that ManageBac holds.
HOLDS = frozenset({"title", "subject", *HIDDEN})
#: ManageBac does not change the subject, the grade and the first term of a class.
FIXED = frozenset({"subject", *HIDDEN})
#: What ManageBac needs to create a class.
REQUIRED = (("subject",), ("year_group",), ("terms",))


@attrs.frozen(kw_only=True)
class SectionNames:
    """What the records of sections refer to.

    :param subjects: the subjects by the code of their program.
    :param language: the language code of a new class.
    """

    year_groups: YearGroups
    terms: Terms
    subjects: Mapping[str, Names]
    language: str


async def read_terms(client: ManageBac) -> Terms:
    """Read the terms of all programs."""
    return Terms(await client.academic_years.list())


async def read_section_names(client: ManageBac, language: str) -> SectionNames:
    """Read what the records of sections refer to."""
    subjects = await client.school.subjects()
    return SectionNames(
        year_groups=await read_year_groups(client),
        terms=await read_terms(client),
        subjects={program: _names(some) for program, some in subjects.items()},
        language=language,
    )


def _names(subjects: Sequence[SchoolSubject]) -> Names:
    return Names("subject", ((subject.id, subject.name) for subject in subjects))


def entry(class_: Class, terms: Terms, *, school: str, as_of: date) -> Entry:
    """Return the entry of a class.

    A class whose last term is over is not in use. It is never changed, because it has last year's
    grades.

    :param school: the key of the school.
    """
    over = terms.is_over(class_.end_term_id, as_of)
    return Entry(
        kind="sections",
        key=(class_.uniq_id or "").strip(),
        org=school,
        vendor_id=class_.id or "",
        active=not (class_.archived or over),
        locked="its terms are over" if over else "",
        fields={
            "title": (class_.name or "").strip(),
            "subject": (class_.subject_name or "").strip(),
            # For the scope.
            "terms": join(*terms.words_of(class_.start_term_id, class_.end_term_id)),
        },
    )


def new_row(change: Change, names: SectionNames) -> dict[str, Any]:
    """Return the row that creates a class.

    :raises InvalidInput: ManageBac does not know the year group, the subject or a term.
    """
    after = change.after
    faults = {
        field: f"is needed for a new class: set it in {table} of the mapping"
        for field, table in (("year_group", "grades"), ("subject", "subjects"))
        if not after.get(field)
    }
    if faults:
        raise InvalidInput("the change can't be sent", fields=faults)
    group = names.year_groups.group(after["year_group"], field="year_group")
    program = group.program_code or ""
    subjects = names.subjects.get(program, Names("subject", ()))
    first, last = names.terms.ids(program, split(after.get("terms", "")), field="terms")
    return {
        "uniq_id": change.key,
        "program": program,
        "grade_number": group.grade_number,
        "language": names.language,
        "subject_id": subjects.id(after["subject"], field="subject"),
        "start_term_id": first,
        "end_term_id": last,
        **_fields(change),
    }


def changed_row(change: Change) -> dict[str, Any]:
    """Return the row that changes the fields of a class."""
    return {"id": change.vendor_id, **_fields(change)}


def returned_row(change: Change) -> dict[str, Any]:
    """Return the row that makes a class active again."""
    return {"id": change.vendor_id, "archived": False, **_fields(change)}


def archived_row(change: Change) -> dict[str, Any]:
    """Return the row that archives a class."""
    return {"id": change.vendor_id, "archived": True}


def _fields(change: Change) -> dict[str, Any]:
    return {"name": change.after["title"]} if "title" in change.after else {}
