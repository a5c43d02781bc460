"""Fill a sandbox's school, and build valid rows for bulk methods."""

from __future__ import annotations

from typing import Any

from schoology_async.sandbox import School, SchoologySandbox
from tests.conftest import people

#: The current grading period, which all sections have.
PERIOD = 13011


def periods(school: School) -> None:
    """Add a current grading period and a past one."""
    school.grading_periods.add("This year", "2020-08-01", "2099-07-31", id=str(PERIOD))
    school.grading_periods.add("Last year", "2018-08-01", "2019-07-31", id="435")


def sections_of(course: object, count: int, **more: Any) -> list[Any]:
    """Return rows of sections. Their school codes begin with the course's code."""
    return [
        {
            "title": f"Section {number}",
            "section_code": str(number),
            "section_school_code": f"{course}-{number}",
            "grading_periods": [PERIOD],
            **more,
        }
        for number in range(count)
    ]


def courses(count: int, sections: int = 0) -> list[Any]:
    """Return rows of courses with their sections."""
    rows: list[Any] = []
    for number in range(count):
        code = f"C{number:04}"
        row: dict[str, Any] = {"title": f"Course {number}", "course_code": code}
        rows.append(row | ({"sections": sections_of(code, sections)} if sections else {}))
    return rows


def fill(sandbox: SchoologySandbox, *, sections: int = 4, persons: int = 30) -> School:
    """Add a course with sections ``C-0``, ``C-1``, … and people ``S00000``, …."""
    school = sandbox.school
    periods(school)
    course = school.courses.add(title="Course", course_code="C")
    for row in sections_of("C", sections):
        school.sections.add(course.id, row)
    for person in people(persons):
        school.add(person)
    return school


def by_codes(sections: int, persons: int, **more: Any) -> list[Any]:
    """Return rows that enroll each person in each section of :func:`fill`."""
    return [
        {"section_school_code": f"C-{section}", "school_uid": person["school_uid"], **more}
        for section in range(sections)
        for person in people(persons)
    ]


def enrolled(school: School) -> set[tuple[str, str]]:
    """Return the enrollments of the school, by the school's own codes."""
    return {
        (school.sections[one.realm_id].section_school_code, school.users[one.uid].school_uid)
        for one in school.enrollments
        if one.realm == "section"
    }
