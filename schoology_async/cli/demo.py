"""``lms demo --to schoology``: keep a district in a sandbox, and tell what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from lms_async.cli.roster_support import DemoRecord

if TYPE_CHECKING:
    from lms_async.sandbox import SandboxServer


class SchoologyDemo:
    """The simulated failures, and what the sandbox has."""

    #: The limit that users report, 15 requests per 5 s, would make the demo take five minutes.
    limit = (15, 0.3)

    def prepare(
        self, server: Any, schools: Mapping[str, str], people: Iterable[DemoRecord]
    ) -> None:
        """Create buildings and accounts."""
        school = server.school
        roles = {title: id_ for id_, title in _roles().items()}
        buildings = {
            code: school.buildings.add(str(school.school_id), title=name, building_code=code).id
            for code, name in schools.items()
        }
        for person in people:
            values = person.values
            school.add(
                {
                    "school_uid": person.key[0],
                    "name_first": values["given_name"],
                    "name_last": values["family_name"],
                    "primary_email": values["email"],
                    "role_id": roles[values["role"]],
                },
                building_id=int(buildings[values["school"]]),
            )

    def add_faults(self, server: SandboxServer) -> Sequence[str]:
        """Add failures to the requests that create people and enrollments."""
        from lms_async.sandbox import Fault

        people: Any = {"method": "POST", "path": "users"}
        enrollments: Any = {"method": "POST", "path": "enrollments/import/course"}
        server.faults.add(
            Fault.cut(after=True, **people),
            Fault.error(503, **people),
            Fault.refuse(times=5, retry_after=0.4, skip=3, **enrollments),
            Fault.cut(after=True, skip=1, **enrollments),
            Fault.half_body(skip=2, **enrollments),
        )
        return (
            "5 rate limit refusals (429)",
            "two connections lost after the request was processed",
            "a truncated response",
            "a server error (503)",
        )

    def records(self, server: Any) -> Iterator[DemoRecord]:
        """Yield the sandbox's records in the words of the district."""
        school = server.school
        codes = {building.id: building.building_code for building in school.buildings}
        ids = {account.uid: account.school_uid for account in school.users.values()}
        # The owner of the account has no school_uid.
        people = [account for account in school.users.values() if account.school_uid]
        for account in people:
            values = {
                "given_name": account.name_first,
                "family_name": account.name_last,
                "email": account.primary_email,
                "role": _roles()[account.role_id],
                "school": codes[str(account.building_id)],
            }
            yield DemoRecord("people", (account.school_uid,), values)
        for account in people:
            for parent in school.parents.of(account.uid):
                yield DemoRecord("relationships", (account.school_uid, ids[parent]))
        course_codes = {course.id: course.course_code for course in school.courses}
        for course in school.courses:
            values = {"title": course.title, "school": codes[course.building_id]}
            yield DemoRecord("courses", (course.course_code,), values)
        for section in school.sections:
            values = {"title": section.title, "course": course_codes[section.course_id]}
            yield DemoRecord("sections", (section.section_school_code,), values)
        for one in school.enrollments:
            if one.status == 1 and one.uid in ids:
                key = (school.sections[one.realm_id].section_school_code, ids[one.uid])
                role = "teacher" if one.admin else "student"
                yield DemoRecord("enrollments", key, {"role": role})

    def deactivated(self, server: Any) -> Set[str]:
        """Return the ``school_uid`` of deactivated accounts."""
        return {one.account.school_uid for one in server.school.inactive.values()}


def _roles() -> dict[int, str]:
    """Return the district's word for each role id."""
    from ..sandbox import seed

    return {seed.TEACHER: "teacher", seed.STUDENT: "student", seed.PARENT: "guardian"}
