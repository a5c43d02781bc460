"""``lms demo --to schoology``: create people, courses and sections, and enroll the people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from lms_async.cli.kinds import Row
from lms_async.cli.target import DemoStep

from ..client import Schoology
from .courses import COURSES, COURSES_LISTING
from .enrollments import ENROLLMENTS, ENROLLMENTS_LISTING
from .people import PEOPLE, PEOPLE_LISTING
from .sections import SECTIONS, SECTIONS_LISTING

if TYPE_CHECKING:
    from lms_async.sandbox import SandboxServer

_YEAR = "School year"
#: People of a section, and sections of a course.
_SEATS = 25
_SECTIONS = 5


class SchoologyDemo:
    """The rows and the simulated failures of ``lms demo``.

    10,000 rows are 5,000 people, and 5,000 enrollments in 200 sections of 40 courses. That takes
    about 240 requests, without reading back.
    """

    #: The vendor's own limit would make the demo take more than a minute.
    limit = None

    def steps(self, count: int) -> Sequence[DemoStep]:
        """Return files of people, courses, sections and enrollments."""
        people = list(_people(count // 2))
        sections = max(count // 2 // _SEATS, 1)
        courses = -(-sections // _SECTIONS)
        return [
            DemoStep(kind=PEOPLE, rows=people, rejected=_rejected_people(), read_back=_read_people),
            DemoStep(
                kind=COURSES,
                rows=[_course(number) for number in range(courses)],
                rejected=[{"course_code": "C900"}],
                read_back=lambda client: COURSES_LISTING.read(client, {}),
            ),
            DemoStep(
                kind=SECTIONS,
                rows=[_section(number) for number in range(sections)],
                rejected=[{**_section(0), "section_school_code": "X", "title": ""}],
                read_back=lambda client: SECTIONS_LISTING.read(client, {}),
            ),
            DemoStep(
                kind=ENROLLMENTS,
                rows=list(_enrollments(people, sections)),
                rejected=_rejected_enrollments(people),
                read_back=lambda client: ENROLLMENTS_LISTING.read(client, {}),
            ),
        ]

    def prepare(self, server: Any, count: int) -> None:
        """Create the grading period of the sections."""
        from datetime import date, timedelta

        today = date.today()
        end = today + timedelta(days=200)
        server.school.grading_periods.add(_YEAR, today.isoformat(), end.isoformat())

    def add_faults(self, server: SandboxServer) -> Sequence[str]:
        """Add failures to the requests that create people and enrollments."""
        from lms_async.sandbox import Fault

        people: Any = {"method": "POST", "path": "users"}
        enrollments: Any = {"method": "POST", "path": "enrollments/import/course"}
        server.faults.add(
            Fault.refuse(times=5, retry_after=0.4, skip=10, **people),
            Fault.cut(after=True, skip=6, **people),
            Fault.error(503, skip=15, **people),
            Fault.cut(after=True, skip=6, **enrollments),
            Fault.half_body(skip=12, **enrollments),
        )
        return (
            "5 rate limit refusals (429)",
            "two connections lost after the request was processed",
            "a truncated response",
            "a server error (503)",
        )


def _people(count: int) -> Iterator[Row]:
    """Yield teachers, students and parents."""
    from ..sandbox import seed

    roles = {seed.TEACHER: "Teacher", seed.STUDENT: "Student", seed.PARENT: "Parent"}
    for person in seed.people(count, seed=1):
        row = {name: str(value) for name, value in person.fields.items() if value != ""}
        yield row | {"role_id": roles[person.fields["role_id"]]}


def _rejected_people() -> Sequence[Row]:
    """Return people with a taken username, an invalid email address, and no last name."""
    person: Row = {"name_first": "Marty", "role_id": "Student"}
    return [
        {**person, "school_uid": "X90001", "name_last": "Tannen", "username": "mrstrickland"},
        {**person, "school_uid": "X90002", "name_last": "McFly", "primary_email": "marty"},
        {**person, "school_uid": "X90003", "username": "marty"},
    ]


def _course(number: int) -> Row:
    subject = ("English", "Mathematics", "Biology", "History", "Art")[number % 5]
    return {"course_code": f"C{number + 1:03}", "title": f"{subject} {number + 1}"}


def _section(number: int) -> Row:
    course, place = number // _SECTIONS, number % _SECTIONS + 1
    code = _course(course)["course_code"]
    return {
        "course_code": code,
        "section_code": str(place),
        "section_school_code": f"{code}-{place}",
        "title": f"Period {place}",
        "grading_periods": _YEAR,
    }


def _enrollments(people: Sequence[Row], sections: int) -> Iterator[Row]:
    """Yield a teacher and then students for each section."""
    teachers = [row["school_uid"] for row in people if row["role_id"] == "Teacher"]
    students = [row["school_uid"] for row in people if row["role_id"] == "Student"]
    seats = min(_SEATS - 1, len(students))
    for number in range(sections):
        code = _section(number)["section_school_code"]
        yield _enrollment(code, teachers[number % len(teachers)], admin="1")
        for seat in range(seats):
            yield _enrollment(code, students[(number * seats + seat) % len(students)], admin="0")


def _enrollment(section: str, school_uid: str, *, admin: str) -> Row:
    return {"section_school_code": section, "school_uid": school_uid, "admin": admin}


def _rejected_enrollments(people: Sequence[Row]) -> Sequence[Row]:
    """Return an unknown section, an unknown person, and an invalid value."""
    school_uid = people[0]["school_uid"]
    return [
        _enrollment("C900-1", school_uid, admin="0"),
        _enrollment(_section(0)["section_school_code"], "NOBODY", admin="0"),
        _enrollment("C001-1", "X90004", admin="teacher"),
    ]


async def _read_people(client: Schoology) -> AsyncIterator[Row]:
    """Yield all users with a ``school_uid``. The owner of the account has none."""
    async for row in PEOPLE_LISTING.read(client, {}):
        if row.get("school_uid"):
            yield row
