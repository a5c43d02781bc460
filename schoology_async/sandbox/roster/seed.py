"""Generate the courses, sections and enrollments of a school from a random seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from attrs import frozen

from .courses import Courses
from .grading_periods import GradingPeriods
from .stores import Roster

_SUBJECTS = (
    *(("ENG", "English", 2), ("MAT", "Mathematics", 3), ("SCI", "Science", 5)),
    *(("HIS", "History", 6), ("ART", "Art", 9), ("TEC", "Technology", 8), ("PHE", "Health", 1)),
)


@frozen
class Size:
    """How many records of each kind to generate."""

    courses: int = 0
    sections: int = 0
    enrollments: int = 0


def fill(
    roster: Roster,
    size: Size,
    *,
    seed: int,
    teachers: Sequence[str],
    students: Sequence[str],
    today: date,
) -> None:
    """Add courses, their sections in the current school year, and enrollments.

    A section has a teacher first, and then students. The numbers of students differ by at most one.

    :param teachers: the ``uid`` of each teacher.
    :param students: the ``uid`` of each student.
    :raises ValueError: there are sections but no courses, enrollments but no sections, or more
        enrollments than people to enroll.
    """
    if not (size.courses or size.sections or size.enrollments):
        return
    if (size.sections and not size.courses) or (size.enrollments and not size.sections):
        raise ValueError("sections need a course, and enrollments need a section")
    year = _school_year(roster.grading_periods, today)
    dice = random.Random(f"roster {seed}")  # noqa: S311 - not for secrets
    courses = [_course(roster.courses, dice, number) for number in range(size.courses)]
    for number in range(size.sections):
        course_id, course_code = courses[number % len(courses)]
        place = number // len(courses) + 1
        roster.sections.add(
            course_id,
            title=f"Section {place}",
            section_code=str(place),
            section_school_code=f"{course_code}-{place}",
            grading_periods=[year],
        )
    _enroll(roster, size, dice, teachers, students)


def _course(courses: Courses, dice: random.Random, number: int) -> tuple[str, str]:
    short, title, subject = _SUBJECTS[number % len(_SUBJECTS)]
    level = dice.randint(3, 13)
    course = courses.add(
        title=f"{title} {number + 1}",
        course_code=f"{short}{number + 1:04}",
        department=title,
        subject_area=subject,
        grade_level_range_start=level,
        grade_level_range_end=level + 1,
    )
    return course.id, course.course_code


def _school_year(periods: GradingPeriods, today: date) -> int:
    """Add the last school year, and this one with its two halves. Return the id of this one."""
    first = today.year if today.month >= 8 else today.year - 1
    periods.add(f"{first - 1}-{first}", f"{first - 1}-08-01", f"{first}-07-31")
    year = periods.add(f"{first}-{first + 1}", f"{first}-08-01", f"{first + 1}-07-31")
    for name, start, end in (
        ("Fall", f"{first}-08-01", f"{first}-12-31"),
        ("Spring", f"{first + 1}-01-01", f"{first + 1}-07-31"),
    ):
        periods.add(f"{name} {start[:4]}", start, end, parent=year.id, weight=50)
    return int(year.id)


def _enroll(
    roster: Roster,
    size: Size,
    dice: random.Random,
    teachers: Sequence[str],
    students: Sequence[str],
) -> None:
    left = size.enrollments
    sections = list(roster.sections)[-size.sections :] if size.sections else []
    if teachers:
        for number, section in enumerate(sections[:left]):
            uid = teachers[number % len(teachers)]
            roster.enrollments.add("section", section.id, uid, admin=1)
        left -= min(left, len(sections))
    if left > len(sections) * len(students):
        raise ValueError("there are more enrollments than people to enroll")
    order = dice.sample(students, len(students))
    at = 0
    for number, section in enumerate(sections):
        members = left // len(sections) + (number < left % len(sections))
        for place in range(members):
            uid = order[(at + place) % len(order)]
            roster.enrollments.add("section", section.id, uid)
        at += members
