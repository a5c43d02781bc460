"""What can't be changed in ManageBac, and what a plan leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async import Forbidden
from lms_async.outcome import Status
from lms_async.roster import Action, Change, Enrollment, LeftAlone, PlanFile, Reason
from lms_async.roster.entries import join
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import (
    ADA,
    BEN,
    BIOLOGY,
    DAY,
    GRADE_11,
    GRADE_12,
    MAPPING,
    PARENT,
    PEOPLE,
    SEATS,
    TEACHER,
    Keeper,
    brief,
    person,
)


def left_alone(keeper: Keeper, reason: Reason) -> list[LeftAlone]:
    with PlanFile(keeper.folder / "roster.plan") as file:
        return [one for one in file.left_alone() if one.reason is reason]


async def test_role_is_kept(keeper: Keeper) -> None:
    await keeper.update()
    promoted = person("p2", "teacher")
    seat = Enrollment(section_id="k1", person_id="p2", role="teacher")
    kinds: dict[str, list[Any]] = {
        "people": [ADA, promoted, TEACHER, PARENT],
        "enrollments": [SEATS[0], seat, SEATS[2]],
    }
    assert await keeper.plan(**kinds) == []
    assert [one.kind for one in left_alone(keeper, Reason.OTHER_ROLE)] == ["people", "enrollments"]


async def test_teacher_with_the_id_of_a_student_is_not_overwritten(
    keeper: Keeper, school: School
) -> None:
    await keeper.update(people=[ADA, TEACHER, PARENT], enrollments=SEATS[::2])
    teacher = school.add_teacher(identifier="p2", first_name="Grace", email="grace@school.example")
    assert await keeper.plan() == []
    assert left_alone(keeper, Reason.OTHER_ROLE)
    teacher.archived = True
    assert await keeper.plan() == []


async def test_subject_and_terms_of_a_section_stay(keeper: Keeper) -> None:
    await keeper.update()
    mapping = attrs.evolve(MAPPING, subjects={"c1": "Physics"}, terms={"This year": "2018-2019"})
    assert await Keeper(keeper.target, keeper.folder, mapping).plan() == []
    fields = {one.detail for one in left_alone(keeper, Reason.FIXED_FIELD)}
    assert fields == {"subject"}


async def test_records_of_another_school_are_left_alone(
    managebac: ManageBac, school: School, tmp_path: Path
) -> None:
    keeper = Keeper(ManageBacRoster(managebac, school="M"), tmp_path)
    assert await keeper.plan() == []
    assert len(left_alone(keeper, Reason.OUT_OF_SCOPE)) == 4 + 1 + 1 + 3
    keeper = Keeper(ManageBacRoster(managebac, school="N"), tmp_path)
    await keeper.update()
    assert await keeper.plan() == []


async def test_duplicates_and_people_without_a_key_are_left_alone(
    keeper: Keeper, school: School
) -> None:
    await keeper.update()
    ben = school.by_student_id("p2")
    assert ben is not None
    school.add_teacher("other@school.example", identifier="p2", last_name="Other")
    school.add_teacher("none@school.example", identifier="  ", last_name="None")
    school.add_teacher("spaces@school.example", identifier=" t9 ", last_name="Okafor")
    spaced = person("t9", "teacher")
    changes = await keeper.plan(
        people=[ADA, attrs.evolve(BEN, family_name="X"), *PEOPLE[2:], spaced]
    )
    assert brief(changes) == [("update", "people", "t9")]
    assert len(left_alone(keeper, Reason.BLANK_KEY)) == 1
    assert {one.key for one in left_alone(keeper, Reason.DUPLICATE_KEY)} >= {"p2"}


async def test_account_with_the_email_of_a_new_person_is_not_taken_over(
    keeper: Keeper, school: School
) -> None:
    school.add_teacher("t1@school.example", last_name="Okafor", first_name="Given t1")
    outcomes = [one for one in await keeper.update() if one.item.key == "t1"]
    assert [one.status for one in outcomes] == [Status.REJECTED]
    assert outcomes[0].error is not None
    assert "email" in outcomes[0].error.fields


async def test_changes_that_refer_to_nothing_are_rejected_and_the_others_made(
    keeper: Keeper, managebac_sandbox: ManageBacSandbox
) -> None:
    await keeper.update()
    new = {"given_name": "Dai", "family_name": "Diaz", "email": "dai@school.example"}
    room = {"title": "T", "subject": "Biology", "terms": "2020-2099", "year_group": GRADE_11}

    def create(kind: str, key: str, after: dict[str, str], **more: str) -> Change:
        return Change(kind=kind, action=Action.CREATE, key=key, after=after | more)

    def link(kind: str, *key: str, **after: str) -> Change:
        return Change(kind=kind, action=Action.LINK, key=join(*key), after=after)

    cases = [
        (create("people", "p6", new, role="Wizard"), ["role"]),
        (create("people", "p7", new, role="student", year_group="X"), ["year_group"]),
        (create("people", "p8", new, role="teacher", year_group=GRADE_11), ["year_group"]),
        (create("people", "p9", new, role="student", year_group=GRADE_12), None),
        (create("people", "p5", new | {"email": ""}, role="student"), ["email"]),
        (create("sections", "k2", room, subject="Music"), ["subject"]),
        (create("sections", "k3", room, terms="2020-2099 Semester 3"), ["terms"]),
        (create("sections", "k4", room, terms=""), ["terms"]),
        (create("sections", "k5", room, subject="", year_group=""), ["subject", "year_group"]),
        (create("sections", "k6", room, terms="2020-2099 Semester 2"), None),
        (link("relationships", "p1", "t1", "advisor"), ["kind"]),
        (link("relationships", "p1", "t1", "guardian"), ["parent"]),
        (link("relationships", "p0", "g1", "guardian"), ["student"]),
        (link("enrollments", "k9", "p1", role="student"), ["section"]),
        (link("enrollments", "k1", "g1", role="student"), ["person"]),
        (link("enrollments", "k6", "p1", role="teacher"), ["role"]),
        (link("enrollments", "k6", "p1", role="student"), None),
    ]
    outcomes = await keeper.apply([change for change, _ in cases])
    assert [outcome.item for outcome in outcomes] == [change for change, _ in cases]
    wrong = [sorted(outcome.error.fields) if outcome.error else None for outcome in outcomes]
    assert wrong == [fields for _, fields in cases]


@pytest.mark.parametrize(
    ("kind", "action", "path"),
    [
        ("people", Action.CREATE, "year-groups"),
        ("relationships", Action.LINK, "parents"),
        ("sections", Action.CREATE, "school/subjects"),
        ("enrollments", Action.LINK, "classes"),
    ],
)
async def test_references_that_cannot_be_read_stop_the_bulk_and_nothing_is_sent(
    kind: str,
    action: Action,
    path: str,
    keeper: Keeper,
    managebac_sandbox: ManageBacSandbox,
) -> None:
    changes = [one for one in await keeper.plan() if (one.kind, one.action) == (kind, action)]
    managebac_sandbox.faults.add(Fault.error(403, path=path))
    bulk = keeper.target.apply(kind, action, changes, as_of=DAY, journal=None)
    outcomes = [outcome async for outcome in bulk]
    assert [outcome.item for outcome in outcomes] == changes
    assert {outcome.status for outcome in outcomes} == {Status.SKIPPED}
    assert isinstance(bulk.report.stop_reason, Forbidden)
    assert {seen.method for seen in managebac_sandbox.log} == {"GET"}


async def test_records_without_what_managebac_needs_are_left_alone(keeper: Keeper) -> None:
    kinds: dict[str, list[Any]] = {
        "people": [attrs.evolve(ADA, email=""), BEN, TEACHER, PARENT],
        "courses": [attrs.evolve(BIOLOGY, grades=())],
    }
    outcomes = await keeper.update(**kinds)
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    needed = {(one.key, one.detail) for one in left_alone(keeper, Reason.NEEDED_FIELD)}
    grades = "year_group (the source has no grades: fill in grades)"
    assert needed == {("p1", "email"), ("k1", grades)}
    # The enrollments of the section, and the link to the student.
    assert len(left_alone(keeper, Reason.NO_PARENT)) == 4
    # The grade of the course, to which [grades] does not lead.
    kinds["courses"] = [attrs.evolve(BIOLOGY, grades=("7",))]
    await keeper.plan(**kinds)
    needed = {(one.key, one.detail) for one in left_alone(keeper, Reason.NEEDED_FIELD)}
    assert ("k1", "year_group (not translated: add the grades to [grades])") in needed
