"""For each fault and each kind of call: what the caller sees and how often the server acted.

A 429 is retried. A request with a lost response is retried only if a repeat leaves the vendor in
the same state. Anything else is reported as unknown, never guessed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import (
    ClientUnusable,
    CrossHostRedirect,
    OutcomeUnknown,
    RetryPolicy,
    Status,
    UnexpectedResponse,
    Window,
)
from lms_async.bulk import sending
from lms_async.events import Event, Refused, RequestSent, ResponseReceived, Retrying
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox
from tests.conftest import people
from tests.http.fault_cases import Case, cases, timeout_for

ROWS = people(120)


@pytest.fixture
def client(request: pytest.FixtureRequest, connect: Callable[..., Schoology]) -> Schoology:
    return connect(timeout=timeout_for(request))


@cases
@pytest.mark.parametrize("update_existing", [False, True])
async def test_create_many(
    case: Case, client: Schoology, schoology_sandbox: SchoologySandbox, update_existing: bool
) -> None:
    """A batch with a lost response is sent again if that only updates. Otherwise its rows are
    looked up and the missing ones sent again."""
    schoology_sandbox.faults.add(case.fault(method="POST", path="users", times=1))
    bulk = client.users.create_many(ROWS, update_existing=update_existing)
    ended = [outcome async for outcome in bulk]
    school = schoology_sandbox.school
    assert [outcome.index for outcome in ended] == list(range(120))
    assert {outcome.status for outcome in ended} == {Status.DONE}
    assert {outcome.id for outcome in ended} == {
        uid for uid, user in school.users.items() if user.school_uid in school.creates
    }
    assert len(school.creates) == 120
    assert set(school.creates.values()) == {1}
    posts, looks = (schoology_sandbox.log.count(method) for method in ("POST", "GET"))
    if case.once == "done":  # the 429 burst: three attempts were rate-limited
        assert (posts, looks) == (6, 0)
    elif update_existing and case.repeatable == "done":
        assert (posts, looks) == (4, 0)
        assert sum(school.updates.values()) in ((20, 50) if case.acts else (0,))
    else:
        assert (posts, looks) == (3 if case.acts else 4, 1)
        assert sum(school.updates.values()) == 0


@cases
async def test_create_many_with_a_failing_look_up(
    case: Case, client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    """If the look-up fails too, the rows are ``unknown``."""
    schoology_sandbox.faults.add(
        case.fault(method="POST", path="users", times=1), Fault.error(503, method="GET", share=1.0)
    )
    ended = [outcome async for outcome in client.users.create_many(ROWS)]
    school = schoology_sandbox.school
    hit = [outcome for outcome in ended if outcome.status is Status.UNKNOWN]
    assert [outcome.index for outcome in ended] == list(range(120))
    if case.once == "done":
        assert hit == []
        return
    assert len(hit) in (20, 50)  # one batch: whichever met the fault
    assert all((outcome.item["school_uid"] in school.creates) == case.acts for outcome in hit)
    assert set(school.creates.values()) == {1}


async def test_row_that_may_have_existed_before_is_unknown(
    client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.school.add({**ROWS[3], "name_last": "Somebody else"})
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    ended = [outcome async for outcome in client.users.create_many(ROWS[:10])]
    assert [o.status for o in ended] == ["done"] * 3 + ["unknown"] + ["done"] * 6
    assert ended[3].error is not None
    assert ended[3].error.code == "exists"


async def test_updated_row_is_done_only_if_all_fields_match(
    client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    rows = people(20)
    (await client.users.create_many(rows)).raise_for_failures()
    moved = [{**row, "primary_email": f"new-{row['primary_email']}"} for row in rows]
    schoology_sandbox.faults.add(Fault.error(503, method="POST", times=5))
    report = await client.users.create_many(moved, update_existing=True)
    assert report.counts == {Status.DONE: 20}
    known = {user.school_uid: user for user in schoology_sandbox.school.users.values()}
    assert all(known[row["school_uid"]].primary_email == row["primary_email"] for row in moved)


@pytest.mark.parametrize(
    "field",
    [
        {"name_title_show": "1"},
        {"synced": 0},
        {"additional_buildings": "7,8"},
        {"birthday_date": "2011-03-09"},
        {"grad_year": 2029},
    ],
)
async def test_look_up_accepts_other_formats_of_a_value(
    client: Schoology, schoology_sandbox: SchoologySandbox, field: dict[str, Any]
) -> None:
    rows = [{**row, **field} for row in people(3)]
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST", times=5))
    report = await client.users.create_many(rows, update_existing=True)
    assert report.counts == {Status.DONE: 3}
    assert schoology_sandbox.log.count("POST") == 5


@pytest.mark.parametrize("blank", ["", None])
async def test_field_missing_from_a_look_up_does_not_count_as_cleared(
    client: Schoology, schoology_sandbox: SchoologySandbox, blank: Any
) -> None:
    (row,) = people(1)
    await client.users.create_many([{**row, "bio": "old"}])
    schoology_sandbox.faults.add(Fault.cut(method="POST", times=5))  # the request did not arrive
    await client.users.create_many([{**row, "bio": blank}], update_existing=True)
    (user,) = (u for u in schoology_sandbox.school.users.values() if u.school_uid == "S00000")
    assert user.details.get("bio") != "old"


@pytest.mark.sandbox(page_cap=20)
async def test_look_up_reads_every_page(
    client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    assert (await client.users.create_many(people(50))).counts == {Status.DONE: 50}
    assert set(schoology_sandbox.school.creates.values()) == {1}


async def test_single_bad_row_is_isolated(connect: Callable[..., Schoology]) -> None:
    """One of 10,000 rows makes the server reject its whole batch."""
    requests = 0

    async def users(request: web.Request) -> web.Response:
        nonlocal requests
        requests += 1
        rows = (await request.json())["users"]["user"]
        if any(row["school_uid"] == "S04711" for row in rows):
            return web.Response(status=400, text="Bad request")
        items = [{"response_code": 200, "id": "1", "school_uid": r["school_uid"]} for r in rows]
        return web.json_response({"user": items}, status=207)

    app = web.Application()
    app.router.add_post("/v1/users", users)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        report = await client.users.create_many(people(10_000))
    assert report.counts == {Status.DONE: 9_999, Status.REJECTED: 1}
    assert report.rejected[0].item["school_uid"] == "S04711"
    assert requests <= 200 + 14


async def test_rejection_of_every_row_stops_after_few_requests(
    client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(422, share=1.0, method="POST"))
    ended = [outcome async for outcome in client.users.create_many(people(50))]
    # Rows that were sent alone are rejected. The others are skipped.
    assert {outcome.status for outcome in ended} == {Status.REJECTED, Status.SKIPPED}
    assert {outcome.error and outcome.error.code for outcome in ended} == {"422"}
    assert len(schoology_sandbox.log) <= 1 + 2 * 12


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_auth_and_path_errors_do_not_split_the_batch(
    client: Schoology, schoology_sandbox: SchoologySandbox, status: int
) -> None:
    schoology_sandbox.faults.add(Fault.error(status, share=1.0, method="POST"))
    report = await client.users.create_many(people(50))
    assert report.counts[Status.DONE] == 0
    assert len(schoology_sandbox.log) == 1


@pytest.mark.parametrize("after", [False, True])
async def test_calls_that_must_not_be_repeated_end_unknown(
    client: Schoology, schoology_sandbox: SchoologySandbox, after: bool
) -> None:
    school = schoology_sandbox.school
    uids = [school.add(row).uid for row in ROWS]
    schoology_sandbox.faults.add(Fault.cut(after=after, method="DELETE", times=9))
    deleted = client.users.delete_many(uids, keep_enrollments=True, notify=False)
    assert (await deleted).counts == {Status.UNKNOWN: len(uids)}
    pairs = [{"student_school_uid": "a", "advisor_school_uid": "b"}]
    schoology_sandbox.faults.add(Fault.cut(after=after, method="POST", times=9))
    assert (await client.users.import_advisors(pairs)).counts == {Status.UNKNOWN: 1}
    chunks = -(-len(uids) // 50)
    assert schoology_sandbox.log.count("DELETE") == chunks
    assert schoology_sandbox.log.count("POST") == 1


@pytest.mark.parametrize(("code", "sent"), [(429, 2), (503, 2), (409, 1)])
async def test_temporarily_rejected_row_is_retried_alone(
    connect: Callable[..., Schoology], monkeypatch: pytest.MonkeyPatch, code: int, sent: int
) -> None:
    monkeypatch.setattr(sending, "_PAUSE", 0.01)
    chunks: list[list[str]] = []

    async def users(request: web.Request) -> web.Response:
        rows = (await request.json())["users"]["user"]
        chunks.append([row["school_uid"] for row in rows])
        items = [
            {
                "response_code": code if not chunks[1:] and row["school_uid"] == "S00002" else 200,
                "id": row["school_uid"].removeprefix("S"),
                "school_uid": row["school_uid"],
            }
            for row in rows
        ]
        return web.json_response({"user": items}, status=207)

    app = web.Application()
    app.router.add_post("/v1/users", users)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        ended = [o async for o in client.users.create_many(people(5), update_existing=True)]
    assert chunks[1:] == ([["S00002"]] if sent == 2 else [])
    assert ended[2].status == ("done" if sent == 2 else "rejected")
    assert ended[2].attempts == sent
    assert {o.status for o in ended if o.index != 2} == {Status.DONE}


@cases
async def test_update_many(
    case: Case, client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school
    uids = [school.add(row).uid for row in ROWS]
    schoology_sandbox.faults.add(case.fault(method="PUT", path="users", times=1))
    changes = [{"id": uid, "position": "Pupil"} for uid in uids]
    ended = [outcome async for outcome in client.users.update_many(changes)]
    for outcome in ended:
        reported = outcome.status is Status.DONE
        assert reported == (case.repeatable == "done") or outcome.status is Status.DONE
        if reported:
            assert school.users[outcome.item["id"]].position == "Pupil"
    if case.repeatable == "done":
        assert {outcome.status for outcome in ended} == {Status.DONE}
        twice = [uid for uid in uids if school.updates[uid] == 2]
        assert len(twice) in ((20, 50) if case.acts else (0,))


@pytest.mark.sandbox(school=School.seeded(250, seed=1))
@cases
async def test_list(case: Case, client: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    expected = list(schoology_sandbox.school.users)
    schoology_sandbox.faults.add(case.fault(method="GET", path="users", times=1, skip=1))
    if case.repeatable == "refused":
        with pytest.raises(CrossHostRedirect, match="GET users: .*another host"):
            await client.users.list()
        return
    everyone = await client.users.list()
    assert [user.uid for user in everyone] == expected


@cases
async def test_get(case: Case, client: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    uid = schoology_sandbox.school.add(ROWS[0]).uid
    schoology_sandbox.faults.add(case.fault(method="GET", times=1))
    if case.repeatable == "refused":
        with pytest.raises(CrossHostRedirect):
            await client.users.get(uid)
        assert len(schoology_sandbox.log) == 1
        return
    assert (await client.users.get(uid)).uid == uid
    assert len(schoology_sandbox.log) == (4 if "refuse" in _kinds(schoology_sandbox) else 2)


@cases
async def test_delete(case: Case, client: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = schoology_sandbox.school
    uid = school.add(ROWS[0]).uid
    schoology_sandbox.faults.add(case.fault(method="DELETE", times=1))

    async def delete() -> None:
        await client.users.delete(uid, keep_enrollments=True, notify=False)

    if case.once == "done":
        await delete()
        assert uid in school.inactive
        return
    with pytest.raises(UnexpectedResponse if case.once == "refused" else OutcomeUnknown):
        await delete()
    assert (uid in school.inactive) == case.acts
    assert schoology_sandbox.log.count("DELETE") == 1


def _kinds(sandbox: SchoologySandbox) -> set[Any]:
    return {seen.fault for seen in sandbox.log}


async def test_many_429s_share_one_pause_and_lose_no_row(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.refuse(times=40, retry_after=0.05))
    report = await connect().users.create_many(people(1000))
    report.raise_for_failures()
    assert set(schoology_sandbox.school.creates.values()) == {1}
    # 20 batches meet 40 rate-limit errors. Without the shared pause, each batch would retry on its
    # own.
    assert len(schoology_sandbox.log) == 60


async def test_many_random_faults_lose_no_row(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    client = connect()
    schoology_sandbox.faults.add(
        Fault.cut(after=True, share=0.05),
        Fault.error(503, share=0.05),
        Fault.half_body(share=0.05),
        Fault.refuse(share=0.05, retry_after=0.01),
    )
    ended = [o async for o in client.users.create_many(people(5000), update_existing=True)]
    assert [outcome.index for outcome in ended] == list(range(5000))
    done = {o.item["school_uid"] for o in ended if o.status is Status.DONE}
    assert len(done) == 5000
    assert set(schoology_sandbox.school.creates.values()) == {1}
    assert schoology_sandbox.faults.fired > 5


@pytest.mark.parametrize("then", ["unreachable", "401", "429 for long"])
async def test_lost_response_stays_unknown_after_a_later_error(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox, then: str
) -> None:
    """The server acted and its response was lost. The second attempt fails in a way that alone
    would mean that nothing was done."""
    client = connect()
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    if then == "401":
        schoology_sandbox.faults.add(Fault.error(401, method="POST"))
    elif then == "429 for long":
        schoology_sandbox.faults.add(Fault.refuse(retry_after=9999, method="POST"))
    else:
        seen = schoology_sandbox.log

        def close(_: object) -> None:
            asyncio.get_running_loop().create_task(schoology_sandbox.close())

        assert not len(seen)
        schoology_sandbox.before_each = close
    ended = [o async for o in client.users.create_many(people(3), update_existing=True)]
    assert {outcome.status for outcome in ended} == {Status.UNKNOWN}
    if then != "unreachable":
        assert len(schoology_sandbox.school.creates) == 3


@pytest.mark.parametrize(
    "fault",
    [Fault.cut(after=True), Fault.error(503, acts=True), Fault.half_body()],
    ids=["cut", "503", "half a body"],
)
async def test_created_row_is_never_reported_as_rejected(
    client: Schoology, schoology_sandbox: SchoologySandbox, fault: Fault
) -> None:
    """The first request creates the person without the taken address, and its response is lost. The
    vendor then sees the retry as a change to that taken address."""
    school = schoology_sandbox.school
    school.elsewhere["ada@other.example"] = "another school"
    schoology_sandbox.faults.add(fault)
    row = people(1)[0] | {"primary_email": "ada@other.example"}
    bulk = client.users.create_many([row], update_existing=True, ignore_email_conflicts=True)
    (outcome,) = [outcome async for outcome in bulk]
    assert outcome.status is Status.UNKNOWN
    assert set(school.creates.values()) == {1}


@pytest.mark.parametrize("lost_before", [False, True])
async def test_stopping_a_bulk_during_a_pause_ends_at_once(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox, lost_before: bool
) -> None:
    if lost_before:
        schoology_sandbox.faults.add(Fault.cut(after=True, times=1))
    schoology_sandbox.faults.add(Fault.refuse(retry_after=60, times=1))

    def on_event(event: Event) -> None:
        if isinstance(event, Refused):
            asyncio.get_running_loop().call_soon(bulk.abandon if lost_before else bulk.stop)

    client = connect(events=[on_event], retry=RetryPolicy(base=0.01))
    bulk = client.users.create_many(people(3), update_existing=True)
    async with asyncio.timeout(10):
        ended = {outcome.status async for outcome in bulk}
    assert ended == {Status.UNKNOWN if lost_before else Status.SKIPPED}
    assert len(schoology_sandbox.school.creates) == (3 if lost_before else 0)


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.error(400), Status.REJECTED), (Fault.error(401), Status.SKIPPED)],
    ids=["400", "401"],
)
async def test_error_after_stop_is_reported(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    fault: Fault,
    status: Status,
) -> None:
    schoology_sandbox.faults.add(fault)

    def on_event(event: Event) -> None:
        if isinstance(event, RequestSent):
            asyncio.get_running_loop().call_soon(bulk.stop)

    bulk = connect(events=[on_event]).users.create_many(people(1))
    (outcome,) = [outcome async for outcome in bulk]
    assert outcome.status is status
    assert outcome.attempts == 1


@pytest.mark.parametrize("by", ["stop", "abandon"])
@pytest.mark.parametrize("at", [RequestSent, ResponseReceived, Refused, Retrying])
async def test_event_listener_may_stop_its_bulk(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    at: type[Event],
    by: str,
) -> None:
    if at in (Refused, Retrying):
        schoology_sandbox.faults.add(Fault.refuse(retry_after=0.1, times=1))

    def on_event(event: Event) -> None:
        if isinstance(event, at):
            getattr(bulk, by)()

    bulk = connect(events=[on_event]).users.create_many(people(120))
    async with asyncio.timeout(10):
        ended = [outcome async for outcome in bulk]
    assert [outcome.index for outcome in ended] == list(range(120))
    made = schoology_sandbox.school.creates
    for outcome in ended:
        if outcome.status is not Status.UNKNOWN:
            assert (outcome.item["school_uid"] in made) == (outcome.status is Status.DONE)


async def test_closing_the_client_during_a_bulk_loses_no_result(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    client = connect(limiter=Window(1, per=0.2))
    bulk = client.users.create_many(ROWS)
    ended = []
    async for outcome in bulk:
        ended.append(outcome)
        await client.close()
    assert [outcome.index for outcome in ended] == list(range(120))
    made = schoology_sandbox.school.creates
    assert {Status.DONE} < {outcome.status for outcome in ended}
    for outcome, row in zip(ended, ROWS, strict=True):
        assert outcome.status is not Status.REJECTED
        if outcome.status is not Status.UNKNOWN:
            assert (row["school_uid"] in made) == (outcome.status is Status.DONE)
    assert isinstance(bulk.report.stop_reason, ClientUnusable)
