"""A Schoology sandbox as a world of the roster's property."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import attrs

from lms_async.roster import Action, Capabilities, Target
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.roster.capabilities import capabilities
from schoology_async.sandbox import School, SchoologySandbox
from schoology_async.sandbox.seed import ADMINISTRATOR
from tests.roster.world import KEYS, Oddity, SandboxTroubles, Shown
from tests.schoology.roster.school import MAPPING

_SCHOOLS = {"stranger": "N", "stranger elsewhere": "S"}


class SchoologyWorld(SandboxTroubles):
    """A new school with the buildings N and S."""

    mapping = attrs.evolve(MAPPING, keys=KEYS, last_grade=None)
    capabilities: Capabilities = capabilities(Action.EXPIRE)

    def __init__(self) -> None:
        self.sandbox = SchoologySandbox()
        super().__init__(self.sandbox)
        buildings = self.school.buildings
        self.buildings = {
            code: buildings.add(str(self.school.school_id), title=code, building_code=code).id
            for code in ("N", "S")
        }

    @property
    def school(self) -> School:
        return self.sandbox.school

    async def __aenter__(self) -> Self:
        await self.sandbox.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.sandbox.close()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Target]:
        sandbox = self.sandbox
        async with Schoology(sandbox.key, sandbox.secret, base_url=sandbox.base_url) as client:
            yield SchoologyRoster(client)

    def disturb(self, what: Oddity, number: int) -> None:
        school = self.school
        person = school.by_school_uid(f"P{number}")
        match what:
            case "stranger" | "stranger elsewhere":
                uid = self._add(f"X{number}", building_id=int(self.buildings[_SCHOOLS[what]]))
                for section in list(school.sections)[:1]:
                    school.enrollments.add("section", section.id, uid)
            case "without key":
                self._add("")
            case "same key":
                self._add(f"P{number}")
            case "synced course":
                if course := school.courses.by_code(f"c{number}"):
                    school.courses.update(course.id, {"synced": 1})
            case "synced section":
                if section := school.sections.by_school_code(f"k{number}"):
                    school.sections.update(section.id, {"synced": 1})
        if person is not None:
            match what:
                case "synced person":
                    school.update(person.uid, {"synced": 1})
                case "administrator":
                    school.update(person.uid, {"role_id": ADMINISTRATOR})
                case "deactivated":
                    school.delete(person.uid, keep_enrollments=True, email=False)

    def _add(self, school_uid: str, **more: Any) -> str:
        fields = {"school_uid": school_uid, "name_first": "By", "name_last": "Hand", "username": ""}
        fields["primary_email"] = (
            f"hand{len(self.school.users) + len(self.school.inactive)}@school.example"
        )
        return self.school.add(fields, **more).uid

    def made_twice(self) -> list[str]:
        school = self.school
        counts = (school.creates, school.courses.creates, school.sections.creates)
        return [key for count in counts for key, times in count.items() if times > 1]

    def shown(self) -> list[Shown]:
        return [*self._people(), *self._courses(), *self._parts()]

    def _people(self) -> list[Shown]:
        school = self.school
        titles = {role.id: role.title for role in school.roles}
        codes = {one.id: one.building_code or one.title for one in school.buildings}
        found = [
            Shown(
                kind="people",
                id=one.uid,
                key=one.school_uid,
                org=codes.get(str(one.building_id), ""),
                fields={
                    "given_name": one.name_first,
                    "family_name": one.name_last,
                    "email": one.primary_email,
                    "role": titles[str(one.role_id)],
                    "school": codes.get(str(one.building_id), ""),
                },
                locked=bool(
                    one.synced or one.role_id == ADMINISTRATOR or one.uid == school.api_uid
                ),
                raw=one,
            )
            for one in school.users.values()
        ]
        gone = [one.account for one in school.inactive.values()]
        return found + [
            Shown(
                kind="people",
                id=one.uid,
                key=one.school_uid,
                active=False,
                locked=bool(one.synced),
                raw=one,
            )
            for one in gone
        ]

    def _courses(self) -> list[Shown]:
        school = self.school
        codes = {one.id: one.building_code or one.title for one in school.buildings}
        titles = {int(one.id): one.title for one in school.grading_periods}
        terms = [
            Shown(
                kind="terms",
                id=one.id,
                key=one.title,
                fields={"title": one.title, "starts": one.start, "ends": one.end},
                raw=one,
            )
            for one in school.grading_periods
        ]
        courses = [
            Shown(
                kind="courses",
                id=one.id,
                key=one.course_code,
                org=codes[one.building_id],
                fields={"title": one.title, "school": codes[one.building_id]},
                locked=bool(one.synced),
                raw=one,
            )
            for one in school.courses
        ]
        by_id = {course.id: course for course in courses}
        sections = [
            Shown(
                kind="sections",
                id=one.id,
                key=one.section_school_code,
                org=by_id[one.course_id].org,
                fields={
                    "title": one.title,
                    "course": by_id[one.course_id].key,
                    "terms": "\x1f".join(sorted(titles[id_] for id_ in one.grading_periods)),
                },
                locked=bool(one.synced),
                raw=one,
            )
            for one in school.sections
        ]
        return [*terms, *courses, *sections]

    def _parts(self) -> list[Shown]:
        """Return the enrollments and the links to parents."""
        school = self.school
        keys = {one.uid: one.school_uid for one in school.users.values()}
        gone = {uid: one.account.school_uid for uid, one in school.inactive.items()}
        found = []
        for one in school.enrollments:
            section = school.sections[one.realm_id]
            parts = (section.section_school_code, (keys | gone)[one.uid])
            found.append(
                Shown(
                    kind="enrollments",
                    id=one.id,
                    key="\x1f".join(parts) if all(parts) else "",
                    fields={"role": "admin" if one.admin else "member"},
                    active=one.status == 1 and one.uid in keys,
                    locked=bool(section.synced),
                    raw=one,
                )
            )
        for uid, key in keys.items():
            for parent in school.parents.of(uid):
                if parent in keys:
                    parts = (key, keys[parent], "guardian")
                    found.append(
                        Shown(
                            kind="relationships",
                            id=f"{uid}/{parent}",
                            key="\x1f".join(parts) if all(parts) else "",
                        )
                    )
        return found
