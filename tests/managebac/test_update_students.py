"""``update_students`` and ``memberships.update_many``, for both behaviors that the vendor may have.

``PATCH classes/{id}/students`` adds a student who is not in the class, or returns ``not_found``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Journal, Status
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import code_of, ended, fields_of

from .bulk_rows import fill

both_behaviors = pytest.mark.parametrize("patch_adds", [True, False], ids=["adds", "not_found"])


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return fill(managebac_sandbox, students=30, members=0)


def first(school: School) -> int:
    return next(iter(school.classes))


def calls(sandbox: ManageBacSandbox) -> list[str]:
    return [f"{seen.method} {seen.path.rpartition('/')[2]}" for seen in sandbox.log]


@both_behaviors
async def test_new_students_are_in_the_class_with_their_levels(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, patch_adds: bool
) -> None:
    managebac_sandbox.quirks.patch_adds = patch_adds
    rows: list[Any] = [
        {"id": one, "level": "HL" if one % 2 else "SL"} for one in list(school.students)[:20]
    ]
    rows += [{"id": one} for one in list(school.students)[20:25]]
    outcomes = await ended(managebac.classes.update_students(first(school), rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 25
    assert [outcome.id for outcome in outcomes] == [str(row["id"]) for row in rows]
    assert school.members(first(school)) == {row["id"]: row.get("level") for row in rows}
    assert set(school.member_adds.values()) == {1}
    assert calls(managebac_sandbox) == (
        ["PATCH students"]
        if patch_adds
        else ["PATCH students", "POST add_students", "PATCH students", "GET students"]
    )


@both_behaviors
async def test_students_already_in_the_class_take_one_request(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, patch_adds: bool
) -> None:
    managebac_sandbox.quirks.patch_adds = patch_adds
    for one in list(school.students)[:5]:
        school.enrol(first(school), one)
    rows: list[Any] = [{"id": one, "level": "HL"} for one in school.members(first(school))]
    rows[3]["level"] = "XL"
    outcomes = await ended(managebac.classes.update_students(first(school), rows))
    assert [outcome.status for outcome in outcomes] == [
        *["done"] * 3,
        Status.REJECTED,
        Status.DONE,
    ]
    assert code_of(outcomes[3]) == "unprocessable_entity"
    assert calls(managebac_sandbox) == ["PATCH students"]


@pytest.mark.parametrize("unknown_ids", ["skip", "refuse"])
@both_behaviors
async def test_only_unknown_students_are_rejected(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    patch_adds: bool,
    unknown_ids: Any,
) -> None:
    managebac_sandbox.quirks.patch_adds = patch_adds
    managebac_sandbox.quirks.unknown_ids = unknown_ids
    class_id, known = first(school), list(school.students)
    rows: list[Any] = [
        {"class_id": class_id, "student_id": one, "level": "SL"} for one in known[:6]
    ]
    rows.insert(2, {"class_id": class_id, "student_id": 424242, "level": "SL"})
    rows.insert(5, {"class_id": class_id, "student_id": 434343})
    school.students[known[5]].archived = True
    outcomes = await ended(managebac.memberships.update_many(rows))
    rejected = {outcome.index: outcome for outcome in outcomes if outcome.status != "done"}
    assert set(rejected) == {2, 5, 7}
    for outcome in rejected.values():
        assert outcome.status is Status.REJECTED
        assert code_of(outcome) == "not_found"
        assert fields_of(outcome) == {"student_id"}
    assert school.members(class_id) == dict.fromkeys(known[:5], "SL")


async def test_invalid_level_of_an_added_student_is_rejected(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.quirks.patch_adds = False
    one, other = list(school.students)[:2]
    rows: list[Any] = [{"id": one, "level": "XL"}, {"id": other, "level": "HL"}]
    outcomes = await ended(managebac.classes.update_students(first(school), rows))
    assert [outcome.status for outcome in outcomes] == ["rejected", "done"]
    assert code_of(outcomes[0]) == "incomplete"
    assert fields_of(outcomes[0]) == {"level"}
    assert school.members(first(school)) == {one: None, other: "HL"}


async def test_missing_class_rejects_only_its_rows(managebac: ManageBac, school: School) -> None:
    one = next(iter(school.students))
    rows: list[Any] = [{"class_id": id_, "student_id": one} for id_ in (424242, first(school))]
    outcomes = await ended(managebac.memberships.update_many(rows))
    assert [outcome.status for outcome in outcomes] == ["rejected", "done"]
    assert (code_of(outcomes[0]), fields_of(outcomes[0])) == ("404", {"class_id"})


@pytest.mark.parametrize("method", ["POST", "GET"], ids=["add_students", "students"])
@pytest.mark.parametrize("after", [False, True])
async def test_lost_follow_up_request_ends_in_done(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    method: str,
    after: bool,
) -> None:
    managebac_sandbox.quirks.patch_adds = False
    managebac_sandbox.faults.add(Fault.cut(after=after, method=method))
    students = list(school.students)[:5]
    rows: list[Any] = [{"id": one, "level": "HL"} for one in students]
    report = await managebac.classes.update_students(first(school), rows)
    assert managebac_sandbox.faults.fired == 1
    assert report.counts == {Status.DONE: 5}
    assert school.members(first(school)) == dict.fromkeys(students, "HL")
    assert set(school.member_adds.values()) == {1}


async def test_rows_are_unknown_if_the_class_can_not_be_read(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.quirks.patch_adds = False
    managebac_sandbox.faults.add(Fault.error(503, method="GET", share=1.0))
    inside, outside = list(school.students)[:2]
    school.enrol(first(school), inside)
    rows: list[Any] = [{"id": inside, "level": "HL"}, {"id": outside, "level": "HL"}]
    report = await managebac.classes.update_students(first(school), rows)
    assert report.counts == {Status.DONE: 1, Status.UNKNOWN: 1}
    assert report.unknown[0].index == 1


async def test_second_run_with_the_journal_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    managebac_sandbox.quirks.patch_adds = False
    rows: list[Any] = [
        {"class_id": first(school), "student_id": one} for one in [*list(school.students)[:3], 42]
    ]
    for _ in range(2):
        report = await managebac.memberships.update_many(rows, journal=Journal(tmp_path / "j.db"))
        assert report.counts == {Status.DONE: 3, Status.REJECTED: 1}
    assert managebac_sandbox.log.count("PATCH") == 1
