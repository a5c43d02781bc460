"""``managebac.classes`` in bulk: classes, their teachers, and the removal of their students."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Guard, InvalidInput, Journal, Status
from lms_async.sandbox import Fault
from manabac_async import ClassUpsert, ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from tests.outcomes import code_of, ended, fields_of

from .bulk_rows import fill, ids, new_classes


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return fill(managebac_sandbox)


async def test_upsert_many_creates_and_updates_in_different_requests(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    new = new_classes(school, 120)
    old: list[Any] = [{"id": one, "description": "New"} for one in school.classes]
    rows = [*old[:1], *new[:60], *old[1:], *new[60:]]
    outcomes = await ended(managebac.classes.upsert_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 123
    assert all(int(outcome.id or 0) in school.classes for outcome in outcomes)
    for row, outcome in zip(rows, outcomes, strict=True):
        made = school.classes[int(outcome.id or 0)]
        assert made.uniq_id == row["uniq_id"] if "uniq_id" in row else made.id == row["id"]
    assert set(school.classes.creates.values()) == {1}
    assert {one.description for one in list(school.classes.values())[:3]} == {"New"}
    assert managebac_sandbox.log.count("PATCH") == 3
    assert managebac_sandbox.log.count() == 3


async def test_upsert_many_rejects_bad_rows_alone(managebac: ManageBac, school: School) -> None:
    good, other = new_classes(school, 2)
    one = next(iter(school.classes))
    without = {name: value for name, value in good.items() if name != "language"}
    rows: list[Any] = [
        without,
        {name: value for name, value in good.items() if name != "subject_id"},
        {**good, "program": "xyz"},
        {**good, "uniq_id": "x1", "subject_id": 424242},
        {"id": 424242, "name": "New"},
        {"id": one},
        {"id": one, "start_term_id": 5},
        {"id": one, "name": None},
        {"id": one, "end_term_id": 424242},
        ClassUpsert(**other),
    ]
    outcomes = await ended(managebac.classes.upsert_many(rows))
    assert [outcome.status for outcome in outcomes] == [*["rejected"] * 9, "done"]
    assert [(code_of(outcome), fields_of(outcome)) for outcome in outcomes[:9]] == [
        ("invalid", {"language"}),
        ("invalid", {"subject_id"}),
        ("unprocessable_entity", {"program"}),
        ("unprocessable_entity", {"subject_ids"}),
        ("not_found", {"id"}),
        ("invalid", set()),
        ("invalid", {"start_term_id"}),
        ("invalid", {"name"}),
        ("unprocessable_entity", {"end_term_id"}),
    ]


async def test_second_row_with_the_same_id_or_uniq_id_is_a_duplicate(
    managebac: ManageBac, school: School
) -> None:
    one = next(iter(school.classes))
    new = new_classes(school, 1)[0]
    without = {name: value for name, value in new.items() if name != "uniq_id"}
    rows: list[Any] = [
        {"id": one, "name": "A"},
        {"id": str(one), "name": "B"},
        new,
        new,
        without,
        without,
    ]
    outcomes = await ended(managebac.classes.upsert_many(rows))
    assert [code_of(outcome) for outcome in outcomes] == [
        None,
        "duplicate",
        None,
        "duplicate",
        None,
        None,
    ]


async def test_lost_new_classes_are_looked_up_by_uniq_id(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = new_classes(school, 3)
    del rows[1]["uniq_id"]
    managebac_sandbox.faults.add(Fault.cut(after=True, method="PATCH"))
    outcomes = await ended(managebac.classes.upsert_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "unknown", "done"]
    assert managebac_sandbox.log.count("PATCH") == 1


async def test_uniq_id_of_another_class_leaves_a_lost_row_unknown(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    one, other, *_ = school.classes.values()
    rows = new_classes(school, 2)
    one.uniq_id, one.name, one.archived = "DP-0", "Old", True
    other.uniq_id = school.classes[ids(school.classes)[2]].uniq_id = "DP-1"
    managebac_sandbox.faults.add(Fault.cut(method="PATCH"))
    outcomes = await ended(managebac.classes.upsert_many(rows))
    assert [(outcome.status, code_of(outcome)) for outcome in outcomes] == [
        ("unknown", "exists"),
        ("unknown", "lost"),
    ]


async def test_lost_new_class_that_is_missing_is_sent_again_only_by_the_next_run(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path
) -> None:
    """A slow request may still arrive, and a ``uniq_id`` may not be unique."""
    rows, journal = new_classes(school, 3), Journal(tmp_path / "classes.db")
    managebac_sandbox.faults.add(Fault.cut(method="PATCH"))
    report = await managebac.classes.upsert_many(rows, journal=journal)
    assert report.counts == {Status.UNKNOWN: 3}
    assert managebac_sandbox.log.count("PATCH") == 1
    report = await managebac.classes.upsert_many(rows, journal=journal)
    assert report.counts == {Status.DONE: 3}
    assert set(school.classes.creates.values()) == {1}


async def test_response_under_the_key_classes_is_read_too(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    one = next(iter(school.classes))
    body = f'{{"classes": [{{"index": 0, "class": {{"id": {one}}}, "status": "ok"}}]}}'
    managebac_sandbox.faults.add(
        Fault("other", status=200, body=body, scope={"method": "PATCH", "share": 1.0})
    )
    (outcome,) = await ended(managebac.classes.upsert_many([{"id": one, "name": "A"}]))
    assert (outcome.status, outcome.id) == (Status.DONE, str(one))


async def test_archive_many_and_unarchive_many(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    three = ids(school.classes)
    outcomes = await ended(managebac.classes.archive_many([*three, 424242, "one"]))
    assert [outcome.status for outcome in outcomes] == [*["done"] * 3, "rejected", "rejected"]
    assert [code_of(outcome) for outcome in outcomes[3:]] == ["not_found", "invalid"]
    assert all(one.archived for one in school.classes.values())
    assert managebac_sandbox.log.count("PATCH") == 1
    assert (await managebac.classes.unarchive_many(three)).counts == {Status.DONE: 3}
    assert not any(one.archived for one in school.classes.values())


async def test_guard_of_archive_many(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    for guard in (Guard(2), Guard("70%")):
        with pytest.raises(InvalidInput, match="3 would be removed, and the guard allows 2"):
            await managebac.classes.archive_many(ids(school.classes), guard=guard)
    assert managebac_sandbox.log.count("PATCH") == 0


def teachers(school: School) -> dict[int, set[int]]:
    return {one: set(school.class_teachers(one)) for one in school.classes}


async def test_add_teachers_many_adds_each_teacher_once(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    before = teachers(school)
    rows: list[Any] = [
        {"class_id": class_id, "teacher_id": one} for class_id in before for one in school.teachers
    ]
    outcomes = await ended(managebac.classes.add_teachers_many(rows))
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert teachers(school) == {one: set(school.teachers) for one in before}
    assert managebac_sandbox.log.count("POST") == managebac_sandbox.log.count("GET") == 3


async def test_skipped_teacher_is_a_failure_of_its_own_row(
    managebac: ManageBac, school: School
) -> None:
    class_id = next(iter(school.classes))
    rows: list[Any] = [
        {"class_id": class_id, "teacher_id": next(iter(school.teachers))},
        {"class_id": class_id, "teacher_id": 424242},
        {"class_id": 424242, "teacher_id": next(iter(school.teachers))},
    ]
    outcomes = await ended(managebac.classes.add_teachers_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "rejected", "rejected"]
    assert (code_of(outcomes[1]), fields_of(outcomes[1])) == ("not_found", {"teacher_id"})
    assert (code_of(outcomes[2]), fields_of(outcomes[2])) == ("404", {"class_id"})


async def test_remove_teachers_many_and_remove_students_many(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    taught: list[Any] = [
        {"class_id": class_id, "teacher_id": one}
        for class_id, some in teachers(school).items()
        for one in some
    ]
    outcomes = await ended(managebac.classes.remove_teachers_many(taught))
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert not any(teachers(school).values())
    placed: list[Any] = [
        {"class_id": class_id, "student_id": one}
        for class_id in school.classes
        for one in school.members(class_id)
    ]
    placed.append({"class_id": placed[0]["class_id"], "student_id": 424242})
    outcomes = await ended(managebac.classes.remove_students_many(placed))
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert not any(school.members(class_id) for class_id in school.classes)
    assert managebac_sandbox.log.count() == 6


async def test_guard_of_members_is_a_number_or_a_share_of_all_memberships(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows: list[Any] = [
        {"class_id": class_id, "student_id": one}
        for class_id in school.classes
        for one in school.members(class_id)
    ]
    for guard in (Guard(11), Guard("79%")):
        with pytest.raises(InvalidInput, match="12 would be removed, and the guard allows 11"):
            await managebac.classes.remove_students_many(rows, guard=guard)
    with pytest.raises(InvalidInput, match="12 would be removed"):
        await managebac.classes.remove_teachers_many(
            [{"class_id": one, "teacher_id": 1} for one in range(12)], guard=Guard(11)
        )
    assert managebac_sandbox.log.count("POST") == 0


@pytest.mark.parametrize("unknown_ids", ["skip", "refuse"])
async def test_unknown_student_of_a_removal_is_skipped_or_refuses_its_request(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School, unknown_ids: Any
) -> None:
    """The vendor does not document which."""
    managebac_sandbox.quirks.unknown_ids = unknown_ids
    first, second, _ = school.classes
    rows: list[Any] = [
        {"class_id": first, "student_id": next(iter(school.members(first)))},
        {"class_id": first, "student_id": 424242},
        {"class_id": second, "student_id": next(iter(school.members(second)))},
    ]
    outcomes = await ended(managebac.classes.remove_students_many(rows))
    refused = "done" if unknown_ids == "skip" else "rejected"
    assert [outcome.status for outcome in outcomes] == [refused, refused, "done"]
    assert all(fields_of(outcome) == set() for outcome in outcomes)
