"""People and sections that are archived, and that return."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.outcome import Status
from lms_async.roster import Action, Change
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School
from tests.conftest import QUICK
from tests.managebac.roster.school import (
    ADA,
    BEN,
    DAY,
    PARENT,
    ROOM,
    SEATS,
    TEACHER,
    WITHOUT_BEN,
    Keeper,
    brief,
)


async def test_leaver_is_archived_and_returns(keeper: Keeper, school: School) -> None:
    await keeper.update()
    changes = await keeper.plan(**WITHOUT_BEN)
    # Archiving ends the enrollment.
    assert brief(changes) == [("archive", "people", "p2")]
    await keeper.apply(changes)
    ben = school.by_student_id("p2")
    assert ben is not None
    assert (ben.archived, ben.withdrawn_on, ben.graduated_on) == (True, "2026-10-01", None)
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
    assert (ben.withdrawn_on, ben.graduated_on) == (None, "2026-10-01")


async def test_person_who_returns_and_cannot_be_updated_is_incomplete(keeper: Keeper) -> None:
    await keeper.update()
    await keeper.update(**WITHOUT_BEN)
    taken = attrs.evolve(BEN, email=ADA.email)
    (returned, _) = await keeper.update(people=[ADA, taken, TEACHER, PARENT])
    assert returned.status is Status.REJECTED
    assert returned.error is not None
    assert returned.error.code == "incomplete"
    assert list(returned.error.fields) == ["email"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_person_returns_although_every_response_to_one_request_is_lost(
    method: str, keeper: Keeper, managebac_sandbox: ManageBacSandbox
) -> None:
    await keeper.update()
    await keeper.update(**WITHOUT_BEN)
    fault = Fault.cut(after=method == "PUT", method=method, times=QUICK.tries)
    managebac_sandbox.faults.add(fault)
    outcomes = await keeper.update()
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert await keeper.plan() == []


async def test_section_is_archived_with_its_enrollments_and_returns(
    keeper: Keeper, school: School
) -> None:
    other = attrs.evolve(ROOM, id="k2", title="Biology 2")
    seat = attrs.evolve(SEATS[0], section_id="k2")
    both: dict[str, list[Any]] = {"sections": [ROOM, other], "enrollments": [*SEATS, seat]}
    await keeper.update(**both)
    gone: dict[str, list[Any]] = {"sections": [other], "enrollments": [seat]}
    assert brief(await keeper.plan(**gone)) == [("archive", "sections", "k1")]
    await keeper.update(**gone)
    room = next(iter(school.classes.values()))
    assert room.archived
    assert await keeper.plan(**gone) == []
    both["sections"] = [attrs.evolve(ROOM, title="Biology again"), other]
    outcomes = await keeper.update(**both)
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert (room.archived, room.name) == (False, "Biology again")
    assert await keeper.plan(**both) == []


@pytest.mark.parametrize(
    ("kind", "action", "path"),
    [("relationships", Action.UNLINK, "9/"), ("enrollments", Action.UNLINK, "students/9/")],
)
async def test_removals_are_not_counted_a_second_time(
    kind: str, action: Action, path: str, managebac: ManageBac, school: School
) -> None:
    # The plan's guard has allowed them. The bulk methods would stop at 500.
    ids = [f"{path}{number}" for number in range(1, 502)]
    changes = [Change(kind=kind, action=action, key=id_, vendor_id=id_) for id_ in ids]
    report = await ManageBacRoster(managebac).apply(kind, action, changes, as_of=DAY, journal=None)
    assert sum(report.counts.values()) == 501
