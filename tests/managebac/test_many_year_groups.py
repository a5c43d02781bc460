"""``managebac.year_groups`` in bulk: the students of many year groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Guard, InvalidInput, Journal, Status
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import code_of, ended, fields_of

from .bulk_rows import fill, ids


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return fill(managebac_sandbox, students=250)


def members(school: School) -> dict[int, list[int]]:
    return {group.id: list(group.student_ids) for group in school.ib_groups.values()}


def dealt(school: School) -> list[Any]:
    """Return rows that put all students into two of the year groups, in turn."""
    groups = ids(school.ib_groups, 2)
    return [
        {"year_group_id": groups[place % 2], "student_id": one}
        for place, one in enumerate(school.students)
    ]


async def test_add_students_many_moves_each_student(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = dealt(school)
    outcomes = await ended(managebac.year_groups.add_students_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 250
    assert [outcome.id for outcome in outcomes] == [str(row["student_id"]) for row in rows]
    one, other, *rest = members(school).values()
    assert set(one) == {row["student_id"] for row in rows[::2]}
    assert set(other) == {row["student_id"] for row in rows[1::2]}
    assert not any(rest)
    # 125 students of a group take two requests, and each is read back.
    assert managebac_sandbox.log.count("POST") == 4
    assert managebac_sandbox.log.count("GET") == 4


async def test_skipped_student_is_a_failure_of_its_own_row(
    managebac: ManageBac, school: School
) -> None:
    """ManageBac skips unknown students without a word."""
    rows = dealt(school)[:6]
    rows[2]["student_id"] = 424242
    school.students[rows[4]["student_id"]].archived = True
    group = rows[4]["year_group_id"]
    if rows[4]["student_id"] in school.ib_groups[group].student_ids:
        school.ib_groups[group].student_ids.remove(rows[4]["student_id"])
    outcomes = await ended(managebac.year_groups.add_students_many(rows))
    statuses = [outcome.status for outcome in outcomes]
    assert statuses == ["done", "done", "rejected", "done", "rejected", "done"]
    for place in (2, 4):
        assert (code_of(outcomes[place]), fields_of(outcomes[place])) == (
            "not_found",
            {"student_id"},
        )


async def test_year_group_that_does_not_exist_rejects_its_rows_alone(
    managebac: ManageBac, school: School
) -> None:
    rows = dealt(school)[:4]
    rows[1]["year_group_id"] = rows[3]["year_group_id"] = 424242
    rows.append({"year_group_id": "first", "student_id": 1})
    outcomes = await ended(managebac.year_groups.add_students_many(rows))
    statuses = [outcome.status for outcome in outcomes]
    assert statuses == ["done", "rejected", "done", "rejected", "rejected"]
    for place in (1, 3):
        assert (code_of(outcomes[place]), fields_of(outcomes[place])) == ("404", {"year_group_id"})
    assert (code_of(outcomes[4]), fields_of(outcomes[4])) == ("invalid", {"year_group_id"})


async def test_student_may_be_put_into_one_year_group_only(
    managebac: ManageBac, school: School
) -> None:
    """Two requests under way at once would leave it to chance which group it is."""
    one, other = dealt(school)[:2]
    rows = [one, {**other, "student_id": one["student_id"]}]
    outcomes = await ended(managebac.year_groups.add_students_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "rejected"]
    assert code_of(outcomes[1]) == "duplicate"
    assert outcomes[1].error is not None
    assert outcomes[1].error.other_index == 0


async def test_rows_are_unknown_if_the_year_group_can_not_be_read_back(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.denied.add("year_groups/students/index")
    report = await managebac.year_groups.add_students_many(dealt(school)[:4])
    assert report.counts == {Status.UNKNOWN: 4}
    assert report.stop_reason is None


async def test_year_group_is_read_again_after_a_failed_reading_back(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    managebac_sandbox.faults.add(Fault.error(400, method="GET", times=1))
    report = await managebac.year_groups.add_students_many(dealt(school)[:1])
    assert report.counts == {Status.DONE: 1}
    assert managebac_sandbox.log.count("POST") == 1


async def test_remove_students_many_needs_no_reading_back(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows: list[Any] = [
        {"year_group_id": group, "student_id": one}
        for group, students in members(school).items()
        for one in students[:3]
    ]
    rows.append({"year_group_id": rows[0]["year_group_id"], "student_id": 424242})
    before = members(school)
    outcomes = await ended(managebac.year_groups.remove_students_many(rows))
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert members(school) == {group: students[3:] for group, students in before.items()}
    assert managebac_sandbox.log.count() == len(before)


async def test_student_may_be_removed_from_several_year_groups(
    managebac: ManageBac, school: School
) -> None:
    one = next(iter(school.students))
    rows: list[Any] = [
        {"year_group_id": group, "student_id": one} for group in [*ids(school.ib_groups, 2)] * 2
    ]
    outcomes = await ended(managebac.year_groups.remove_students_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "done", "rejected", "rejected"]


async def test_guard_stops_too_many_removals(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows: list[Any] = [
        {"year_group_id": group, "student_id": one}
        for group, students in members(school).items()
        for one in students
    ]
    for guard in (Guard(249), Guard("99%")):
        with pytest.raises(InvalidInput, match="250 would be removed"):
            await managebac.year_groups.remove_students_many(rows, guard=guard)
    assert managebac_sandbox.log.count("POST") == 0
    report = await managebac.year_groups.remove_students_many(rows, guard=Guard("100%"))
    assert report.counts == {Status.DONE: 250}


@pytest.mark.parametrize("chunk", [0, -1, True, "9", 1.5])
async def test_chunk_must_be_a_positive_whole_number(managebac: ManageBac, chunk: Any) -> None:
    for method in (
        managebac.year_groups.add_students_many,
        managebac.year_groups.remove_students_many,
        managebac.classes.upsert_many,
        managebac.classes.archive_many,
        managebac.classes.add_teachers_many,
        managebac.memberships.update_many,
    ):
        with pytest.raises(InvalidInput, match="chunk"):
            method([], chunk=chunk)


async def test_second_run_with_the_journal_sends_nothing(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    for _ in range(2):
        journal = Journal(tmp_path / "year_groups.db")
        report = await managebac.year_groups.add_students_many(dealt(school), journal=journal)
        assert report.counts == {Status.DONE: 250}
    assert managebac_sandbox.log.count() == 8
