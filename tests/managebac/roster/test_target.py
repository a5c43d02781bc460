"""A roster is planned and applied to a sandbox. Afterwards there is nothing left to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async import InvalidInput
from lms_async.outcome import Status
from lms_async.roster import Action, Relationship
from lms_async.roster.entries import join
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import (
    ADA,
    BEN,
    DAY,
    GRADE_11,
    GRADE_12,
    PARENT,
    ROOM,
    SEATS,
    TEACHER,
    Keeper,
    brief,
)


async def test_plan_is_applied_verified_and_then_empty(
    keeper: Keeper, school: School, managebac_sandbox: ManageBacSandbox
) -> None:
    # Not every school has the vendor's "Extended APIs".
    managebac_sandbox.quirks.extended = False
    made = await keeper.make()
    assert brief([change async for change in made]) == [
        *(("create", "people", key) for key in ("p1", "p2", "t1", "g1")),
        ("link", "relationships", join("p1", "g1", "guardian")),
        ("create", "sections", "k1"),
        *(("link", "enrollments", join("k1", key)) for key in ("p1", "p2", "t1")),
    ]
    report = await made.apply(keeper.target, journal=keeper.folder / "journal")
    assert list(report.not_done()) == []
    ada = school.by_student_id("p1")
    assert ada is not None
    assert (ada.fields["birthday"], ada.fields["gender"]) == ("2010-05-04", "Female")
    assert [group.student_ids[0] for group in school.ib_groups.values()][:1] == [ada.id]
    (teacher,), (parent,) = school.teachers.values(), school.parents.values()
    assert (teacher.fields["identifier"], parent.fields["identifier"]) == ("t1", "g1")
    assert school.relations.kind(parent, ada.id) == "Other Guardian"
    assert school.welcome_mails == []
    (room,) = school.classes.values()
    assert (room.name, room.uniq_id, room.program_code, room.grade_number, room.language) == (
        "Biology 1",
        "k1",
        "diploma",
        12,
        "en",
    )
    assert len(school.members(room.id)) == 2
    assert list(school.class_teachers(room.id)) == [teacher.id]

    verified = await made.verify(keeper.target)
    assert (verified.different, verified.not_verifiable) == (
        [],
        {("people", "gender"): 1, ("sections", "year_group"): 1, ("sections", "terms"): 1},
    )
    assert await keeper.plan() == []


async def test_fields_that_differ_are_updated(keeper: Keeper, school: School) -> None:
    await keeper.update()
    room = next(iter(school.classes))
    ada = school.by_student_id("p1")
    assert ada is not None
    school.enrol(room, ada.id, level="HL")
    kinds: dict[str, list[Any]] = {
        "people": [
            attrs.evolve(ADA, grades=("12",), email="ada@school.example"),
            BEN,
            attrs.evolve(TEACHER, phone="555-0102"),
            attrs.evolve(PARENT, family_name="Eze"),
        ],
        "sections": [attrs.evolve(ROOM, title="Biology HL")],
    }
    outcomes = await keeper.update(**kinds)
    assert {(outcome.item.action, outcome.status) for outcome in outcomes} == {
        (Action.UPDATE, Status.DONE)
    }
    assert [len(group.student_ids) for group in school.ib_groups.values()] == [0, 2]
    assert school.classes[room].name == "Biology HL"
    assert school.members(room)[ada.id] == "HL"
    assert await keeper.plan(**kinds) == []


async def test_mover_is_added_before_being_removed(keeper: Keeper, school: School) -> None:
    other = attrs.evolve(ROOM, id="k2", title="Biology 2")
    both: dict[str, list[Any]] = {"sections": [ROOM, other]}
    await keeper.update(**both)
    moved = [
        attrs.evolve(SEATS[0], section_id="k2"),
        SEATS[1],
        attrs.evolve(SEATS[2], section_id="k2"),
    ]
    changes = await keeper.plan(**both, enrollments=moved)
    assert brief(changes) == [
        *(("link", "enrollments", join("k2", key)) for key in ("p1", "t1")),
        *(("unlink", "enrollments", join("k1", key)) for key in ("p1", "t1")),
    ]
    outcomes = await keeper.apply(changes)
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert await keeper.plan(**both, enrollments=moved) == []


async def test_link_to_a_parent_moves_to_another_child(keeper: Keeper, school: School) -> None:
    await keeper.update()
    moved = [Relationship(person_id="p2", other_id="g1", kind="guardian")]
    outcomes = await keeper.update(relationships=moved)
    assert [(outcome.item.action, outcome.status) for outcome in outcomes] == [
        (Action.LINK, Status.DONE),
        (Action.UNLINK, Status.DONE),
    ]
    assert await keeper.plan(relationships=moved) == []


async def test_welcome_mail_is_sent_if_asked(
    managebac: ManageBac, school: School, tmp_path: Path
) -> None:
    await Keeper(ManageBacRoster(managebac, send_welcome_email=True), tmp_path).update()
    assert len(school.welcome_mails) == 4


def test_impossible_changes_and_settings_are_refused(managebac: ManageBac) -> None:
    with pytest.raises(InvalidInput, match="can't delete sections"):
        ManageBacRoster(managebac).apply("sections", Action.DELETE, [], as_of=DAY, journal=None)
    with pytest.raises(InvalidInput, match="archive_as"):
        ManageBacRoster(managebac, archive_as="deleted")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="relationship"):
        ManageBacRoster(managebac, relationship="Guardian")  # type: ignore[arg-type]


def test_account_has_the_host_and_no_token(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    account = ManageBacRoster(managebac).account
    assert account.startswith("127.0.0.1")
    assert managebac_sandbox.token not in account


async def test_words_are_those_into_which_a_mapping_can_translate(
    managebac: ManageBac, school: School
) -> None:
    words = await ManageBacRoster(managebac).words()
    texts = {table: [word.text for word in some] for table, some in words.items()}
    assert texts == {
        "school": ["Sandbox International School"],
        "roles": ["student", "teacher", "parent"],
        "enrollment_roles": ["student", "teacher"],
        "grades": [GRADE_11, GRADE_12],
        "subjects": ["Biology", "Physics"],
        "terms": [
            *("2018-2019", "2018-2019 Semester 1", "2018-2019 Semester 2"),
            *("2020-2099", "2020-2099 Semester 1", "2020-2099 Semester 2"),
        ],
    }
    assert words["grades"][0].note == "IB Diploma, Grade 11"
    assert words["terms"][3].note == "2020-08-01 to 2099-06-30"
