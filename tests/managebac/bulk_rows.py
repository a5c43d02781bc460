"""A ManageBac school, and rows for its bulk methods."""

from __future__ import annotations

from typing import Any

from manabac_async.sandbox import ManageBacSandbox, School


def fill(sandbox: ManageBacSandbox, **size: int) -> School:
    """Serve a school with a few people, classes and year groups, and return it."""
    sizes = {"students": 12, "teachers": 6, "classes": 3, "parents": 4, "members": 4, **size}
    sandbox.school = School.seeded(seed=1, **sizes)
    return sandbox.school


def new_people(count: int, start: int = 0, **more: Any) -> list[Any]:
    """Return rows of new people, students or others."""
    return [
        {
            "email": f"ada{number}@new.example",
            "first_name": "Ada",
            "last_name": f"Okafor-{number}",
            **more,
        }
        for number in range(start, start + count)
    ]


def new_classes(school: School, count: int, start: int = 0, **more: Any) -> list[Any]:
    """Return rows of new classes of the diploma, each with a ``uniq_id``."""
    academics = school.academics
    subject = next(one for one in academics.subjects.values() if one.program == "diploma")
    year = next(academics.years_of("diploma"))
    first, *_, last = academics.terms_of(year.id)
    return [
        {
            "program": "diploma",
            "grade_number": 12,
            "language": "en",
            "start_term_id": first.id,
            "end_term_id": last.id,
            "subject_id": subject.id,
            "name": f"Class {number}",
            "uniq_id": f"DP-{number}",
            **more,
        }
        for number in range(start, start + count)
    ]


def ids(records: Any, count: int | None = None) -> list[int]:
    """Return the ids of the first ``count`` records."""
    return list(records)[:count]


def links(school: School, parents: int = 2, children: int = 2, **more: Any) -> list[Any]:
    """Return rows that link parents to students who are not their children."""
    rows: list[Any] = []
    for parent in list(school.parents.values())[:parents]:
        free = [one for one in school.students if one not in parent.kin]
        rows += [
            {"parent_id": parent.id, "child_id": one, "relationship": "Aunt", **more}
            for one in free[:children]
        ]
    return rows
