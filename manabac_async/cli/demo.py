"""``lms demo --to managebac``: add the students of a school to its classes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from lms_async.cli.target import DemoStep, Row

from ..client import ManageBac
from ..vendor import LIMIT, PERIOD
from .members import MEMBERSHIPS

#: Classes per student, and students per class.
_EACH = 8
_SEATS = 25


class MembersDemo:
    """The rows and the simulated failures.

    10,000 members are 1,250 students in 400 classes of 25. That takes 400 requests, or eight
    seconds at 50 per second.
    """

    limit = (LIMIT, PERIOD)

    def steps(self, count: int) -> Sequence[DemoStep]:
        """Return one file, with the members of all classes."""
        return [
            DemoStep(
                kind=MEMBERSHIPS,
                rows=list(_rows(count)),
                rejected=[*_rejected_by_vendor(), *_invalid()],
                read_back=_read_members,
            )
        ]

    def prepare(self, server: Any, count: int) -> None:
        """Create the students and the empty classes."""
        from .serving import school_of

        server.school = school_of(_students(count))

    def add_faults(self, server: Any) -> Sequence[str]:
        """Add failures to PATCHes of existing classes.

        After a lost response, a class that does not exist would leave its rows unknown.
        """
        from lms_async.sandbox import Fault

        paths = [f"classes/{known}/students" for known in server.school.classes]
        several = len(paths) // 8
        for path in paths[several : several + 5]:
            server.faults.add(server.refuse(0.0, method="PATCH", path=path))
        server.faults.add(
            Fault.cut(after=True, method="PATCH", path=paths[several * 3]),
            Fault.half_body(method="PATCH", path=paths[several * 5]),
            Fault.error(503, method="PATCH", path=paths[several * 7]),
        )
        return (
            "5 rate limit refusals (429)",
            "a connection lost after the request was processed",
            "a truncated response",
            "a server error (503)",
        )


async def _read_members(client: ManageBac) -> AsyncIterator[Row]:
    """Yield all students of all classes."""
    async for member in client.memberships.list(per_page=200):
        yield {
            "class_id": member.class_id or "",
            "student_id": member.user_id or "",
            "level": member.level or "",
        }


def _rows(count: int) -> Iterator[Row]:
    """Yield the members class by class."""
    students, classes = _ids(count)
    seats = min(_SEATS, len(students))
    for number in range(count):
        row = {
            "class_id": classes[number // seats],
            "student_id": students[number % len(students)],
            "level": ("SL", "HL", "")[number % 3],
        }
        yield {field: value for field, value in row.items() if value}


def _rejected_by_vendor() -> Sequence[Row]:
    """Return rows with an unknown class, an unknown student and an unknown level."""
    students, classes = _ids(1000)
    return [
        {"class_id": "424242", "student_id": students[0], "level": "SL"},
        {"class_id": classes[0], "student_id": "424242", "level": "SL"},
        # No valid row puts this student into this class, so the key is not a duplicate.
        {"class_id": classes[1], "student_id": students[0], "level": "XL"},
    ]


def _invalid() -> Sequence[Row]:
    """Return a class name instead of an id, and a row without a student."""
    students, classes = _ids(1000)
    return [
        {"class_id": "Physics", "student_id": students[0], "level": "SL"},
        {"class_id": classes[0], "level": "SL"},
    ]


def _students(count: int) -> int:
    return -(-count // _EACH)


def _ids(count: int) -> tuple[list[str], list[str]]:
    """Return the ids of the students and of the classes that ``count`` members need."""
    from .serving import school_of

    school = school_of(_students(count))
    return [str(known) for known in school.students], [str(known) for known in school.classes]
