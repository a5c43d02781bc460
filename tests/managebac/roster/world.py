"""A ManageBac sandbox as a world of the roster's property."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import attrs

from lms_async.roster import Capabilities, Enrollment, Person, Relationship, Role, Target
from lms_async.roster.entries import join
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.roster.capabilities import capabilities
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import MAPPING, prepared
from tests.roster.random_school import Roster, Story
from tests.roster.world import KEYS, Oddity, SandboxTroubles, Shown

_ROLES = {"6": "teacher", "7": "guardian", "8": "guardian"}
_KINDS = {"student": "student", "advisor": "teacher", "parent": "parent"}


def fitting(story: Story) -> Story:
    """Return a story of a school that ManageBac can hold.

    An account has one school. A person keeps a role, and has the same one in classes. Only students
    have parents, and an email address belongs to one account.
    """
    return attrs.evolve(
        story, before=_fitting_roster(story.before), after=_fitting_roster(story.after)
    )


def _fitting_roster(roster: Roster) -> Roster:
    people: dict[str, Person] = {one.id: _fitting_person(one) for one in roster["people"]}
    roles = {id_: one.roles[0].role for id_, one in people.items()}
    seats: list[Enrollment] = roster["enrollments"]
    links: list[Relationship] = roster["relationships"]
    return {
        **roster,
        "people": list(people.values()),
        "courses": [attrs.evolve(one, org_id="s1", grades=("11",)) for one in roster["courses"]],
        "sections": [attrs.evolve(one, org_id="s1") for one in roster["sections"]],
        "enrollments": [
            attrs.evolve(one, role="teacher" if role == "teacher" else "student")
            for one in seats
            if (role := roles[one.person_id]) != "guardian"
        ],
        "relationships": [
            one
            for one in links
            if (roles[one.person_id], roles[one.other_id]) == ("student", "guardian")
        ],
    }


def _fitting_person(person: Person) -> Person:
    key = person.identifier or person.id
    is_aide = person.roles[0].role == "aide"
    role = "aide" if is_aide else _ROLES.get(key[1:], "student")
    prefix = "new-" if person.email.startswith("new-") else ""
    return attrs.evolve(
        person,
        email=f"{prefix}{key}@school.example",
        roles=(Role(role=role, org_id="s1", primary=True),),
        org_ids=("s1",),
        grades=("11",) if person.given_name == "Ada" else ("12",),
    )


class ManageBacWorld(SandboxTroubles):
    """A school without people, whose key is N."""

    mapping = attrs.evolve(
        MAPPING,
        keys=KEYS,
        subjects=dict.fromkeys(("c1", "c2", "c3"), "Biology"),
        terms={"This year": "2020-2099", "Spring": "2020-2099 Semester 2"},
    )
    capabilities: Capabilities = capabilities("N")

    def __init__(self) -> None:
        self.sandbox = ManageBacSandbox()
        self.sandbox.school = prepared()
        self.sandbox.quirks.extended = False
        super().__init__(self.sandbox)

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
        async with ManageBac(sandbox.token, base_url=sandbox.base_url) as client:
            yield ManageBacRoster(client, school="N")

    def disturb(self, what: Oddity, number: int) -> None:
        school = self.school
        mail = f"hand{len(school.students)}@school.example"
        person = next((one for one in self._everybody() if _key(one) == f"P{number}"), None)
        match what:
            case "stranger":
                added = school.add_student(mail, student_id=f"X{number}", last_name="Hand")
                for class_id in list(school.classes)[:1]:
                    school.enrol(class_id, added.id)
            case "without key":
                school.add_teacher(mail, last_name="Hand")
            case "same key":
                school.add_teacher(mail, identifier=f"P{number}", last_name="Hand")
            case "administrator" if person is not None and person.kind == "advisor":
                person.admin = True
            case "deactivated" if person is not None:
                if person.kind != "parent":
                    school.leave_everything(person, person.updated_at)
                person.archived = True

    def made_twice(self) -> list[str]:
        school = self.school
        stores = (school.students, school.teachers, school.parents, school.classes)
        return [key for one in stores for key, times in one.creates.items() if times > 1]

    def shown(self) -> list[Shown]:
        return [*self._people(), *self._sections(), *self._links(), *self._seats()]

    def _everybody(self) -> list[Any]:
        school = self.school
        return [
            one
            for store in (school.students, school.teachers, school.parents)
            for one in store.values()
        ]

    def _people(self) -> list[Shown]:
        return [
            Shown(
                kind="people",
                id=str(one.id),
                key=_key(one),
                org="N",
                fields={
                    "given_name": one.fields.get("first_name", ""),
                    "family_name": one.fields.get("last_name", ""),
                    "email": one.email,
                    "role": _KINDS[one.kind],
                },
                active=not one.archived,
                locked=one.admin,
                raw=attrs.asdict(one, filter=lambda field, _: field.name != "kin"),
            )
            for one in self._everybody()
        ]

    def _sections(self) -> list[Shown]:
        return [
            Shown(
                kind="sections",
                id=str(one.id),
                key=one.uniq_id or "",
                org="N",
                fields={"title": one.name},
                active=not one.archived,
                raw=attrs.asdict(one),
            )
            for one in self.school.classes.values()
        ]

    def _links(self) -> list[Shown]:
        school = self.school
        return [
            Shown(
                kind="relationships",
                id=f"{parent.id}/{child.id}",
                key=_joined(_key(child), _key(parent), "guardian"),
                active=not (parent.archived or child.archived),
            )
            for parent in school.parents.values()
            for child in [school.students[number] for number in parent.kin]
        ]

    def _seats(self) -> list[Shown]:
        school = self.school
        found = []
        for class_ in school.classes.values():
            seats = [
                *school.ledger.in_class(class_.id, teaches=False),
                *school.ledger.in_class(class_.id, teaches=True),
            ]
            for seat in seats:
                person: Any = school.user(seat.user_id)
                found.append(
                    Shown(
                        kind="enrollments",
                        id=f"{class_.id}/{person.id}",
                        key=_joined(class_.uniq_id or "", _key(person)),
                        fields={"role": _KINDS[person.kind]},
                        active=not (class_.archived or person.archived),
                        locked=person.admin,
                        raw=seat.level,
                    )
                )
        return found


def _key(person: Any) -> str:
    if person.kind == "student":
        return str(person.student_id)
    return str(person.fields.get("identifier", ""))


def _joined(*parts: str) -> str:
    return join(*parts) if all(parts) else ""
