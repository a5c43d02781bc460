"""The rows of a whole school for the ``roster`` benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from .roster_vendor import PERIOD
from .school import people

#: Rows per request.
BATCH = 50


@attrs.frozen
class Size:
    """The number of records of each kind."""

    people: int
    courses: int
    sections: int
    enrollments: int

    @property
    def requests(self) -> int:
        """The minimum number of requests. Sections are sent inside their courses."""
        return sum(-(-rows // BATCH) for rows in (self.people, self.courses, self.enrollments))

    def __str__(self) -> str:
        return (
            f"{self.people:,} people, {self.courses:,} courses, {self.sections:,} sections, "
            f"{self.enrollments:,} enrollments"
        )


def course_code(number: int) -> str:
    return f"C{number:05d}"


def section_code(size: Size, number: int) -> str:
    """Return the code of a section. Consecutive sections belong to different courses."""
    return f"{course_code(number % size.courses)}-{number // size.courses}"


def courses(size: Size) -> Iterator[Any]:
    """Yield courses with their sections."""
    for number in range(size.courses):
        own = range(number, size.sections, size.courses)
        sections = [
            {
                "title": f"Section {place}",
                "section_code": str(place),
                "section_school_code": section_code(size, section),
                "grading_periods": [PERIOD],
            }
            for place, section in enumerate(own)
        ]
        code = course_code(number)
        yield {"title": f"Course {number}", "course_code": code, "sections": sections}


def enrollments(size: Size) -> Iterator[Any]:
    """Yield enrollments. All sections have equally many people, and the first one teaches."""
    each = size.enrollments // size.sections
    for section in range(size.sections):
        code = section_code(size, section)
        for place in range(each):
            yield {
                "section_school_code": code,
                "school_uid": f"S{(section * each + place) % size.people:07d}",
                "admin": "0" if place else "1",
            }


def expected(size: Size) -> Any:
    """Return the records that the vendor must have: people, courses, sections and enrollments."""
    return (
        {person["school_uid"] for person in people(size.people)},
        {course_code(number) for number in range(size.courses)},
        {
            (course_code(number % size.courses), section_code(size, number))
            for number in range(size.sections)
        },
        {
            (row["section_school_code"], row["school_uid"], int(row["admin"]))
            for row in enrollments(size)
        },
    )
