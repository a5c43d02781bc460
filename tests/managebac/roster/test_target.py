"""A roster is planned and applied to a sandbox. Afterwards there is nothing left to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async import InvalidInput
from lms_async.outcome import Status
from lms_async.roster import Action, Change, Enrollment, LeftAlone, PlanFile, Reason, Relationship
from lms_async.roster.entries import join
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School
from tests.managebac.roster.school import (
    ADA,
    BEN,
    GRADE_11,
    GRADE_12,
    MAPPING,
    PARENT,
    PEOPLE,
    ROOM,
    SEATS,
    TEACHER,
    WITHOUT_BEN,
    Keeper,
    brief,
    person,
    prepared,
)


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    managebac_sandbox.school = prepared()
    return managebac_sandbox.school


@pytest.fixture
def keeper(managebac: ManageBac, school: School, tmp_path: Path) -> Keeper:
    return Keeper(ManageBacRoster(managebac, archive_on=date(2026, 9, 30)), tmp_path)


def left_alone(keeper: Keeper, reason: Reason) -> list[LeftAlone]:
    with PlanFile(keeper.folder / "roster.plan") as file:
        return [one for one in file.left_alone() if one.reason is reason]


async def test_plan_is_applied_verified_and_then_empty(keeper: Keeper, school: School) -> None:
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
        {("people", "gender"): 1, ("sections", "year_group"): 1},
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


async def test_leaver_is_archived_and_returns(keeper: Keeper, school: School) -> None:
    await keeper.update()
    changes = await keeper.plan(**WITHOUT_BEN)
    # Archiving ends the enrollment.
    assert brief(changes) == [("archive", "people", "p2")]
    await keeper.apply(changes)
    ben = school.by_student_id("p2")
    assert ben is not None
    assert (ben.archived, ben.withdrawn_on, ben.graduated_on) == (True, "2026-09-30", None)
    assert await keeper.plan(**WITHOUT_BEN) == []

    back: dict[str, list[Any]] = {
        "people": [ADA, attrs.evolve(BEN, family_name="Boone"), TEACHER, PARENT]
    }
    outcomes = await keeper.update(**back)
    assert [(one.item.action, one.item.kind, one.status) for one in outcomes] == [
        (Action.RETURN, "people", Status.DONE),
        (Action.LINK, "enrollments", Status.DONE),
    ]
    assert (ben.archived, ben.fields["last_name"]) == (False, "Boone")
    assert ben.id in list(school.ib_groups.values())[1].student_ids
    assert await keeper.plan(**back) == []


async def test_everybody_leaves_and_returns(keeper: Keeper, school: School) -> None:
    await keeper.update()
    nobody: dict[str, list[Any]] = {
        "people": [BEN],
        "enrollments": [SEATS[1]],
        "relationships": [],
    }
    assert brief(await keeper.plan(**nobody)) == [
        ("archive", "people", key) for key in ("g1", "p1", "t1")
    ]
    await keeper.update(**nobody)
    assert await keeper.plan(**nobody) == []
    outcomes = await keeper.update()
    assert [(one.item.action, one.item.kind) for one in outcomes] == [
        *((Action.RETURN, "people") for _ in range(3)),
        # ManageBac has kept the link.
        (Action.RETURN, "relationships"),
        *((Action.LINK, "enrollments") for _ in range(2)),
    ]
    assert {one.status for one in outcomes} == {Status.DONE}
    assert await keeper.plan() == []


async def test_graduate(managebac: ManageBac, school: School, tmp_path: Path) -> None:
    keeper = Keeper(ManageBacRoster(managebac, archive_as="graduated"), tmp_path)
    await keeper.update()
    await keeper.update(**WITHOUT_BEN)
    ben = school.by_student_id("p2")
    assert ben is not None
    assert (ben.withdrawn_on, ben.graduated_on) == (None, date.today().isoformat())


async def test_person_who_returns_and_cannot_be_updated_is_incomplete(keeper: Keeper) -> None:
    await keeper.update()
    await keeper.update(**WITHOUT_BEN)
    taken = attrs.evolve(BEN, email=ADA.email)
    (returned, _) = await keeper.update(people=[ADA, taken, TEACHER, PARENT])
    assert returned.status is Status.REJECTED
    assert returned.error is not None
    assert returned.error.code == "incomplete"
    assert list(returned.error.fields) == ["email"]


async def test_link_to_a_parent_moves_to_another_child(keeper: Keeper, school: School) -> None:
    await keeper.update()
    moved = [Relationship(person_id="p2", other_id="g1", kind="guardian")]
    outcomes = await keeper.update(relationships=moved)
    assert [(outcome.item.action, outcome.status) for outcome in outcomes] == [
        (Action.LINK, Status.DONE),
        (Action.UNLINK, Status.DONE),
    ]
    assert await keeper.plan(relationships=moved) == []


async def test_section_is_archived_with_its_enrollments_and_returns(
    keeper: Keeper, school: School
) -> None:
    other = attrs.evolve(ROOM, id="k2", title="Biology 2")
    both: dict[str, list[Any]] = {"sections": [ROOM, other]}
    await keeper.update(**both)
    gone: dict[str, list[Any]] = {"sections": [other], "enrollments": []}
    assert brief(await keeper.plan(**gone)) == [("archive", "sections", "k1")]
    await keeper.update(**gone)
    room = next(iter(school.classes.values()))
    assert room.archived
    assert await keeper.plan(**gone) == []
    renamed = [attrs.evolve(ROOM, title="Biology again"), other]
    outcomes = await keeper.update(sections=renamed)
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert (room.archived, room.name) == (False, "Biology again")
    assert await keeper.plan(sections=renamed) == []


async def test_role_is_kept(keeper: Keeper) -> None:
    await keeper.update()
    promoted = person("p2", "teacher")
    seat = Enrollment(section_id="k1", person_id="p2", role="teacher")
    kinds: dict[str, list[Any]] = {
        "people": [ADA, promoted, TEACHER, PARENT],
        "enrollments": [SEATS[0], seat, SEATS[2]],
    }
    assert await keeper.plan(**kinds) == []
    assert {(one.kind, one.detail) for one in left_alone(keeper, Reason.FIXED_FIELD)} == {
        ("people", "role"),
        ("enrollments", "role"),
    }


async def test_subject_and_terms_of_a_section_stay(keeper: Keeper) -> None:
    await keeper.update()
    mapping = attrs.evolve(MAPPING, subjects={"c1": "Physics"}, terms={"This year": "2018-2019"})
    assert await Keeper(keeper.target, keeper.folder, mapping).plan() == []
    fields = {one.detail for one in left_alone(keeper, Reason.FIXED_FIELD)}
    assert fields == {"subject", "terms"}


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


@pytest.mark.parametrize(("kind", "path"), [("people", "students"), ("enrollments", "students/9")])
async def test_removals_are_not_counted_a_second_time(
    kind: str, path: str, managebac: ManageBac, school: School
) -> None:
    # The plan's guard has allowed them. The bulk methods would stop at 500.
    target = ManageBacRoster(managebac)
    ids = [f"{path}/{number}" for number in range(1, 502)]
    action = Action.ARCHIVE if kind == "people" else Action.UNLINK
    changes = [Change(kind=kind, action=action, key=id_, vendor_id=id_) for id_ in ids]
    report = await target.apply(kind, action, changes, journal=None)
    assert sum(report.counts.values()) == 501


async def test_welcome_mail_is_sent_if_asked(
    managebac: ManageBac, school: School, tmp_path: Path
) -> None:
    await Keeper(ManageBacRoster(managebac, send_welcome_email=True), tmp_path).update()
    assert len(school.welcome_mails) == 4


def test_impossible_changes_and_settings_are_refused(managebac: ManageBac) -> None:
    with pytest.raises(InvalidInput, match="can't delete sections"):
        ManageBacRoster(managebac).apply("sections", Action.DELETE, [], journal=None)
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


async def test_words_are_those_that_a_mapping_can_lead_to(
    managebac: ManageBac, school: School
) -> None:
    words = await ManageBacRoster(managebac).words()
    texts = {table: [word.text for word in some] for table, some in words.items()}
    assert texts == {
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
