"""A temporary status (such as 408, 423 or 429) for a row, or a conflict for a batch, rejects no
row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Journal, Status, VendorUnavailable, Window
from lms_async.bulk import sending
from lms_async.bulk.bulk import Bulk
from lms_async.sandbox import Fault
from manabac_async import ManageBacV1
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import QUICK, people

PASSING = [408, 421, 423, 425, 429]


@attrs.define
class RowByRow:
    """Answers each row of a bulk write with ``code`` for the first ``times`` requests."""

    code: int
    times: int
    requests: int = 0

    async def write(self, request: web.Request) -> web.Response:
        self.requests += 1
        self.times -= 1
        code = self.code if self.times >= 0 else 200
        if request.method == "DELETE":
            items = [{"id": known} for known in request.query["uids"].split(",")]
            return web.json_response({"user": [{"response_code": code, **i} for i in items]})
        body = await request.json()
        if "associations" in body:
            key, rows = "association", body["associations"]["association"]
        else:
            key, rows = "user", body["users"]["user"]
        return web.json_response({key: [{"response_code": code, **row} for row in rows]})

    async def nobody(self, request: web.Request) -> web.Response:
        return web.json_response({"user": [], "total": "0", "links": {"self": ""}})

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/v1/{path:.*}", self.nobody)
        app.router.add_route("*", "/v1/{path:.*}", self.write)
        async with TestServer(app) as server:
            yield str(server.make_url("/v1/"))


CALLS: dict[str, Callable[[Schoology, Journal | None], Bulk[Any]]] = {
    "create_many": lambda client, journal: client.users.create_many(people(3), journal=journal),
    "create_many, updating": lambda client, journal: client.users.create_many(
        people(3), update_existing=True, journal=journal
    ),
    "update_many": lambda client, journal: client.users.update_many(
        [{"id": n, "name_last": "Okafor"} for n in (1, 2, 3)], journal=journal
    ),
    "delete_many": lambda client, journal: client.users.delete_many(
        [1, 2, 3], keep_enrollments=True, notify=False, journal=journal
    ),
    "import_advisors": lambda client, journal: client.users.import_advisors(
        [{"student_school_uid": f"S{n}", "advisor_school_uid": "T"} for n in range(3)],
        journal=journal,
    ),
}
calls = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())


@calls
@pytest.mark.parametrize("code", PASSING)
async def test_temporary_code_skips_rows_and_the_next_run_sends_them(
    connect: Callable[..., Schoology],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    call: Callable[[Schoology, Journal | None], Bulk[Any]],
    code: int,
) -> None:
    monkeypatch.setattr(sending, "_PAUSE", 0.001)
    vendor = RowByRow(code, times=4)  # the first attempt and three retries
    journal = Journal(tmp_path / "import.db")
    async with vendor.serve() as url:
        client = connect(base_url=url)
        report = await call(client, journal)
        assert report.counts == {Status.SKIPPED: 3}
        assert vendor.requests == 4
        report = await call(client, journal)
        assert report.counts == {Status.DONE: 3}
        vendor.times = 1
        report = await call(client, None)
        assert report.counts == {Status.DONE: 3}  # one retry was enough


@pytest.mark.parametrize("code", [*PASSING, 503])
async def test_bulk_stops_if_every_row_is_rejected_for_now(
    connect: Callable[..., Schoology], monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(sending, "_PAUSE", 0.001)
    vendor = RowByRow(code, times=10**6)
    async with vendor.serve() as url:
        client = connect(base_url=url, retry=QUICK, limiter=Window(1000, per=1))
        report = await client.users.create_many(people(5000), update_existing=True)
    assert isinstance(report.stop_reason, VendorUnavailable)
    assert str(code) in str(report.stop_reason)
    assert report.counts[Status.SKIPPED] > 2500
    assert report.counts[Status.REJECTED] == 0
    assert vendor.requests < 4 * 100


@pytest.mark.parametrize("status", [409, 424])
async def test_conflict_of_a_single_row_counts_only_the_second_time(
    managebac_v1: ManageBacV1,
    managebac_sandbox: ManageBacSandbox,
    schoology: Schoology,
    schoology_sandbox: SchoologySandbox,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    """Another import in progress, for example, can cause the first conflict. v1 takes one user per
    request."""
    monkeypatch.setattr(sending, "_PAUSE", 0.001)
    for sandbox in (managebac_sandbox, schoology_sandbox):
        sandbox.faults.add(Fault.error(status, method="POST", times=1))
    users = [
        {"type": "advisor", "first_name": "A", "last_name": "B", "email": f"a{n}@b.example"}
        for n in range(2)
    ]
    assert (await managebac_v1.users.create_many(users)).counts == {Status.DONE: 2}
    assert (await schoology.users.create_many(people(1))).counts == {Status.DONE: 1}
    managebac_sandbox.faults.add(Fault.error(status, method="PUT", share=1.0))
    before = managebac_sandbox.log.count("PUT")
    report = await managebac_v1.users.update_many([{"id": 1, "nickname": "Ada"}])
    assert report.counts == {Status.REJECTED: 1}
    assert report.rejected[0].attempts == 2
    assert managebac_sandbox.log.count("PUT") - before == 2
