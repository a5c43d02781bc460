"""Run Schoology's sandbox in a process of its own, and read its records at the end."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import attrs

from lms_async.sandbox.limits import busiest
from schoology_async.sandbox import School, SchoologySandbox

from .vendor import SERVER_CPU, pin

#: The grading period of all sections.
PERIOD = 13011


@attrs.frozen
class Held:
    """The records of the sandbox's school, and the requests that it received."""

    people: set[str]
    courses: set[str]
    sections: set[tuple[str, str]]
    enrollments: set[tuple[str, str, int]]
    #: The number of natural keys that were created more than once.
    twice: int
    #: The number of updates of existing enrollments, which were sent twice.
    updated: int
    requests: int
    refusals: int
    #: The maximum number of requests in one period of the limit.
    busiest: int


class Vendor:
    """The sandbox's process, controlled through a pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.options: dict[str, Any] = pipe.recv()

    def requests(self) -> int:
        """Return the number of requests so far."""
        return int(self._ask("requests"))

    def held(self) -> Held:
        """Return the current records and requests."""
        held: Held = self._ask("held")
        return held

    def _ask(self, what: str) -> Any:
        self._pipe.send(what)
        return self._pipe.recv()


@contextmanager
def sandbox(limit: tuple[int, float], latency: tuple[float, float]) -> Iterator[Vendor]:
    """Run a sandbox whose school has no people, courses or sections.

    :param limit: requests, and seconds.
    :param latency: seconds, mean and spread, of a request and its response together.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(limit, latency, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Vendor(ours)
    finally:
        ours.close()
        process.join()


def _serve(limit: tuple[int, float], latency: tuple[float, float], pipe: Connection) -> None:
    pin(SERVER_CPU)
    with SchoologySandbox(limit=limit, latency=latency, retry_after=limit[1]) as vendor:
        school = vendor.school
        school.grading_periods.add("This year", "2020-08-01", "2099-07-31", id=str(PERIOD))
        pipe.send({"key": vendor.key, "secret": vendor.secret, "base_url": vendor.base_url})
        while True:
            try:
                command = pipe.recv()
            except EOFError:
                return
            pipe.send(len(vendor.log) if command == "requests" else _held(vendor, limit[1]))


def _held(vendor: SchoologySandbox, per: float) -> Held:
    school: School = vendor.school
    users, sections = school.users, school.sections
    created = (school.creates, school.courses.creates, sections.creates, school.enrollments.creates)
    return Held(
        people=set(school.creates),
        courses={course.course_code for course in school.courses},
        sections={
            (school.courses[one.course_id].course_code, one.section_school_code) for one in sections
        },
        enrollments={
            (sections[one.realm_id].section_school_code, users[one.uid].school_uid, one.admin)
            for one in school.enrollments
        },
        twice=sum(count > 1 for counted in created for count in counted.values()),
        updated=school.enrollments.updates.total(),
        requests=len(vendor.log),
        refusals=vendor.refusals,
        busiest=busiest([seen.at for seen in vendor.log], per),
    )
