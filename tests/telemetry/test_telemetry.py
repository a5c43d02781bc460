"""Spans and metrics say what a client did, with the account, the job and the path's template."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from opentelemetry.trace import SpanKind, StatusCode

from lms_async import Journal, NotFound, RetryPolicy, Window
from lms_async.events import Event, RequestSent
from lms_async.sandbox import Fault
from manabac_async import ManageBac
from manabac_async.sandbox import ManageBacSandbox, School
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

from .conftest import Recorded

Connect = Callable[..., Schoology]


@pytest.fixture
def client(connect: Connect, recorded: Recorded) -> Schoology:
    return connect(events=[recorded.telemetry.account("north")])


async def test_span_of_a_request_follows_the_semantic_conventions(
    client: Schoology, recorded: Recorded, schoology_sandbox: SchoologySandbox
) -> None:
    await client.users.get("45552")
    (span,) = recorded.spans
    port = int(schoology_sandbox.base_url.split(":")[2].split("/")[0])
    assert span.name == "GET /v1/users/{uid}"
    assert span.kind is SpanKind.CLIENT
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes == {
        "lms.account": "north",
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": port,
        "url.template": "/v1/users/{uid}",
    }
    assert span.start_time is not None
    assert span.end_time is not None
    assert 0 < span.end_time - span.start_time < 60e9


async def test_failed_attempts_are_spans_with_an_error_and_count_as_retries(
    client: Schoology, recorded: Recorded, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(503), Fault.cut())
    await client.users.get("45552")
    spans = recorded.named("GET /v1/users/{uid}")
    attributes = [dict(span.attributes or {}) for span in spans]
    codes = [span.status.status_code for span in spans]
    assert codes == [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET]
    assert [one.get("error.type") for one in attributes] == ["503", "ResponseLost", None]
    assert [one.get("http.response.status_code") for one in attributes] == [503, None, 200]
    assert [one.get("http.request.resend_count") for one in attributes] == [None, 1, 2]
    retries = {one["error.type"]: count for one, count in recorded.points("lms.request.retries")}
    assert retries == {"ServerError": 1, "ResponseLost": 1}
    durations = recorded.points("http.client.request.duration")
    assert {one.get("error.type"): count for one, count in durations} == {
        "503": 1,
        "ResponseLost": 1,
        None: 1,
    }


async def test_404_is_an_error(client: Schoology, recorded: Recorded) -> None:
    with pytest.raises(NotFound):
        await client.users.get("999999")
    (span,) = recorded.spans
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "404"


async def test_attempt_that_is_cancelled_has_a_span(
    connect: Connect, recorded: Recorded, schoology_sandbox: SchoologySandbox
) -> None:
    sent = asyncio.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, RequestSent):
            sent.set()

    client = connect(events=[recorded.telemetry.account("north"), on_event], timeout=60)
    schoology_sandbox.faults.add(Fault.hang())
    reading = asyncio.ensure_future(client.users.get("45552"))
    await sent.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    (span,) = recorded.spans
    assert (span.attributes or {})["error.type"] == "CancelledError"


async def test_waits_and_refusals_are_counted(
    connect: Connect, recorded: Recorded, schoology_sandbox: SchoologySandbox
) -> None:
    events = [recorded.telemetry.account("north")]
    client = connect(events=events, limiter=Window(2, per=0.3))
    schoology_sandbox.faults.add(Fault.refuse(retry_after=0.1))
    await asyncio.gather(*(client.users.get("45552") for _ in range(3)))
    refusals = recorded.points("lms.limit.refusals")
    assert refusals == [({"lms.account": "north", "http.response.status_code": 429}, 1)]
    assert recorded.points("lms.limit.wait.duration") == [({"lms.account": "north"}, 4)]
    (waits,) = recorded.metrics()["lms.limit.wait.duration"]
    assert waits.max >= 0.1  # at least the pause
    assert recorded.named("wait for the rate limit")


async def test_busy_slots_are_observed_while_the_window_exists(
    connect: Connect, recorded: Recorded
) -> None:
    window = Window(7, per=3600)
    north, south = (
        connect(events=[recorded.telemetry.account(name)], limiter=window)
        for name in ("north", "south")
    )
    for client in (north, north, south):
        await client.users.get("45552")
    # As the SDK's own thread does it.
    usage = await asyncio.to_thread(recorded.points, "lms.limit.slots.usage")
    period = {"lms.limit.number": 1, "lms.limit.period": 3600}
    assert usage == [
        ({"lms.account": "north", **period}, 3),
        ({"lms.account": "south", **period}, 3),
    ]
    assert [value for _, value in recorded.points("lms.limit.slots.limit")] == [7, 7]


async def test_limits_of_one_client_have_gauges_of_their_own(
    connect: Connect, recorded: Recorded
) -> None:
    school, address = Window(4, per=3600), Window(50, per=3600)
    north, south = (
        connect(events=[recorded.telemetry.account(name)], limiter=limiter)
        for name, limiter in (("north", [school, address]), ("south", [address]))
    )
    for client in (north, north, south):
        await client.users.get("45552")

    def gauges(metric: str) -> dict[tuple[str, int], int]:
        points = recorded.points(metric)
        return {(of["lms.account"], of["lms.limit.number"]): value for of, value in points}

    assert gauges("lms.limit.slots.usage") == {("north", 1): 2, ("north", 2): 3, ("south", 1): 3}
    assert gauges("lms.limit.slots.limit") == {("north", 1): 4, ("north", 2): 50, ("south", 1): 50}


async def test_limiter_that_does_not_count_slots_has_no_gauge(
    connect: Connect, recorded: Recorded
) -> None:
    window = Window(100, per=0.1)

    class Own:
        rate = window.rate
        acquire, pause, pause_left = window.acquire, window.pause, window.pause_left

    client = connect(events=[recorded.telemetry.account("north")], limiter=Own())
    await client.users.get("45552")
    assert recorded.points("lms.limit.slots.usage") == []
    assert recorded.points("lms.limit.wait.duration") == [({"lms.account": "north"}, 1)]


async def test_rows_are_counted_by_status_once(
    client: Schoology, recorded: Recorded, tmp_path: Path
) -> None:
    (existing,) = people(1, 500)
    await client.users.create(existing)
    rows: list[Any] = [*people(120), existing, {"name_last": "Okafor"}]
    for _ in range(2):  # the second run only reports what the first one did
        await client.users.create_many(rows, journal=Journal(tmp_path / "rows.db"))
    finished = {}
    for attributes, count in recorded.points("lms.bulk.rows"):
        assert attributes["lms.operation"] == "users.create_many"
        finished[attributes["lms.row.status"]] = count
    # Schoology rejects one row, and our own check rejects the last row in both runs.
    assert finished == {"done": 120, "rejected": 3}


async def test_job_marks_what_is_sent_in_its_block(client: Schoology, recorded: Recorded) -> None:
    with recorded.telemetry.job("nightly import"):
        await client.users.create_many(people(60))
        reading = asyncio.create_task(_read_all(client))
        other = asyncio.create_task(client.users.get("45552"))
    await asyncio.gather(reading, other)
    marked = [dict(span.attributes or {}).get("lms.job") for span in recorded.spans]
    assert set(marked) == {"nightly import"}
    await client.users.get("45552")
    assert "lms.job" not in (recorded.spans[-1].attributes or {})
    jobs = {one.get("lms.job") for one, _ in recorded.points("http.client.request.duration")}
    assert jobs == {"nightly import", None}


async def _read_all(client: Schoology) -> None:
    await client.users.list(page_size=20)


async def test_parent_of_spans_is_the_span_of_the_caller(
    client: Schoology, recorded: Recorded
) -> None:
    tracer = recorded.tracer_provider.get_tracer("application")
    with tracer.start_as_current_span("import") as parent:
        await client.users.create_many(people(120))
    requests = recorded.named("POST /v1/users")
    assert len(requests) == 3
    parents = {span.parent.span_id for span in requests if span.parent is not None}
    assert parents == {parent.get_span_context().span_id}


async def test_paths_have_no_values(client: Schoology, recorded: Recorded) -> None:
    quick = client.with_options(retry=RetryPolicy(tries=1))
    for call in (
        quick.enrollments.redeem_access_code("GBMWW-2QKN5", section_id=4318461),
        quick.enrollments.get("4318462", section_id=4318461),
        quick.request("GET", "users/4318463"),
        _import_by_course_code(quick),
    ):
        await asyncio.gather(call, return_exceptions=True)
    assert [(span.attributes or {})["url.template"] for span in recorded.spans] == [
        "/v1/sections/{realm_id}/accesscode",
        "/v1/sections/{realm_id}/enrollments/{enrollment_id}",
        "/v1/users/…",
        "/v1/enrollments/import/course/{grading_period_ids}",
    ]


@pytest.mark.sandbox(school=School.seeded(students=1, classes=1))
async def test_signed_url_of_a_file_is_not_shown(
    managebac_sandbox: ManageBacSandbox, recorded: Recorded
) -> None:
    events: list[Event] = []
    async with ManageBac(
        managebac_sandbox.token,
        base_url=managebac_sandbox.base_url,
        retry=RetryPolicy(tries=1),
        events=[recorded.telemetry.account("south"), events.append],
    ) as client:
        (report,) = await client.reports.list("myp")
        assert await client.reports.download("myp", str(report.id), "pdf")
    assert recorded.named("GET /…")  # the request to the other host
    shown = [*recorded.texts(), *(str(attrs.asdict(event)) for event in events)]
    for secret in ("Signature", "storage"):
        assert [text for text in shown if secret in text] == []


async def _import_by_course_code(client: Schoology) -> None:
    row = {"course_code": "A", "section_code": "B", "school_uid": "C"}
    bulk = client.enrollments.import_by_course_code([row], grading_period_ids=[4318464])
    async for _ in bulk:
        pass
