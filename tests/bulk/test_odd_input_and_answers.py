"""Invalid input from callers and invalid responses from vendors, found by hostile testing."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import (
    UNSET,
    InvalidInput,
    LmsError,
    RateLimited,
    RetryPolicy,
    Status,
    UnexpectedResponse,
    Window,
)
from lms_async.sandbox import Fault
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox, School
from schoology_async import Schoology, UserCreate
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import QUICK, people


@pytest.mark.parametrize(
    "given",
    [None, 5, UserCreate(school_uid="S1", name_first="Ada", name_last="Okafor", role_id="1")],
)
async def test_invalid_input_raises_before_any_request(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, given: Any
) -> None:
    for act in (
        lambda: schoology.users.create_many(given),
        lambda: schoology.users.update_many(given),
        lambda: schoology.users.delete_many(given, keep_enrollments=True, notify=False),
    ):
        with pytest.raises(InvalidInput, match="rows must be a list"):
            act()
    assert len(schoology_sandbox.log) == 0


def test_event_listener_must_be_a_plain_function() -> None:
    async def listen(event: object) -> None: ...

    class Listener:
        async def __call__(self, event: object) -> None: ...

    for listeners in ([listen], [Listener()], [5], "text", len):
        with pytest.raises(InvalidInput, match="plain functions"):
            Schoology("key", "secret", events=listeners)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["45552", b"45552", {"uid": "1"}])
async def test_single_text_is_not_split_into_ids(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, given: Any
) -> None:
    managebac, v1 = ManageBac("t"), ManageBacV1("s", "t")
    for act in (
        lambda: schoology.users.delete_many(given, keep_enrollments=True, notify=False),
        lambda: schoology.users.create_many(given),
        lambda: schoology.users.list(school_uids=given),
        lambda: schoology.users.list(role_ids=given),
        lambda: managebac.memberships.list(class_ids=given),
        lambda: managebac.classes.update_students(1, given),
    ):
        with pytest.raises(InvalidInput):
            act()
    for remove in (
        managebac.classes.remove_students(1, given),
        managebac.classes.remove_teachers(1, given),
        managebac.classes.set_teachers(1, given),
        v1.groups.remove_members(1, given),
    ):
        with pytest.raises(InvalidInput):
            await remove
    assert len(schoology_sandbox.log) == 0


async def test_journal_must_be_a_journal_object(schoology: Schoology) -> None:
    name: Any = "import.db"
    with pytest.raises(InvalidInput, match=r'Journal\("import.db"\)'):
        schoology.users.create_many(people(1), journal=name)


async def test_values_that_are_not_ids_are_not_deleted(schoology: Schoology) -> None:
    items: Any = [None, 45552.0, {"uid": 3}, True]
    report = await schoology.users.delete_many(items, keep_enrollments=True, notify=False)
    assert report.counts == {Status.REJECTED: 4}


@pytest.mark.parametrize("said", [None, "false", 0])
async def test_erasing_options_must_be_true_or_false(schoology: Schoology, said: Any) -> None:
    with pytest.raises(InvalidInput, match="True or False"):
        await schoology.users.delete("1", keep_enrollments=said, notify=False)


async def test_many_429s_delay_but_lose_no_row(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.refuse(times=200, retry_after=0.01))
    report = await connect(limiter=Window(13, per=0.01)).users.create_many(people(2500))
    assert report.counts == {Status.DONE: 2500}


async def test_retry_after_above_max_pause_stops_the_bulk_and_other_calls(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    window = Window(5, per=0.01)
    client = connect(limiter=window)
    schoology_sandbox.faults.add(Fault.refuse(times=1, retry_after=3600))
    report = await asyncio.wait_for(client.users.create_many(people(2500)), 10)
    assert report.counts[Status.SKIPPED] >= 2500 - 5 * 50
    assert Status.REJECTED not in report.counts
    assert isinstance(report.stop_reason, RateLimited)
    with pytest.raises(RateLimited):
        await asyncio.wait_for(client.app_user_info(), 1)


@pytest.mark.sandbox(limit=(13, 0.5))
async def test_clients_used_in_turn_share_one_limit(
    schoology_sandbox: SchoologySandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schoology_async.vendor.PERIOD", 0.5)
    for _ in range(4):
        async with Schoology(
            schoology_sandbox.key,
            schoology_sandbox.secret,
            base_url=schoology_sandbox.base_url,
            retry=QUICK,
        ) as client:
            for _ in range(7):
                await client.app_user_info()
        del client
        gc.collect()
    assert schoology_sandbox.refusals == 0


async def test_unsendable_call_uses_no_slot(
    connect: Callable[..., Schoology],
) -> None:
    client = connect(limiter=Window(2, per=0.01))
    for _ in range(5):
        with pytest.raises((LmsError, ValueError)):
            await client.users.list(role_ids=["\udce9"])
        with pytest.raises((LmsError, ValueError)):
            await client.users.get("\udce9")
    assert (await asyncio.wait_for(client.app_user_info(), 2)).api_uid


ODD_ROWS: dict[str, Any] = {
    "a surrogate": {**people(1)[0], "school_uid": "odd", "name_first": "Zo\udce9"},
    "a huge number": {**people(1)[0], "school_uid": "odd", "role_id": 2**70},
    "a list": {**people(1)[0], "school_uid": "odd", "name_first": ["Ada"]},
    "not a row": ["Ada"],
    "nothing": None,
}


@pytest.mark.parametrize("odd", ODD_ROWS.values(), ids=ODD_ROWS.keys())
async def test_odd_row_does_not_affect_others(schoology: Schoology, odd: Any) -> None:
    rows = [*people(60), odd, *people(60, start=60)]
    ended = [outcome async for outcome in schoology.users.create_many(rows)]
    assert [outcome.index for outcome in ended] == list(range(121))
    assert ended[60].status is Status.REJECTED
    assert sum(outcome.status is Status.DONE for outcome in ended) == 120


async def test_model_with_numbers_is_sent_like_a_mapping(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    ids: Any = (1, 2)
    one = UserCreate(**people(1)[0], additional_buildings=ids)
    report = await schoology.users.create_many([one])
    report.raise_for_failures()
    kept = schoology_sandbox.school.by_school_uid("S00000")
    assert kept is not None
    assert kept.additional_buildings == "1,2"


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"message": "No such role."}, "No such role."),
        ({"errors": {"role_id": ["No such role."]}}, "No such role."),
        ({}, "the vendor gives no reason"),
    ],
)
async def test_rejected_row_has_a_reason_even_if_the_vendor_gives_none(
    connect: Callable[..., Schoology], told: dict[str, Any], message: str
) -> None:
    async def say(request: web.Request) -> web.Response:
        await request.read()
        item = {"response_code": 404, "school_uid": "S00000", **told}
        return web.json_response({"user": [item]}, status=207)

    app = web.Application()
    app.router.add_post("/users", say)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/")))
        report = await client.users.create_many(people(1))
    assert report.rejected[0].error is not None
    assert (report.rejected[0].error.code, report.rejected[0].error.message) == ("404", message)


ANSWERS: dict[str, Any] = {
    "204": (204, b""),
    "null": (200, b"null"),
    "rows null": (200, b'{"user": null, "students": null}'),
    "rows a number": (200, b'{"user": 5, "students": 5}'),
    "rows of null": (200, b'{"user": [null, null], "students": [null, "x"]}'),
    "true as a code": (207, b'{"user": [{"response_code": true, "school_uid": "S00000"}]}'),
    "a code in words": (207, b'{"user": [{"response_code": "fine", "school_uid": "S00000"}]}'),
    "a code of 302": (207, b'{"user": [{"response_code": 302, "school_uid": "S00000"}]}'),
    "an index that is a list": (200, b'{"students": [{"index": [0], "id": []}]}'),
    "deep": (200, b"[" * 900 + b"]" * 900),
}


@pytest.mark.parametrize(("status", "body"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_odd_response_to_a_write_leaves_rows_unknown(
    connect: Callable[..., Schoology], status: int, body: bytes
) -> None:
    async def say(request: web.Request) -> web.Response:
        await request.read()
        if request.method == "GET":
            return web.Response(status=503)  # the look-up fails
        return web.Response(status=status, body=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", say)
    async with TestServer(app) as server:
        url = str(server.make_url("/"))
        client = connect(base_url=url, retry=RetryPolicy(tries=1))
        report = await client.users.create_many(people(2))
        assert report.counts == {Status.UNKNOWN: 2}
        async with ManageBac("t", base_url=url, retry=RetryPolicy(tries=1)) as managebac:
            rows = [{"id": 1}, {"id": 2}]
            report_ = await managebac.classes.update_students(1, rows)
            assert report_.counts == {Status.UNKNOWN: 2}


@pytest.mark.parametrize(
    "body",
    [
        {"user": [{"uid": "1"}, {"uid": "2"}], "links": {"next": "/v1/users?start=0&limit=200"}},
        {"user": [{"uid": "1"}, {"uid": "2"}]},
        {"user": [{"name": "a"}, {"name": "b"}], "links": {"next": "/v1/users?start=0&limit=200"}},
    ],
    ids=["next is itself", "start is ignored", "no ids"],
)
async def test_endless_list_raises(connect: Callable[..., Schoology], body: Any) -> None:
    async def users(request: web.Request) -> web.Response:
        return web.json_response(body)

    app = web.Application()
    app.router.add_get("/v1/users", users)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        with pytest.raises(UnexpectedResponse, match="end|faster"):
            await asyncio.wait_for(client.users.list(), 20)


async def test_number_with_too_many_digits_does_not_affect_other_rows(schoology: Schoology) -> None:
    rows: list[dict[str, Any]] = [{**row} for row in people(75)]
    rows[60]["school_uid"] = 10**5000
    ended = [outcome async for outcome in schoology.users.create_many(rows)]
    assert [o.index for o in ended if o.status is not Status.DONE] == [60]
    deleted = [
        outcome
        async for outcome in schoology.users.delete_many(
            [*(str(o.id) for o in ended[:3]), 10**5000], keep_enrollments=True, notify=False
        )
    ]
    assert [o.status for o in deleted] == ["done"] * 3 + ["rejected"]


@pytest.mark.parametrize(
    "given",
    [2**70, -(2**64) + 1, 10**5000, "9" * 30, "9" * 5000],
    ids=["71 bits", "64 bits below 0", "5,000 digits", "30 digits of text", "5,000 of text"],
)
async def test_id_out_of_range_is_rejected(schoology: Schoology, given: Any) -> None:
    managebac = ManageBac("t")
    for act in (
        lambda: managebac.classes.set_teachers(899, [{"id": given}]),
        lambda: managebac.classes.add_students(899, [given]),
        lambda: schoology.request("POST", "users", body={"x": {given}}),
    ):
        with pytest.raises(InvalidInput):
            await act()
    if not isinstance(given, int):
        return
    v1 = ManageBacV1("s", "t")
    for act in (
        lambda: schoology.users.get(given),
        lambda: schoology.users.update(given, {"bio": "x"}),
        lambda: schoology.users.list(building_id=given),
        lambda: managebac.classes.update_students(given, [{"id": 1}]),
        lambda: v1.users.update(given, {"first_name": "x"}),
    ):
        with pytest.raises(InvalidInput):
            await act()


@pytest.mark.parametrize("given", [None, True, 1.5, UNSET, "", ".."])
async def test_value_that_is_not_an_id_is_not_put_into_a_path(
    schoology: Schoology, given: Any
) -> None:
    v1 = ManageBacV1("s", "t")
    for act in (
        lambda: schoology.users.update(given, {"bio": "x"}),
        lambda: v1.users.update(given, {"first_name": "x"}),
        lambda: v1.users.get(given),
    ):
        with pytest.raises(InvalidInput):
            await act()


async def test_unknown_field_is_rejected_even_if_unset(schoology: Schoology) -> None:
    (row,) = people(1)
    report = await schoology.users.create_many([{**row, "no_such": UNSET}])
    assert report.counts == {Status.REJECTED: 1}


async def test_update_without_changes_is_not_sent(schoology: Schoology) -> None:
    v1 = ManageBacV1("s", "t")
    for bulk in (schoology.users.update_many([{"id": "5"}]), v1.users.update_many([{"id": "5"}])):
        report = await bulk
        assert [o.error.message for o in report.rejected if o.error] == [
            "there is nothing to change"
        ]


async def test_blank_username_counts_as_missing(schoology: Schoology) -> None:
    (row,) = people(1)
    rows = [{**row, "username": "  ", "primary_email": ""}] * 2
    assert (await schoology.users.create_many(rows)).counts == {Status.REJECTED: 2}


async def test_views_share_the_retry_quota(schoology: Schoology) -> None:
    transport = schoology._transport
    assert schoology.with_options(timeout=1)._transport._quota is transport._quota
    own = schoology.with_options(retry=RetryPolicy(quota=5))
    assert own._transport._quota.tokens == 5


async def test_unset_field_of_a_mapping_is_not_sent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    first, second = people(2)
    rows = [{**first, "position": UNSET, "name_middle": UNSET}, second]
    (await schoology.users.create_many(rows)).raise_for_failures()
    made = next(user for user in schoology_sandbox.school.users.values())
    assert (made.position, made.name_middle) == (None, "")
    await schoology.users.update(str(made.uid), {"position": UNSET, "name_middle": "Jo"})
    changed = schoology_sandbox.school.users[str(made.uid)]
    assert (changed.position, changed.name_middle) == (None, "Jo")


async def test_cancelled_input_does_not_hang(schoology: Schoology) -> None:
    async def rows() -> AsyncIterator[dict[str, Any]]:
        for row in people(60):
            yield row
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(_run(schoology.users.create_many(rows())), 10)


async def _run(bulk: Any) -> Any:
    return await bulk


async def test_failing_input_loses_no_result(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox
) -> None:
    school = managebac_sandbox.school = School.seeded(students=300, classes=2, seed=1)
    first, second = school.classes

    def rows() -> Any:
        yield {"class_id": second, "student_id": next(iter(school.students))}
        for student in school.students:
            yield {"class_id": first, "student_id": student}
        raise OSError("the disk is gone")

    ended = []
    with pytest.raises(OSError, match="disk"):
        async for outcome in managebac.memberships.update_many(rows()):
            ended += [outcome]
    assert [outcome.index for outcome in ended] == list(range(301))
    assert {outcome.status for outcome in ended} == {Status.DONE}


@pytest.mark.sandbox(latency=(0.05, 0.0))
async def test_small_connection_pool_of_the_caller_is_waited_for(
    schoology_sandbox: SchoologySandbox,
) -> None:
    import aiohttp

    connector = aiohttp.TCPConnector(limit_per_host=1)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        Schoology(
            schoology_sandbox.key,
            schoology_sandbox.secret,
            base_url=schoology_sandbox.base_url,
            session=session,
            limiter=Window(100, per=0.01),
            timeout=0.9,
        ) as client,
    ):
        # 20 batches of 50 ms, one after the other
        report = await client.users.create_many(people(1000))
    assert report.counts == {Status.DONE: 1000}


async def test_token_that_expires_while_waiting_is_renewed_first(
    managebac_sandbox: ManageBacSandbox,
) -> None:
    from manabac_async import ClientCredentials

    managebac_sandbox.expires_in = 1
    credentials = ClientCredentials(managebac_sandbox.client_id, managebac_sandbox.client_secret)
    window = Window(100, per=0.01)
    async with ManageBac(
        credentials, base_url=managebac_sandbox.base_url, limiter=window, retry=QUICK
    ) as client:
        await client.memberships.list()
        window.pause(1.5)
        await asyncio.gather(*(_run(client.memberships.list()) for _ in range(5)))
    assert {seen.status for seen in managebac_sandbox.log} == {200}


async def test_leaving_early_after_a_failure_logs_nothing(
    connect: Callable[..., Schoology], caplog: pytest.LogCaptureFixture
) -> None:
    client = connect()
    bulk = client.users.create_many(people(5000))
    async for _ in bulk:
        await client.close()
        break
    del bulk
    await asyncio.sleep(0.05)
    gc.collect()
    await asyncio.sleep(0)
    assert "never retrieved" not in caplog.text


async def test_blank_and_null_are_different_values(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    made = await schoology.users.create({**people(1)[0], "grad_year": "2029"})
    assert made.uid is not None
    await schoology.users.update(made.uid, {"grad_year": ""})
    assert (await schoology.users.get(made.uid)).grad_year == ""


@pytest.mark.parametrize("timeout", [0, -1.0, float("nan")])
def test_timeout_must_be_positive(timeout: float) -> None:
    with pytest.raises(InvalidInput, match="timeout"):
        Schoology("k", "s", timeout=timeout)


@pytest.mark.parametrize("url", ["https://:PW@host.example/", "https://host.example:port/"])
def test_base_url_with_a_password_or_invalid_port_is_rejected(url: str) -> None:
    with pytest.raises(InvalidInput):
        Schoology("k", "s", base_url=url)


@asynccontextmanager
async def server_with_response(body: Any) -> AsyncIterator[str]:
    """A vendor that sends the same response to every request. Yields its base URL."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/v1/"))


async def test_null_response_does_not_mean_all_done(connect: Callable[..., Schoology]) -> None:
    async with server_with_response(None) as base_url:
        client = connect(base_url=base_url)
        report = await client.users.delete_many(["1", "2"], keep_enrollments=True, notify=False)
    assert report.counts == {Status.UNKNOWN: 2}


_FOUND, _MISSING = {"status": "ok"}, {"status": "not_found"}


@pytest.mark.parametrize(
    ("items", "ended"),
    [
        ([{"index": "1", **_MISSING}, {"index": "0", **_FOUND}], "done rejected"),
        ([{"index": 1, "id": 22, **_MISSING}, {"index": 0, "id": 11, **_FOUND}], "done rejected"),
        ([{"id": 22, **_MISSING}, {"id": "11", **_FOUND}], "done rejected"),
        ([_FOUND, _MISSING], "done rejected"),  # matched by position, because they name no row
        ([{"index": 0, "id": 22, **_MISSING}, {"index": 1, "id": 11, **_FOUND}], "unknown unknown"),
        ([{"index": 0, "id": 99, **_FOUND}, {"index": 1, **_MISSING}], "unknown rejected"),
        ([{"index": "9" * 5000, **_FOUND}, {"index": 1, **_MISSING}], "done rejected"),
        (None, "unknown unknown"),
    ],
)
async def test_teacher_results_are_matched_to_the_rows_they_name(items: Any, ended: str) -> None:
    async with (
        server_with_response({"teachers": items}) as base_url,
        ManageBac("t", base_url=base_url) as own,
    ):
        report = await own.classes.set_teachers(9, [{"id": 11}, {"id": 22}])
    seen = {one.index: str(one.status) for one in (*report.rejected, *report.unknown)}
    assert " ".join(seen.get(index, "done") for index in range(2)) == ended
    assert report.counts == Counter(ended.split())
