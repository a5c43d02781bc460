"""``client.gather`` makes many calls at the same time, and returns their results in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from lms_async import NotFound, Window
from lms_async.http.gather import gather
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from schoology_async import Schoology
from schoology_async.sandbox import School as SchoologySchool
from schoology_async.sandbox import SchoologySandbox


async def test_results_come_in_input_order_whatever_call_ends_first() -> None:
    async def read(number: int) -> int:
        await asyncio.sleep(0.001 * (10 - number))
        return number * number

    found = [one async for one in gather(read, range(10))]
    assert found == [(number, number * number) for number in range(10)]


async def test_slow_reader_holds_calls_back_and_leaving_cancels_them() -> None:
    taken = running = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield number

    async def read(number: int) -> int:
        nonlocal running
        running += 1
        try:
            await asyncio.sleep(0 if number < 3 else 60)
        finally:
            running -= 1
        return number

    results = gather(read, items())
    assert [await anext(results) for _ in range(3)] == [(0, 0), (1, 1), (2, 2)]
    assert taken <= 202
    await asyncio.sleep(0)
    assert running > 100
    await results.aclose()
    assert running == 0


async def test_error_of_another_kind_is_raised_and_cancels_the_rest() -> None:
    async def read(number: int) -> int:
        if number == 1:
            raise ValueError("not ours")
        await asyncio.sleep(0)
        return number

    with pytest.raises(ValueError, match="not ours"):
        [one async for one in gather(read, range(5))]


async def test_error_of_the_items_is_raised_after_the_results_before_it() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise OSError("the file with the ids can't be read")

    async def read(number: int) -> int:
        await asyncio.sleep(0)
        return number

    found = []
    with pytest.raises(OSError, match="can't be read"):
        async for one in gather(read, items()):
            found.append(one)  # noqa: PERF401 - a comprehension would lose it
    assert found == [(number, number) for number in range(5)]


async def test_students_of_all_classes_with_one_failure_of_its_own(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    managebac_sandbox.school = School.seeded(
        students=60, teachers=2, classes=40, seed=1, members=10
    )
    school = managebac_sandbox.school
    class_ids = list(school.classes)
    class_ids.insert(7, 424242)
    found = [one async for one in managebac.gather(managebac.classes.list_students, class_ids)]
    assert [class_id for class_id, _ in found] == class_ids
    for class_id, students in found:
        if class_id == 424242:
            assert isinstance(students, NotFound)
        else:
            assert not isinstance(students, Exception)
            members = {str(known) for known in school.members(class_id)}
            assert {one.id for one in students} == members


@pytest.mark.sandbox(school=SchoologySchool.seeded(30), limit=(20, 0.2))
async def test_calls_stay_within_the_limit(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology = connect(limiter=Window(20, per=0.2))
    schoology_sandbox.faults.add(Fault.error(403, skip=5))
    uids = list(schoology_sandbox.school.users)
    found = [one async for one in schoology.gather(schoology.users.get, uids)]
    assert [uid for uid, _ in found] == uids
    assert sum(isinstance(one, Exception) for _, one in found) == 1
    assert schoology_sandbox.refusals == 0
