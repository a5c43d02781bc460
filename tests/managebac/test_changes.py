"""``changes(since)`` of each kind of record that has it, through a real socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lms_async import InvalidInput
from manabac_async import Changes, ManageBac
from manabac_async.changes import CLOCKS
from manabac_async.sandbox import ManageBacSandbox, School

from .rosters import filled, queries

SINCE = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return filled(managebac_sandbox)


def people(kind: str) -> Callable[[School], tuple[list[Any], Callable[[int, datetime], None]]]:
    def of(school: School) -> tuple[list[Any], Callable[[int, datetime], None]]:
        def delete(number: int, at: datetime) -> None:
            school.delete_person(number, at=at)

        return list(getattr(school, kind).values()), delete

    return of


def classes(school: School) -> tuple[list[Any], Callable[[int, datetime], None]]:
    def delete(number: int, at: datetime) -> None:
        school.delete_class(number, at=at)

    return list(school.classes.values()), delete


def memberships(school: School) -> tuple[list[Any], Callable[[int, datetime], None]]:
    of_class = {
        class_id: school.ledger.in_class(class_id, teaches=False) for class_id in school.classes
    }
    rows = [row for some in of_class.values() for row in some]

    def delete(number: int, at: datetime) -> None:
        row = next(row for row in rows if row.id == number)
        school.leave(row.class_id, row.user_id, at=at)

    return rows, delete


KINDS = {
    "students": people("students"),
    "teachers": people("teachers"),
    "parents": people("parents"),
    "classes": classes,
    "memberships": memberships,
}


def changes_of(managebac: ManageBac, kind: str, since: datetime) -> Changes[Any]:
    changes: Changes[Any] = getattr(managebac, kind).changes(since)
    return changes


@pytest.mark.parametrize("deleted_rows", ["whole", "bare"])
@pytest.mark.parametrize("kind", KINDS)
async def test_changes_lists_records_from_since_on(
    managebac: ManageBac,
    managebac_sandbox: ManageBacSandbox,
    school: School,
    kind: str,
    deleted_rows: Any,
) -> None:
    managebac_sandbox.quirks.deleted_rows = deleted_rows
    (before, at, after, gone, *_), delete = KINDS[kind](school)
    before.updated_at = SINCE - timedelta(milliseconds=1)
    at.updated_at = SINCE
    after.updated_at = SINCE + timedelta(days=3)
    delete(gone.id, SINCE)
    found = await changes_of(managebac, kind, SINCE)
    assert {one.id for one in found.changed} == {str(at.id), str(after.id)}
    assert {one.id for one in found.deleted} >= {str(gone.id)}
    # A deletion from the second before `since` may be listed, but not an earlier one.
    assert not (await changes_of(managebac, kind, SINCE + 2 * SECOND)).deleted


@pytest.mark.parametrize("kind", KINDS)
async def test_changes_requests_one_second_before_since(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, kind: str
) -> None:
    await changes_of(managebac, kind, SINCE + timedelta(milliseconds=700))
    asked = queries(managebac_sandbox, kind)
    assert {name for query in asked for name in query} >= {"modified_since", "deleted_since"}
    for query in asked:
        assert len({"modified_since", "deleted_since"} & query.keys()) == 1
        times = query.get("modified_since", []) + query.get("deleted_since", [])
        assert times == ["2024-05-01T11:59:59Z"]


async def test_changes_include_archived_classes(managebac: ManageBac, school: School) -> None:
    first, second, *_ = school.classes.values()
    first.updated_at = second.updated_at = SINCE
    first.archived = True
    found = await managebac.classes.changes(SINCE)
    assert {one.id for one in found.changed} == {str(first.id), str(second.id)}


async def test_record_deleted_while_the_lists_are_read_is_deleted(
    managebac: ManageBac, school: School
) -> None:
    known = next(iter(school.students.values()))
    known.updated_at = SINCE
    seen = []
    async for change in managebac.students.changes(SINCE):
        if not change.deleted:
            school.delete_person(int(change.record.id or 0), at=SINCE + SECOND)
        seen.append((change.record.id, change.deleted))
    assert seen == [(str(known.id), False), (str(known.id), True)]

    other = next(iter(school.students.values()))
    other.updated_at = SINCE
    changes = managebac.students.changes(SINCE)
    listed = changes._changed

    class Deleting:
        async def pages(self) -> Any:
            async for page in listed.pages():
                yield page
            school.delete_person(other.id, at=SINCE + SECOND)

    changes._changed = Deleting()  # type: ignore[assignment]
    found = await changes
    assert found.changed == []
    assert {one.id for one in found.deleted} == {str(known.id), str(other.id)}


async def test_next_since_before_the_end_raises(managebac: ManageBac, school: School) -> None:
    for known in school.students.values():
        known.updated_at = SINCE
    changes = managebac.students.changes(SINCE)
    with pytest.raises(InvalidInput, match="next_since"):
        _ = changes.next_since
    async for _ in changes:
        break
    with pytest.raises(InvalidInput, match="next_since"):
        _ = changes.next_since
    began = datetime.now(UTC)
    found = await changes
    assert began - CLOCKS <= found.next_since <= datetime.now(UTC) - CLOCKS
    assert changes.next_since == found.next_since
    async for _ in changes:  # read again, but not to the end
        break
    with pytest.raises(InvalidInput, match="next_since"):
        _ = changes.next_since
    late = datetime.now(UTC).replace(microsecond=0) - SECOND
    # Never earlier than `since`, or the next run would read older changes again.
    assert (await managebac.students.changes(late)).next_since == late


async def test_copy_equals_the_school_after_each_run(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    since = datetime.now(UTC) - CLOCKS
    copy = {one.id: one for one in await managebac.students.list()}
    for turn in range(3):
        known = list(school.students.values())[turn]
        await managebac.students.update(known.id, {"city": f"Town {turn}"})
        gone = list(school.students)[-1]
        school.delete_person(gone, at=datetime.now(UTC))
        changes = managebac.students.changes(since)
        async for change in changes:
            if change.deleted:
                copy.pop(change.record.id, None)
            else:
                copy[change.record.id] = change.record
        since = changes.next_since
        assert {one.id: one.city for one in copy.values()} == {
            str(one.id): one.fields.get("city") for one in school.students.values()
        }


async def test_record_without_a_valid_updated_at_is_listed(
    managebac: ManageBac, school: School
) -> None:
    first, second, third, *_ = school.students.values()
    for known in (first, second, third):
        known.updated_at = SINCE
    first.extra = {"updated_at": None}
    second.extra = {"updated_at": "2024-04-30"}  # without a time zone, it can't be compared
    third.extra = {"updated_at": "2024-05-01T06:00:00.000-08:00"}
    found = await managebac.students.changes(SINCE)
    assert {one.id for one in found.changed} == {str(first.id), str(second.id), str(third.id)}
    third.extra = {"updated_at": "2024-05-01T19:59:59.000+08:00"}
    found = await managebac.students.changes(SINCE)
    assert str(third.id) not in {one.id for one in found.changed}


async def test_since_without_a_time_zone_raises(managebac: ManageBac) -> None:
    wrong: list[Any] = [datetime(2024, 5, 1), "2024-05-01T00:00:00Z"]
    for since in wrong:
        with pytest.raises(InvalidInput, match="since needs a time zone"):
            managebac.students.changes(since)


async def test_repr_shows_no_personal_data(managebac: ManageBac, school: School) -> None:
    next(iter(school.students.values())).updated_at = SINCE
    changes = managebac.students.changes(SINCE)
    assert repr(changes) == "<Changes since 2024-05-01T12:00:00Z: <Pages of Student: GET students>>"
    assert "Student" not in repr(await changes)
