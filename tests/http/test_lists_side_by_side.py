"""Lists whose pages are fetched side by side, over sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from lms_async import Forbidden, Window
from lms_async.events import Event, RequestSent, ResponseReceived
from lms_async.sandbox import Fault, Seen
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox
from manabac_async.sandbox import School as ManageBacSchool
from manabac_async.sandbox.paging import Pager
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox

many = pytest.mark.sandbox(school=School.seeded(600, seed=2), page_cap=30, latency=(0.02, 0.01))


def students() -> ManageBacSchool:
    return ManageBacSchool.seeded(students=300, teachers=2, classes=1, seed=1, members=1)


def most_in_flight(events: list[Event]) -> int:
    now = most = 0
    for one in events:
        now += isinstance(one, RequestSent) - isinstance(one, ResponseReceived)
        most = max(most, now)
    return most


@many
async def test_schoology_list_with_a_total_is_read_side_by_side_and_in_order(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, events: list[Event]
) -> None:
    listed = [user.uid for user in await schoology.users.list()]
    assert listed == list(schoology_sandbox.school.users)
    assert 8 <= most_in_flight(events) <= 64
    assert len(schoology_sandbox.log) == -(-(len(listed) - 1) // 29)  # no request is wasted


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.sandbox(latency=(0.02, 0.01))
async def test_managebac_list_is_read_side_by_side_and_in_order(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, events: list[Event], short: bool
) -> None:
    managebac_sandbox.school = students()
    managebac_sandbox.pager = Pager(default=10, cap=10, short=short)
    listed = [student.id for student in await managebac.students.list(archived=None)]
    assert listed == [str(known) for known in managebac_sandbox.school.students]
    assert most_in_flight(events) >= 8


@pytest.mark.sandbox(
    school=School.seeded(300, seed=2), page_cap=30, totals=False, latency=(0.01, 0.0)
)
async def test_list_without_a_total_is_read_one_page_after_the_other(
    schoology: Schoology, events: list[Event]
) -> None:
    assert len(await schoology.users.list()) >= 300
    assert most_in_flight(events) == 1


@many
async def test_multiget_view_reads_one_page_after_the_other(
    schoology: Schoology, events: list[Event]
) -> None:
    assert len(await schoology.with_options(multiget=True).users.list()) >= 600
    assert most_in_flight(events) == 1


@many
@pytest.mark.parametrize("put_in", [0, 1, 40])
@pytest.mark.parametrize("taken_out", [0, 1, 40])
async def test_schoology_list_that_shifts_while_pages_are_in_flight_misses_nobody(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, put_in: int, taken_out: int
) -> None:
    school = schoology_sandbox.school
    before = list(school.users)
    gone: set[str] = set()

    def change(seen: Seen) -> None:
        if len(schoology_sandbox.log) not in (4, 9, 14):
            return
        for _ in range(put_in):
            school.insert_first(name_first="New", name_last="Comer")
        for uid in [uid for uid in school.users if uid != school.api_uid][:taken_out]:
            gone.add(uid)
            school.remove(uid)

    schoology_sandbox.before_each = change
    listed = [user.uid for user in await schoology.users.list()]
    stayed = [uid for uid in before if uid not in gone]
    assert len(listed) == len(set(listed))
    assert [uid for uid in listed if uid in set(stayed)] == stayed


@pytest.mark.sandbox(per_page_cap=10, latency=(0.02, 0.01))
@pytest.mark.parametrize("taken_out", [1, 5, 25])
async def test_managebac_list_that_shrinks_while_pages_are_in_flight_misses_nobody(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, taken_out: int
) -> None:
    managebac_sandbox.school = students()
    school = managebac_sandbox.school
    before = list(school.students)
    gone: set[int] = set()

    def change(seen: Seen) -> None:
        if len(managebac_sandbox.log) in (4, 9, 14):
            for known in list(school.students)[:taken_out]:
                gone.add(known)
                del school.students[known]

    managebac_sandbox.before_each = change
    listed = [int(str(one.id)) for one in await managebac.students.list(archived=None)]
    stayed = [known for known in before if known not in gone]
    assert len(listed) == len(set(listed))
    assert [known for known in listed if known in set(stayed)] == stayed


@many
async def test_leaving_a_list_early_cancels_the_pages_ahead(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology = connect(limiter=Window(3, per=0.3))
    before = asyncio.all_tasks()
    pages = schoology.users.list().pages()
    await anext(pages)
    await pages.aclose()
    await asyncio.sleep(0.05)
    assert {one for one in asyncio.all_tasks() - before if "fetch" in repr(one)} == set()
    sent = len(schoology_sandbox.log)
    await asyncio.sleep(0.7)
    assert len(schoology_sandbox.log) <= max(sent, 3)


@many
async def test_interactive_call_passes_the_pages_that_wait(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology = connect(limiter=Window(3, per=0.2))
    quick = schoology.with_options(priority="interactive")
    reading = asyncio.ensure_future(anext(schoology.users.list().pages()))
    await reading
    while len(schoology_sandbox.log) < 3:  # noqa: ASYNC110 - the log has no event
        await asyncio.sleep(0.01)
    await quick.users.get(schoology_sandbox.school.api_uid)
    paths = [seen.path for seen in schoology_sandbox.log]
    assert paths.index(f"users/{schoology_sandbox.school.api_uid}") <= 4


@many
async def test_page_that_fails_raises_after_the_rows_before_it(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, skip=6))
    listed: list[str | None] = []
    with pytest.raises(Forbidden):
        async for page in schoology.users.list().pages():
            listed.extend(user.uid for user in page)
    assert 0 < len(listed) < 600
    assert listed == list(schoology_sandbox.school.users)[: len(listed)]
