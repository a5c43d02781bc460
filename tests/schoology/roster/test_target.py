"""A roster is planned and applied to a sandbox. Afterwards there is nothing left to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async import Forbidden, InvalidInput, Journal, Unauthorized
from lms_async.errors import KindUnreadable
from lms_async.outcome import Status
from lms_async.roster import Action, Change, PlanFile, Reason, Relationship, Role, Word
from lms_async.roster.entries import join
from lms_async.roster.targets.names import Names
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster
from schoology_async.sandbox import SchoologySandbox
from tests.schoology.roster.school import (
    ADA,
    ALGEBRA,
    BEN,
    DAY,
    PARENT,
    ROOM,
    SEATS,
    TEACHER,
    WITHOUT_BEN,
    YEAR,
    Keeper,
    add_building,
    brief,
)


@pytest.fixture
def keeper(schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path) -> Keeper:
    add_building(schoology_sandbox.school)
    return Keeper(SchoologyRoster(schoology), tmp_path)


async def test_plan_is_applied_and_then_empty(
    keeper: Keeper, schoology_sandbox: SchoologySandbox
) -> None:
    changes = await keeper.plan()
    assert brief(changes) == [
        ("create", "terms", "2026-2027"),
        *(("create", "people", key) for key in ("p1", "p2", "t1", "g1")),
        ("link", "relationships", join("p1", "g1", "guardian")),
        ("create", "courses", "c1"),
        ("create", "sections", "k1"),
        *(("link", "enrollments", join("k1", key)) for key in ("p1", "p2", "t1")),
    ]
    outcomes = await keeper.apply(changes)
    assert [outcome.item for outcome in outcomes] == changes
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    school = schoology_sandbox.school
    ada = school.by_school_uid("p1")
    assert ada is not None
    assert (ada.role_id, ada.gender, ada.grad_year, ada.birthday_date) == (
        1214,
        "F",
        "2029",
        "2010-05-04",
    )
    assert school.by_school_uid("g1").details == {"phone": "555-0100"}  # type: ignore[union-attr]
    assert school.mails == []
    section = school.sections.by_school_code("k1")
    assert section is not None
    assert (section.title, section.location, section.section_code) == ("Algebra 1", "Room 4", "k1")

    assert await keeper.plan() == []


async def test_fields_that_differ_are_updated(keeper: Keeper) -> None:
    await keeper.update()
    promoted = attrs.evolve(BEN, middle_name="Ben", roles=(Role(role="teacher", org_id="s1"),))
    kinds: dict[str, list[Any]] = {
        "people": [ADA, promoted, TEACHER, PARENT],
        "courses": [attrs.evolve(ALGEBRA, title="Algebra II")],
        "sections": [attrs.evolve(ROOM, location="Room 5")],
        "enrollments": [SEATS[0], attrs.evolve(SEATS[1], role="teacher"), SEATS[2]],
    }
    outcomes = await keeper.update(**kinds)
    assert {(outcome.item.action, outcome.status) for outcome in outcomes} == {
        (Action.UPDATE, Status.DONE)
    }
    assert {outcome.item.kind for outcome in outcomes} == kinds.keys()
    assert await keeper.plan(**kinds) == []


async def test_dates_of_a_term_and_the_course_and_terms_of_a_section_stay(keeper: Keeper) -> None:
    fall = attrs.evolve(YEAR, id="f1", title="Fall", type="semester")
    biology = attrs.evolve(ALGEBRA, id="c2", title="Biology")
    both: dict[str, list[Any]] = {"terms": [YEAR, fall], "courses": [ALGEBRA, biology]}
    await keeper.update(**both)
    moved = attrs.evolve(ROOM, course_id="c2", term_ids=("f1",))
    longer = attrs.evolve(YEAR, starts=date(2020, 7, 1))
    both["terms"] = [longer, fall]
    assert await keeper.plan(**both, sections=[moved]) == []


async def test_leaver_is_deactivated_and_keeps_the_history(
    keeper: Keeper, schoology_sandbox: SchoologySandbox
) -> None:
    await keeper.update()
    changes = await keeper.plan(**WITHOUT_BEN)
    assert brief(changes) == [("deactivate", "people", "p2")]
    await keeper.apply(changes)
    (delete,) = schoology_sandbox.school.deletes
    assert (delete.school_uid, delete.keep_enrollments, delete.emailed) == ("p2", True, False)
    assert await keeper.plan(**WITHOUT_BEN) == []

    # A person who comes back has new fields and the old enrollment.
    back = attrs.evolve(BEN, family_name="Boone")
    returned: dict[str, list[Any]] = {"people": [ADA, back, TEACHER, PARENT]}
    outcomes = await keeper.update(**returned)
    assert [(one.item.action, one.item.kind, one.status) for one in outcomes] == [
        (Action.RETURN, "people", Status.DONE),
        (Action.RETURN, "enrollments", Status.DONE),
    ]
    account = schoology_sandbox.school.by_school_uid("p2")
    assert account is not None
    assert account.name_last == "Boone"
    assert [one.reenrolled for one in schoology_sandbox.school.reactivations] == [False]
    assert await keeper.plan(**returned) == []


async def test_person_who_returns_and_cannot_be_updated_is_incomplete(keeper: Keeper) -> None:
    await keeper.update()
    await keeper.update(**WITHOUT_BEN)
    taken = attrs.evolve(BEN, email=ADA.email)
    (returned, _) = await keeper.update(people=[ADA, taken, TEACHER, PARENT])
    assert returned.status is Status.REJECTED
    assert returned.error is not None
    assert returned.error.code == "incomplete"


@pytest.mark.parametrize("removal", [Action.EXPIRE, Action.DELETE])
async def test_enrollment_that_is_no_longer_wanted(
    removal: Action, schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    add_building(schoology_sandbox.school)
    keeper = Keeper(SchoologyRoster(schoology, enrollment_removal=removal), tmp_path)
    await keeper.update()
    kept: dict[str, list[Any]] = {"enrollments": [SEATS[0], SEATS[2]]}
    (outcome,) = await keeper.update(**kept)
    assert (outcome.item.action, outcome.status) == (removal, Status.DONE)
    statuses = [one.status for one in schoology_sandbox.school.enrollments]
    assert statuses == ([1, 2, 1] if removal is Action.EXPIRE else [1, 1])
    assert await keeper.plan(**kept) == []

    await keeper.update()
    assert [one.status for one in schoology_sandbox.school.enrollments] == [1, 1, 1]


async def test_link_to_a_parent_moves_to_another_child(
    keeper: Keeper, schoology_sandbox: SchoologySandbox
) -> None:
    await keeper.update()
    moved = [Relationship(person_id="p2", other_id="g1", kind="guardian")]
    outcomes = await keeper.update(relationships=moved)
    assert [(outcome.item.action, outcome.status) for outcome in outcomes] == [
        (Action.LINK, Status.DONE),
        (Action.UNLINK, Status.DONE),
    ]
    assert len(schoology_sandbox.school.parents) == 1
    assert await keeper.plan(relationships=moved) == []


async def test_changes_that_refer_to_nothing_are_rejected_and_the_others_made(
    keeper: Keeper,
) -> None:
    await keeper.update()
    fields = {"given_name": "Dai", "family_name": "Diaz", "email": "dai@school.example"}

    def create(key: str, **more: str) -> Change:
        return Change(kind="people", action=Action.CREATE, key=key, after=fields | more)

    changes = [
        create("p8", role="Wizard"),
        create("p9", role="Student", school="N"),
        create("p7", role="Student", school="X"),
        Change(
            kind="sections", action=Action.CREATE, key="k2", after={"title": "T", "course": "c9"}
        ),
        Change(
            kind="enrollments",
            action=Action.LINK,
            key=join("k9", "p1"),
            after={"role": "member"},
        ),
        Change(
            kind="enrollments", action=Action.LINK, key=join("k1", "g1"), after={"role": "aide"}
        ),
    ]
    outcomes = await keeper.apply(changes)
    assert [outcome.item for outcome in outcomes] == changes
    advisor = join("p1", "t1", "advisor")
    (linked,) = await keeper.apply([Change(kind="relationships", action=Action.LINK, key=advisor)])
    assert linked.status is Status.REJECTED
    wrong = [sorted(outcome.error.fields) if outcome.error else None for outcome in outcomes]
    assert wrong == [["role"], None, ["school"], ["course"], [], ["role"]]


async def test_references_that_cannot_be_read_end_the_step_and_nothing_is_sent(
    keeper: Keeper, schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    changes = [one for one in await keeper.plan() if one.kind == "people"]
    schoology_sandbox.faults.add(Fault.error(403, path="roles"))
    # The target that made the plan knows the roles.
    target = SchoologyRoster(schoology)
    bulk = target.apply("people", Action.CREATE, changes, as_of=DAY, journal=None)
    outcomes = [outcome async for outcome in bulk]
    assert [outcome.item for outcome in outcomes] == changes
    assert {outcome.status for outcome in outcomes} == {Status.SKIPPED}
    assert isinstance(bulk.report.stop_reason, Forbidden)
    assert schoology_sandbox.school.creates.total() == 0


async def test_bulk_of_changes_continues_from_its_journal(
    keeper: Keeper, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    changes = [one for one in await keeper.plan() if one.kind == "people"]
    for _ in range(2):
        journal = Journal(tmp_path / "people.db")
        report = await keeper.target.apply(
            "people", Action.CREATE, changes, as_of=DAY, journal=journal
        )
        assert report.counts == {Status.DONE: 4}
    assert report.earlier == {Status.DONE: 4}
    assert schoology_sandbox.school.creates.total() == 4
    assert schoology_sandbox.school.updates.total() == 0


@pytest.mark.parametrize(
    ("kind", "action"), [("people", Action.DEACTIVATE), ("enrollments", Action.DELETE)]
)
async def test_removals_are_not_counted_a_second_time(
    kind: str, action: Action, schoology: Schoology
) -> None:
    # The plan's guard has allowed them. The bulk methods would stop at 500.
    target = SchoologyRoster(schoology, enrollment_removal=Action.DELETE)
    numbers = range(1, 502)
    ids = [f"9/{number}" if kind == "enrollments" else str(number) for number in numbers]
    changes = [Change(kind=kind, action=action, key=id_, vendor_id=id_) for id_ in ids]
    report = await target.apply(kind, action, changes, as_of=DAY, journal=None)
    assert report.counts == {Status.REJECTED: 501}


def test_name_of_several_records_stands_for_none() -> None:
    names = Names("building", [("1", "North"), ("2", "North"), ("3", "South ")])
    assert (names.name("1"), names.name("2"), names.name(None)) == ("North", "North", "")
    assert names.id("South", field="school") == "3"
    with pytest.raises(InvalidInput) as caught:
        names.id("North", field="school")
    assert "several" in caught.value.fields["school"]


def test_impossible_changes_are_refused(schoology: Schoology) -> None:
    target = SchoologyRoster(schoology)
    with pytest.raises(InvalidInput, match="can't delete courses"):
        target.apply("courses", Action.DELETE, [], as_of=DAY, journal=None)
    with pytest.raises(InvalidInput, match="enrollment_removal"):
        SchoologyRoster(schoology, enrollment_removal=Action.ARCHIVE)


def test_account_has_the_host_and_no_key(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    account = SchoologyRoster(schoology).account
    assert account.startswith("127.0.0.1")
    assert schoology_sandbox.key not in account


async def test_words_are_those_into_which_a_mapping_can_translate(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    add_building(schoology_sandbox.school)
    words = await SchoologyRoster(schoology).words()
    roles = await schoology.roles.list()
    assert {word.text for word in words["roles"]} <= {role.title for role in roles}
    assert [word.text for word in words["enrollment_roles"]] == ["admin", "member"]
    assert Word("N", "North School") in words["buildings"]
    assert "terms" in words


@pytest.mark.parametrize(
    ("path", "kind"), [("roles", "people"), ("schools", "people"), ("gradingperiods", "terms")]
)
async def test_missing_permission_for_words_names_the_kinds_that_can_not_be_planned(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, path: str, kind: str
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, path=path))
    with pytest.raises(KindUnreadable, match=f"may not read {kind}"):
        await SchoologyRoster(schoology).words()


async def test_refused_credentials_are_no_missing_permission(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(401))
    with pytest.raises(Unauthorized):
        await SchoologyRoster(schoology).words()


async def test_person_without_email_and_username_is_left_alone(keeper: Keeper) -> None:
    nameless = attrs.evolve(ADA, email="")
    outcomes = await keeper.update(people=[nameless, BEN, TEACHER, PARENT])
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert "p1" not in [outcome.item.key for outcome in outcomes]
    with PlanFile(keeper.folder / "roster.plan") as file:
        found = {(one.kind, one.reason, one.detail) for one in file.left_alone() if one.key}
    assert found == {
        ("people", Reason.NEEDED_FIELD, "email or username"),
        ("relationships", Reason.NO_PARENT, ""),
        ("enrollments", Reason.NO_PARENT, ""),
    }
    named = attrs.evolve(nameless, username="ada")
    changes = await keeper.plan(people=[named, BEN, TEACHER, PARENT])
    assert brief(changes)[0] == ("create", "people", "p1")


async def test_nobody_becomes_an_administrator(
    keeper: Keeper, schoology_sandbox: SchoologySandbox
) -> None:
    await keeper.update()
    ben = schoology_sandbox.school.by_school_uid("p2")
    assert ben is not None
    role = {"role": "School Admin"}
    fields = {"given_name": "A", "family_name": "B", "username": "ab", **role}
    new = Change(kind="people", action=Action.CREATE, key="new", after=fields)
    old = Change(kind="people", action=Action.UPDATE, key="p2", vendor_id=ben.uid, after=role)
    for outcome in await keeper.apply([new, old]):
        assert outcome.status is Status.REJECTED
        assert outcome.error is not None
        assert "administrator" in outcome.error.fields["role"]


async def test_roles_and_buildings_are_read_once_after_each_snapshot(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school, log = schoology_sandbox.school, schoology_sandbox.log
    add_building(school)
    keeper = Keeper(SchoologyRoster(schoology), tmp_path)
    await keeper.update()
    gone = school.by_school_uid(ADA.id)
    assert gone is not None
    school.delete(gone.uid, keep_enrollments=True, email=False)
    changes = await keeper.plan()
    assert ("return", "people", ADA.id) in brief(changes)
    read = {path: log.count("GET", path) for path in ("roles", "schools")}
    # The fields of a person who returns are updated afterwards.
    assert {one.status for one in await keeper.apply(changes)} == {Status.DONE}
    assert {path: log.count("GET", path) for path in read} == read
    await keeper.plan()
    assert log.count("GET", "roles") == read["roles"] + 1
