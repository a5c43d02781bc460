"""A school with a few courses, sections and people, and rows that Schoology will take."""

from __future__ import annotations

from typing import Any

from schoology_async.sandbox import School, SchoologySandbox
from tests.conftest import people

#: The grading period of all sections, a current one.
PERIOD = 13011


def periods(school: School) -> None:
    """Add a current grading period, and one that is over."""
    school.grading_periods.add("This year", "2020-08-01", "2099-07-31", id=str(PERIOD))
    school.grading_periods.add("Last year", "2018-08-01", "2019-07-31", id="435")


def sections_of(course: object, count: int, **more: Any) -> list[Any]:
    """Rows of sections; their school codes begin with the course's code."""
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
    """Rows of courses, each with so many sections."""
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
    """Rows that enroll each person in each section of :func:`fill`."""
    return [
        {"section_school_code": f"C-{section}", "school_uid": person["school_uid"], **more}
        for section in range(sections)
        for person in people(persons)
    ]


def enrolled(school: School) -> set[tuple[str, str]]:
    """Who is where, by the school's own codes."""
    return {
        (school.sections[one.realm_id].section_school_code, school.users[one.uid].school_uid)
        for one in school.enrollments
        if one.realm == "section"
    }
