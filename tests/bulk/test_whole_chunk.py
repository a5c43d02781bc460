"""What one status for a whole batch means for its rows, over HTTP; and when a bulk gives up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Journal, RetryPolicy, Status, VendorUnavailable, Window
from lms_async.bulk import sending
from lms_async.events import Event, Refused, RequestSent
from lms_async.sandbox import Fault
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import QUICK, people

ROWS = people(120)
PASSING = [408, 421, 423, 425]


@pytest.mark.parametrize("update_existing", [False, True])
@pytest.mark.parametrize("status", [*PASSING, 409])
async def test_temporary_status_loses_no_row(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, status: int, update_existing: bool
) -> None:
    schoology_sandbox.faults.add(Fault.error(status, method="POST", path="users"))
    report = await schoology.users.create_many(ROWS, update_existing=update_existing)
    assert report.counts == {Status.DONE: 120}
    assert set(schoology_sandbox.school.creates.values()) == {1}
    # One retry. After a conflict, the batch is sent in two halves.
    assert schoology_sandbox.log.count("POST") == (5 if status == 409 else 4)


@pytest.mark.parametrize("status", [*PASSING, 404, 405, 410, 418, 451, 501, 511])
async def test_status_not_caused_by_rows_rejects_none(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    tmp_path: Path,
    status: int,
) -> None:
    journal = Journal(tmp_path / "import.db")
    schoology_sandbox.faults.add(Fault.error(status, method="POST", path="users", share=1.0))
    client = connect(retry=RetryPolicy(tries=2, base=0.001, cap=0.001))
    report = await client.users.create_many(ROWS, journal=journal)
    assert report.counts == {Status.SKIPPED: 120}
    assert (report.stop_reason is None) == (status in PASSING)
    schoology_sandbox.faults.clear()
    report = await client.users.create_many(ROWS, journal=journal)
    assert report.counts == {Status.DONE: 120}


async def test_v1_status_not_caused_by_rows_rejects_none(
    managebac_sandbox: ManageBacSandbox,
) -> None:
    rows = [
        {"type": "advisor", "first_name": "A", "last_name": "B", "email": f"a{n}@b.example"}
        for n in range(20)
    ]
    managebac_sandbox.faults.add(Fault.error(404, method="POST", share=1.0))
    options: dict[str, Any] = {"base_url": managebac_sandbox.v1_base_url, "retry": QUICK}
    async with ManageBacV1("sandbox", managebac_sandbox.v1_token, **options) as managebac:
        report = await managebac.users.create_many(rows)
        assert report.counts == {Status.SKIPPED: 20}
        managebac_sandbox.faults.clear()
        managebac_sandbox.faults.add(Fault.error(404, method="PUT", times=2))
        changes = [{"id": n, "nickname": "Ada"} for n in range(10)]
        report = await managebac.users.update_many(changes)
        # the path names the user, so a 404 is about that row only
        assert report.stop_reason is None


async def test_missing_class_rejects_only_its_own_rows(
    managebac_sandbox: ManageBacSandbox,
) -> None:
    school = managebac_sandbox.school
    student = school.add_student("ada@b.example").id
    known = school.add_class("Art").id
    rows = [{"class_id": c, "student_id": student} for c in (known, 999)]
    options: dict[str, Any] = {"base_url": managebac_sandbox.base_url, "retry": QUICK}
    async with ManageBac(managebac_sandbox.token, **options) as managebac:
        ended = [o async for o in managebac.memberships.update_many(rows)]
        assert [o.status for o in ended] == ["done", "rejected"]
        report = await managebac.classes.update_students(999, [{"id": student}])
        assert report.counts == {Status.REJECTED: 1}


@pytest.mark.parametrize("update_existing", [False, True])
@pytest.mark.parametrize("reads", [False, True])
async def test_bulk_stops_if_the_vendor_is_down(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    monkeypatch: pytest.MonkeyPatch,
    update_existing: bool,
    reads: bool,
) -> None:
    monkeypatch.setattr(sending, "_PAUSE", 0.001)
    method = "POST" if reads else None
    schoology_sandbox.faults.add(Fault.error(503, method=method, share=1.0))
    client = connect(retry=RetryPolicy(tries=2, base=0.001, cap=0.001))
    report = await client.users.create_many(people(5000), update_existing=update_existing)
    assert isinstance(report.stop_reason, VendorUnavailable)
    assert "503" in str(report.stop_reason)
    unknown = report.counts[Status.UNKNOWN]
    # Batches in flight at that moment, and the few before them.
    assert 250 <= unknown <= 50 * (10 + 64)
    assert report.counts[Status.SKIPPED] == 5000 - unknown
    assert not schoology_sandbox.school.creates


@pytest.mark.parametrize("update_existing", [False, True])
@pytest.mark.parametrize("fault", [Fault.cut(share=1.0), Fault.hang(share=1.0)])
async def test_bulk_stops_if_the_vendor_never_responds(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    fault: Fault,
    update_existing: bool,
) -> None:
    schoology_sandbox.faults.add(fault)
    client = connect(retry=RetryPolicy(tries=2, base=0.001, cap=0.001), timeout=0.2)
    report = await client.users.create_many(people(5000), update_existing=update_existing)
    assert isinstance(report.stop_reason, VendorUnavailable)
    # Five batches, and those that were in flight beside them.
    assert 250 <= report.counts[Status.UNKNOWN] <= 50 * (5 + 2 * 8)
    assert report.counts[Status.SKIPPED] == 5000 - report.counts[Status.UNKNOWN]


async def test_bulk_continues_while_some_batches_succeed(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(
        Fault.error(503, method="POST", share=0.5), Fault.error(503, method="GET", share=1.0)
    )
    client = connect(retry=RetryPolicy(tries=1, max_failed_chunks=60))
    report = await client.users.create_many(people(3000))
    assert report.stop_reason is None
    assert report.counts[Status.SKIPPED] == 0


async def test_no_retry_is_sent_after_the_breaker_opened(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(503, share=1.0))
    departed = {False: 0, True: 0}

    def on_event(event: Event) -> None:
        if isinstance(event, RequestSent) and event.route.startswith("POST"):
            departed[bulk.report.stop_reason is not None] += 1

    client = connect(
        retry=RetryPolicy(tries=4, base=0.05, cap=0.05, max_failed_chunks=1, quota=10_000),
        events=[on_event],
    )
    bulk = client.users.create_many(people(3000), update_existing=True)
    report = await bulk
    assert isinstance(report.stop_reason, VendorUnavailable)
    # several batches were in flight, each of which would have been retried
    assert departed[False] > 4
    assert departed[True] == 0


@attrs.define
class Overloaded:
    """Sends a 503 with Retry-After to the first requests."""

    refusals: int
    wait: str
    arrivals: list[float] = attrs.field(factory=list)

    async def users(self, request: web.Request) -> web.Response:
        self.arrivals.append(asyncio.get_running_loop().time())
        if len(self.arrivals) <= self.refusals:
            return web.Response(status=503, headers={"Retry-After": self.wait})
        if request.method == "GET":
            return web.json_response({"user": [], "total": 0, "links": {"self": ""}})
        rows = (await request.json())["users"]["user"]
        items = [
            {"response_code": 200, "school_uid": row["school_uid"], "id": row["school_uid"][1:]}
            for row in rows
        ]
        return web.json_response({"user": items}, status=207)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_route("*", "/v1/users", self.users)
        async with TestServer(app) as server:
            yield str(server.make_url("/v1/"))


@pytest.mark.parametrize("update_existing", [False, True])
async def test_503_with_retry_after_pauses_all_calls(
    connect: Callable[..., Schoology], events: list[Event], update_existing: bool
) -> None:
    server = Overloaded(refusals=1, wait="1")
    async with server.serve() as url:
        window = Window(1000, per=0.01, learn=True)
        client = connect(base_url=url, limiter=window, retry=RetryPolicy(tries=1))
        report = await client.users.create_many(people(3), update_existing=update_existing)
    assert report.counts == {Status.DONE: 3}
    assert server.arrivals[1] - server.arrivals[0] >= 0.99
    (refused,) = [event for event in events if isinstance(event, Refused)]
    assert (refused.seconds, refused.status) == (1.0, 503)
    # A 503 says nothing about the rate limit, so a learning window keeps its limit.
    assert window.learned_limit is not None
    assert window.learned_limit.limit == 1000


async def test_503_with_retry_after_above_max_pause_stops_the_bulk(
    connect: Callable[..., Schoology],
) -> None:
    server = Overloaded(refusals=10**6, wait="3600")
    async with server.serve() as url:
        report = await connect(base_url=url).users.create_many(people(500), update_existing=True)
    assert report.stop_reason is not None
    assert report.counts[Status.DONE] == 0
    assert report.counts[Status.SKIPPED] > 0


class FoldsKeys:
    """Updates by a key that ignores case and blanks."""

    def __init__(self) -> None:
        self.people: dict[str, int] = {}

    async def users(self, request: web.Request) -> web.Response:
        items = []
        for row in (await request.json())["users"]["user"]:
            number = self.people.setdefault(row["school_uid"].strip().lower(), len(self.people))
            items.append({"response_code": 200, "school_uid": row["school_uid"], "id": number})
        return web.json_response({"user": items}, status=207)


async def test_two_rows_for_one_record_are_not_both_done(
    connect: Callable[..., Schoology], tmp_path: Path
) -> None:
    vendor = FoldsKeys()
    app = web.Application()
    app.router.add_post("/v1/users", vendor.users)
    rows = people(120)
    rows[7]["school_uid"], rows[8]["school_uid"] = "s00003", "s00006"
    rows[100]["school_uid"] = "s00004"  # in another batch
    journal = Journal(tmp_path / "import.db")
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        for _ in range(2):  # the second run uses the journal
            bulk = client.users.create_many(rows, update_existing=True, journal=journal)
            ended = [o async for o in bulk]
            odd = {o.index: o for o in ended if o.status is not Status.DONE}
            assert len(odd) == 3
            for outcome in odd.values():
                assert outcome.status is Status.UNKNOWN
                assert outcome.error is not None
                assert outcome.error.code == "same_record"
                other = outcome.error.other_index
                assert {other, outcome.index} <= {3, 7, 6, 8, 4, 100}
                assert ended[other or 0].id == outcome.id
                assert f"{other} and {outcome.index}" in outcome.error.message
            assert bulk.report.counts == {Status.DONE: 117, Status.UNKNOWN: 3}
            assert len(bulk.report.unknown) == 3


async def test_two_new_v1_users_with_one_id_are_not_both_done() -> None:
    async def users(_: web.Request) -> web.Response:
        return web.json_response({"status": "Success", "user_id": 7})

    app = web.Application()
    app.router.add_post("/api/users", users)
    rows = [
        {"type": "parent", "first_name": "A", "last_name": "B", "email": f"{name}@b.example"}
        for name in ("ada", "ada+1")
    ]
    async with TestServer(app) as server:
        url = str(server.make_url("/api/"))
        async with ManageBacV1("school", "token", base_url=url, retry=QUICK) as managebac:
            report = await managebac.users.create_many(rows)
    assert report.counts == {Status.DONE: 1, Status.UNKNOWN: 1}
    (unknown,) = report.unknown
    assert unknown.error is not None
    assert unknown.error.code == "same_record"


async def test_row_that_overwrites_an_earlier_runs_record_is_unknown(
    connect: Callable[..., Schoology], tmp_path: Path
) -> None:
    vendor = FoldsKeys()
    app = web.Application()
    app.router.add_post("/v1/users", vendor.users)
    rows = people(120)
    rows[110]["school_uid"] = "s00003"
    journal = Journal(tmp_path / "import.db")
    async with TestServer(app) as server:
        # One batch at a time: row 3 is finished when the journal is asked for row 110.
        client = connect(base_url=str(server.make_url("/v1/")), limiter=Window(1, per=0.001))
        before = await client.users.create_many(rows[110:], update_existing=True, journal=journal)
        assert before.counts == {Status.DONE: 10}
        for _ in range(2):
            bulk = client.users.create_many(slow(rows), update_existing=True, journal=journal)
            ended = [o async for o in bulk]
            assert ended[3].status is Status.DONE
            assert ended[110].status is Status.UNKNOWN
            assert ended[110].error is not None
            assert (ended[110].error.code, ended[110].error.other_index) == ("same_record", 3)
            assert bulk.report.counts == {Status.DONE: 119, Status.UNKNOWN: 1}


async def slow(rows: list[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    for index, row in enumerate(rows):
        if index == 100:
            await asyncio.sleep(0.1)
        yield row
