"""Schoology's sandbox for a benchmark: an empty school, and what it holds at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from schoology_async.sandbox import SchoologySandbox

from .roster_runs import Served, Terms

#: The grading period of all sections.
PERIOD = 13011


class _Served:
    def __init__(self, server: SchoologySandbox) -> None:
        self.server = server
        self.options: dict[str, Any] = {
            "key": server.key,
            "secret": server.secret,
            "base_url": server.base_url,
        }

    def state(self) -> Any:
        """Return people, courses, sections and enrollments."""
        school = self.server.school
        users, sections = school.users, school.sections
        return (
            set(school.creates),
            {course.course_code for course in school.courses},
            {
                (school.courses[one.course_id].course_code, one.section_school_code)
                for one in sections
            },
            {
                (sections[one.realm_id].section_school_code, users[one.uid].school_uid, one.admin)
                for one in school.enrollments
            },
        )

    def created(self) -> list[Counter[Any]]:
        """Return how often each record was created, by natural key."""
        school = self.server.school
        return [
            school.creates,
            school.courses.creates,
            school.sections.creates,
            school.enrollments.creates,
        ]

    def repeated(self) -> int:
        """Return how many enrollments were sent again after they existed."""
        return self.server.school.enrollments.updates.total()


@contextmanager
def serve(terms: Terms) -> Iterator[Served]:
    """Serve a school without people, courses or sections."""
    limit, latency = (terms.limit, terms.per), (terms.latency, terms.spread)
    with SchoologySandbox(limit=limit, latency=latency, retry_after=terms.per) as server:
        periods = server.school.grading_periods
        periods.add("This year", "2020-08-01", "2099-07-31", id=str(PERIOD))
        yield _Served(server)
