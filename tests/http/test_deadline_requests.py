"""Deadlines over real sockets: single calls, lists and bulks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from lms_async import DeadlineExceeded, OutcomeUnknown, Status, Window
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people


async def test_concurrent_calls_end_by_their_deadline(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    limiter = Window(13, per=5)
    quick = connect(limiter=limiter).with_options(deadline=2)
    began = time.monotonic()
    ends = await asyncio.gather(*(quick.app_user_info() for _ in range(60)), return_exceptions=True)
    assert time.monotonic() - began < 15
    late = [end for end in ends if isinstance(end, DeadlineExceeded)]
    assert len(late) == 47
    assert not any(end.may_have_acted for end in late)
    assert [seen.status for seen in schoology_sandbox.log] == [200] * 13
    assert limiter.waiting == 0


async def test_sent_request_is_reported_as_possibly_done(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    quick = schoology.with_options(deadline=0.5)
    schoology_sandbox.faults.add(Fault.hang(times=2))
    with pytest.raises(OutcomeUnknown, match="deadline"):
        await quick.users.create(people(1)[0])
    with pytest.raises(DeadlineExceeded) as raised:
        await quick.app_user_info()
    assert raised.value.may_have_acted
    assert [seen.status for seen in schoology_sandbox.log] == [None, None]


async def test_each_page_of_a_list_gets_the_full_deadline(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    (await connect().users.create_many(people(650))).raise_for_failures()
    slow = connect(limiter=Window(1, per=0.6)).with_options(deadline=1.5)
    began = time.monotonic()
    assert len(await slow.users.list()) >= 650
    assert time.monotonic() - began > 1.5


async def test_bulk_rows_past_the_deadline_are_skipped(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology = connect(limiter=Window(1, per=30))
    bulk = schoology.with_options(deadline=3).users.create_many(people(100))
    outcomes = [outcome async for outcome in bulk]
    assert [outcome.status for outcome in outcomes] == [Status.DONE] * 50 + [Status.SKIPPED] * 50
    error = outcomes[-1].error
    assert error is not None
    assert "deadline" in error.message
