"""The fault table for the bulk methods of ManageBac's whole roster.

Each test runs one bulk method with one fault. See also ``test_fault_table.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from lms_async import Window
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.conftest import QUICK
from tests.http.bulk_faults import (
    LOOKS_UP,
    REPEATS,
    REPORTS,
    Kind,
    check_failing_look_up,
    check_fault_on_every_request,
    check_one_fault,
)
from tests.http.fault_cases import CASES, Case, timeout_for

from .bulk_rows import fill, ids, links, new_classes, new_people

RosterKind = Kind[School]


def archived(school: School, kind: str) -> list[int]:
    people = {"students": school.students, "parents": school.parents}[kind]
    for person in people.values():
        person.archived = True
    return ids(people, 3)


def linked(school: School) -> list[tuple[int, int]]:
    pairs = [(parent.id, child) for parent in school.parents.values() for child in parent.kin]
    return pairs[:3]


def placed(school: School, *, count: int = 4) -> list[Any]:
    """Return rows that put students into a year group that they are not in."""
    last = list(school.ib_groups)[-1]
    free = [one for one in school.students if one not in school.ib_groups[last].student_ids]
    return [{"year_group_id": last, "student_id": one} for one in free[:count]]


def taught(school: School) -> list[Any]:
    rows = []
    for class_id in school.classes:
        free = [one for one in school.teachers if one not in school.class_teachers(class_id)]
        rows += [{"class_id": class_id, "teacher_id": one} for one in free[:2]]
    return rows


def teaching(school: School) -> list[Any]:
    return [
        {"class_id": class_id, "teacher_id": teacher}
        for class_id in school.classes
        for teacher in school.class_teachers(class_id)
    ]


def members(school: School) -> list[Any]:
    return [
        {"class_id": class_id, "student_id": student}
        for class_id in school.classes
        for student in school.members(class_id)
    ]


def newcomers(school: School, **more: Any) -> list[Any]:
    return [
        {"class_id": class_id, "student_id": student, **more}
        for class_id in school.classes
        for student in [one for one in school.students if one not in school.members(class_id)][:4]
    ]


def update_outsiders(managebac: ManageBac, school: School) -> Any:
    """Update students who are not in the class, if ``PATCH`` does not add them."""
    class_id = next(iter(school.classes))
    for one in ids(school.students)[-4:]:
        school.leave(class_id, one)
    rows: list[Any] = [{"id": one, "level": "HL"} for one in ids(school.students)[-4:]]
    return managebac.classes.update_students(class_id, rows)


def outsiders_are_in(school: School) -> bool:
    members = school.members(next(iter(school.classes)))
    return {members.get(one) for one in ids(school.students)[-4:]} == {"HL"}


def is_archived(people: str) -> Any:
    return lambda school: all(one.archived for one in list(getattr(school, people).values())[:3])


def is_active(people: str) -> Any:
    return lambda school: (
        not any(one.archived for one in list(getattr(school, people).values())[:3])
    )


def replaced(school: School) -> list[Any]:
    return [
        {
            "parent_id": parent,
            "children": [{"id": one, "relationship": "Uncle"} for one in ids(school.students, 2)],
        }
        for parent in ids(school.parents, 3)
    ]


KINDS: dict[str, RosterKind] = {
    "students": RosterKind(
        "POST",
        LOOKS_UP,
        lambda managebac, _: managebac.students.create_many(new_people(4)),
        lambda school: school.students.creates,
        lambda school: len(school.students) == 16,
        can_look_up=True,
        chunk=1,
    ),
    "teachers": RosterKind(
        "POST",
        LOOKS_UP,
        lambda managebac, _: managebac.teachers.create_many(new_people(4)),
        lambda school: school.teachers.creates,
        lambda school: len(school.teachers) == 10,
        can_look_up=True,
        chunk=1,
    ),
    "parents": RosterKind(
        "POST",
        LOOKS_UP,
        lambda managebac, _: managebac.parents.create_many(new_people(4)),
        lambda school: school.parents.creates,
        lambda school: len(school.parents) == 8,
        can_look_up=True,
        chunk=1,
    ),
    "students, changed": RosterKind(
        "PATCH",
        REPEATS,
        lambda managebac, school: managebac.students.update_many(
            [{"id": one, "nickname": "Zo"} for one in ids(school.students, 4)]
        ),
        holds=lambda school: (
            sum(one.fields.get("nickname") == "Zo" for one in school.students.values()) == 4
        ),
        can_look_up=True,
        chunk=1,
    ),
    "students, archived": RosterKind(
        "PUT",
        REPEATS,
        lambda managebac, school: managebac.students.archive_many(
            [{"id": one, "withdrawn_on": "2026-06-30"} for one in ids(school.students, 3)]
        ),
        holds=is_archived("students"),
        can_look_up=True,
        chunk=1,
    ),
    "parents, unarchived": RosterKind(
        "PUT",
        REPEATS,
        lambda managebac, school: managebac.parents.unarchive_many(archived(school, "parents")),
        holds=is_active("parents"),
        can_look_up=True,
        chunk=1,
    ),
    "children": RosterKind(
        "POST",
        LOOKS_UP,
        lambda managebac, school: managebac.children.add_many(links(school)),
        lambda school: school.relations.creates,
        lambda school: len(school.relations.creates) == 4,
        can_look_up=True,
        chunk=1,
    ),
    "children, changed": RosterKind(
        "PUT",
        REPEATS,
        lambda managebac, school: managebac.children.update_many(
            [
                {"parent_id": parent, "child_id": child, "relationship": "Uncle"}
                for parent, child in linked(school)
            ]
        ),
        holds=lambda school: {school.relations.kinds[pair] for pair in linked(school)} == {"Uncle"},
        can_look_up=True,
        chunk=1,
    ),
    "children, removed": RosterKind(
        "DELETE",
        LOOKS_UP,
        lambda managebac, school: managebac.children.remove_many(
            [{"parent_id": parent, "child_id": child} for parent, child in linked(school)]
        ),
        lambda school: school.relations.deletes,
        lambda school: len(school.relations.deletes) == 3,
        can_look_up=True,
        chunk=1,
    ),
    "children, replaced": RosterKind(
        "PUT",
        REPEATS,
        lambda managebac, school: managebac.children.replace_many(replaced(school)),
        lambda school: school.relations.creates + school.relations.deletes,
        lambda school: all(
            set(school.parents[parent].kin) == set(ids(school.students, 2))
            for parent in ids(school.parents, 3)
        ),
        can_look_up=True,
        chunk=1,
        reads_first=True,
    ),
    "classes": RosterKind(
        "PATCH",
        REPORTS,
        lambda managebac, school: managebac.classes.upsert_many(new_classes(school, 120)),
        lambda school: school.classes.creates,
        lambda school: len(school.classes) == 123,
        can_look_up=True,
        chunk=100,
    ),
    "classes, changed": RosterKind(
        "PATCH",
        REPEATS,
        lambda managebac, school: managebac.classes.upsert_many(
            [{"id": one, "description": "New"} for one in school.classes]
        ),
        holds=lambda school: {one.description for one in school.classes.values()} == {"New"},
        can_look_up=True,
        chunk=100,
    ),
    "classes, archived": RosterKind(
        "PATCH",
        REPEATS,
        lambda managebac, school: managebac.classes.archive_many(ids(school.classes)),
        holds=lambda school: all(one.archived for one in school.classes.values()),
        can_look_up=True,
        chunk=100,
    ),
    "year groups": RosterKind(
        "POST",
        REPEATS,
        lambda managebac, school: managebac.year_groups.add_students_many(placed(school)),
        lambda school: school.group_adds,
        lambda school: len(school.group_adds) == 4,
        can_look_up=True,
        chunk=100,
    ),
    "year groups, removed": RosterKind(
        "POST",
        REPEATS,
        lambda managebac, school: managebac.year_groups.remove_students_many(
            [
                {"year_group_id": group.id, "student_id": one}
                for group in school.ib_groups.values()
                for one in group.student_ids
            ]
        ),
        lambda school: school.group_removals,
        lambda school: not any(group.student_ids for group in school.ib_groups.values()),
        can_look_up=True,
        chunk=100,
    ),
    "teachers of classes": RosterKind(
        "POST",
        LOOKS_UP,
        lambda managebac, school: managebac.classes.add_teachers_many(taught(school)),
        lambda school: school.member_adds,
        lambda school: len(school.member_adds) == 6,
        can_look_up=True,
        chunk=2,
    ),
    "teachers of classes, removed": RosterKind(
        "DELETE",
        REPEATS,
        lambda managebac, school: managebac.classes.remove_teachers_many(teaching(school)),
        lambda school: school.member_removals,
        lambda school: not teaching(school),
        can_look_up=True,
        chunk=100,
    ),
    "students of classes, removed": RosterKind(
        "POST",
        LOOKS_UP,
        lambda managebac, school: managebac.classes.remove_students_many(members(school)),
        lambda school: school.member_removals,
        lambda school: not members(school),
        can_look_up=True,
        chunk=100,
    ),
    "memberships": RosterKind(
        "PATCH",
        REPEATS,
        lambda managebac, school: managebac.memberships.update_many(newcomers(school, level="HL")),
        lambda school: school.member_adds,
        lambda school: len(school.member_adds) == 12,
        can_look_up=True,
        chunk=100,
    ),
    "memberships, added after not_found": RosterKind(
        "POST",
        LOOKS_UP,
        update_outsiders,
        lambda school: school.member_adds,
        outsiders_are_in,
        can_look_up=True,
        chunk=100,
    ),
}
#: The kinds that are tested with a server that does not respond. Each test takes a second.
HANGING = ("students", "children, replaced", "classes", "year groups")
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@pytest_asyncio.fixture
async def client(
    request: pytest.FixtureRequest, managebac_sandbox: ManageBacSandbox
) -> AsyncIterator[ManageBac]:
    async with ManageBac(
        managebac_sandbox.token,
        base_url=managebac_sandbox.base_url,
        limiter=Window(1000, per=0.01),
        retry=QUICK,
        timeout=timeout_for(request),
    ) as managebac:
        yield managebac


def school_of(sandbox: ManageBacSandbox, kind: RosterKind) -> School:
    sandbox.quirks.patch_adds = kind is not KINDS["memberships, added after not_found"]
    return fill(sandbox)


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        pytest.param(kind, case, id=f"{case_name}-{name}")
        for name, kind in KINDS.items()
        for case_name, case in CASES.items()
        if name in HANGING or not case_name.startswith("hang")
    ],
)
async def test_one_fault(
    kind: RosterKind, case: Case, client: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    school = school_of(managebac_sandbox, kind)
    await check_one_fault(kind, case, kind.start(client, school), school, managebac_sandbox)


@pytest.mark.parametrize("after", [False, True])
@kinds
async def test_a_fault_on_every_request(
    kind: RosterKind, after: bool, client: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    school = school_of(managebac_sandbox, kind)
    bulk = kind.start(client, school)
    await check_fault_on_every_request(kind, bulk, school, managebac_sandbox, after=after)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=name) for name, kind in KINDS.items() if not kind.reads_first]
)
async def test_rows_are_unknown_if_the_look_up_fails_too(
    kind: RosterKind, after: bool, client: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    school = school_of(managebac_sandbox, kind)
    bulk = kind.start(client, school)
    await check_failing_look_up(kind, bulk, school, managebac_sandbox, after=after)
