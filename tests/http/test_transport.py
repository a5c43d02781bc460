"""The transport over real sockets: sessions, signing, retries, limits and timeouts."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import (
    Call,
    ClientUnusable,
    ConnectionFailed,
    InvalidInput,
    Limiter,
    OutcomeUnknown,
    RateLimited,
    ResponseLost,
    RetryPolicy,
    ServerError,
    StaleSignature,
    Status,
    TimedOut,
    Window,
)
from lms_async.events import Event, Refused, RequestFailed, RequestSent, ResponseReceived, Retrying
from lms_async.http import body as body_module
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from schoology_async.vendor import SchoologyVendor
from tests.conftest import QUICK, people


async def test_each_attempt_gets_its_own_signature(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(503, times=2), Fault.cut(times=1))
    await schoology.users.me()  # the sandbox rejects a nonce that it has seen
    assert [seen.status for seen in schoology_sandbox.log] == [503, 503, None, 303, 200]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_aiohttp_does_not_resend_a_request_itself(method: str, events: list[Event]) -> None:
    """When a kept-alive connection drops, aiohttp would resend an idempotent request: with an old
    signature and outside the rate limit."""
    arrived: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = True
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (
                        int(h.split(b":")[1])
                        for h in head.split(b"\r\n")
                        if h.lower().startswith(b"content-length")
                    ),
                    0,
                )
                await reader.readexactly(length)
                arrived.append(head.split(b" ")[0].decode())
                if not first:
                    break  # close the connection without a response
                first = False
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"uid":"1"}')
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    retry = RetryPolicy(tries=1)
    # In the caller's session, reads and writes share connections.
    async with (
        aiohttp.ClientSession() as session,
        Schoology(
            "k",
            "s",
            base_url=f"http://127.0.0.1:{port}/v1/",
            retry=retry,
            session=session,
            events=[events.append],
        ) as client,
    ):
        await client.users.get("1")
        call: Any = {
            "GET": lambda: client.users.get("1"),
            "PUT": lambda: client.users.update("1", {"name_last": "B"}),
            "DELETE": lambda: client.users.delete("1", keep_enrollments=True, notify=False),
        }[method]
        with pytest.raises(OutcomeUnknown if method == "DELETE" else ResponseLost):
            await call()
    server.close()
    assert arrived == ["GET", method]
    assert [type(event) for event in events] == [
        RequestSent,
        ResponseReceived,
        RequestSent,
        RequestFailed,
    ]


async def test_post_that_was_never_sent_is_retried(unused_tcp_port: int) -> None:
    tries: list[Event] = []
    async with Schoology(
        "k",
        "s",
        base_url=f"http://127.0.0.1:{unused_tcp_port}/v1/",
        retry=RetryPolicy(tries=3, base=0.01),
        events=[tries.append],
    ) as client:
        with pytest.raises(ConnectionFailed, match="no connection to 127.0.0.1") as raised:
            await client.users.create(people(1)[0])
    assert raised.value.attempts == 3
    assert [event.error for event in tries if isinstance(event, Retrying)] == [
        "ConnectionFailed"
    ] * 2


async def test_unresolvable_host_is_named() -> None:
    async with Schoology(
        "k", "s", base_url="https://no-such-host.invalid/v1/", retry=RetryPolicy(tries=1)
    ) as client:
        with pytest.raises(ConnectionFailed, match="no connection to no-such-host.invalid"):
            await client.users.me()


async def test_timeout_ends_a_hang_but_excludes_the_wait_for_a_slot(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    client = connect(timeout=1, limiter=Window(1, per=2), retry=RetryPolicy(tries=1))
    await client.app_user_info()
    await client.app_user_info()  # waits 2 s for its slot, twice the timeout
    schoology_sandbox.faults.add(Fault.hang(times=1))
    with pytest.raises(TimedOut, match="within 1 s"):
        await client.app_user_info()


async def test_one_429_pauses_all_clients_of_the_limiter(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox, events: list[Event]
) -> None:
    window = Window(1000, per=0.01)
    one, other = connect(limiter=window), connect(limiter=window)
    schoology_sandbox.faults.add(Fault.refuse(times=1, retry_after=0.2))
    started = asyncio.get_running_loop().time()
    asking = asyncio.create_task(one.app_user_info())
    await asyncio.sleep(0.05)
    await other.app_user_info()
    assert asyncio.get_running_loop().time() - started >= 0.19
    await asking
    assert [event.seconds for event in events if isinstance(event, Refused)] == [0.2]


async def test_retry_after_above_max_pause_raises_at_once(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    client = connect(retry=RetryPolicy(max_pause=10))
    schoology_sandbox.faults.add(Fault.refuse(times=1, retry_after=3600))
    started = asyncio.get_running_loop().time()
    with pytest.raises(RateLimited) as raised:
        await client.app_user_info()
    assert raised.value.retry_after == 3600
    assert asyncio.get_running_loop().time() - started < 60


async def test_quota_stops_retries_to_a_dead_vendor(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    client = connect(retry=RetryPolicy(tries=5, base=0.001, quota=50))
    schoology_sandbox.faults.add(Fault.error(503, share=1.0))
    for _ in range(30):
        with pytest.raises(ServerError):
            await client.app_user_info()
    # 50 tokens pay for ten retries. After that, every call fails at its first attempt.
    assert len(schoology_sandbox.log) == 30 + 10


async def test_stale_signature_is_signed_again_even_for_a_create(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    text = "Duplicate timestamp/nonce combination, possible replay attack.  Request rejected."
    schoology_sandbox.faults.add(Fault.error(401, body=text, times=2))
    report = await schoology.users.create_many(people(3))
    report.raise_for_failures()
    assert len(schoology_sandbox.log) == 3
    schoology_sandbox.faults.add(Fault.error(401, body=text, times=5))
    with pytest.raises(StaleSignature, match="clock"):
        await schoology.app_user_info()


async def test_concurrent_requests_keep_timestamps_in_order(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    client = connect(limiter=Window(40, per=0.2))
    await asyncio.gather(*(client.app_user_info() for _ in range(400)))
    assert [seen.status for seen in schoology_sandbox.log] == [200] * 400


async def test_clients_with_the_same_key_share_a_limiter(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    one, other = connect(limiter=None), connect(limiter=None)
    stranger = connect(limiter=None, key="another")
    call: Call[Any] = Call("GET", "users")

    def limiter(client: Schoology) -> Limiter:
        (only,) = client._transport._limiters(call)
        return only

    limiters = {limiter(client) for client in (one, other, one.with_options())}
    assert len(limiters) == 1
    assert repr(next(iter(limiters))).startswith("<Window 13 per 5 s")
    assert limiter(stranger) not in limiters


@pytest.mark.parametrize("tight_one_first", [True, False])
async def test_call_waits_for_all_of_several_limiters(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    tight_one_first: bool,
) -> None:
    tight, loose = Window(3, per=0.3), Window(100, per=0.3)
    limiters = [tight, loose] if tight_one_first else [loose, tight]
    client = connect(limiter=limiters, retry=RetryPolicy(max_pause=10))
    assert client._transport.width == 8  # before the first response
    await asyncio.gather(*(client.app_user_info() for _ in range(9)))
    assert schoology_sandbox.busiest(0.3) == 3
    client._transport._width.answered(1.0)
    assert client._transport.width < 100  # follows from the tight limit

    schoology_sandbox.faults.add(Fault.refuse(times=1, retry_after=600))
    with pytest.raises(RateLimited):
        await client.app_user_info()
    assert tight.pause_left() > 500
    assert loose.pause_left() > 500


async def test_same_limiter_twice_is_refused(connect: Callable[..., Schoology]) -> None:
    window = Window(1, per=1)  # a call would wait for itself
    with pytest.raises(InvalidInput, match="same limiter twice"):
        connect(limiter=[window, window])


async def test_empty_list_of_limiters_means_the_default(connect: Callable[..., Schoology]) -> None:
    default, empty = (
        client._transport._limiters(Call("GET", "users"))
        for client in (connect(limiter=None), connect(limiter=[]))
    )
    assert len(empty) == 1
    assert list(empty) == list(default)


async def test_with_options_shares_the_connection(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    client = connect()
    impatient = client.with_options(timeout=0.5, retry=RetryPolicy(tries=1))
    schoology_sandbox.faults.add(Fault.hang(times=1))
    with pytest.raises(TimedOut):
        await impatient.app_user_info()
    await client.app_user_info()
    await impatient.close()
    with pytest.raises(ClientUnusable, match="closed"):
        await client.app_user_info()


async def test_callers_session_is_used_and_left_open(
    schoology_sandbox: SchoologySandbox,
) -> None:
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        async with Schoology(
            schoology_sandbox.key,
            schoology_sandbox.secret,
            base_url=schoology_sandbox.base_url,
            session=session,
            retry=QUICK,
        ) as client:
            await client.users.me()
            with pytest.raises(Exception, match="404"):
                await client.users.get("424242")
        assert not session.closed


async def test_client_credentials_win_over_those_of_the_callers_session(
    schoology_sandbox: SchoologySandbox,
    connect: Callable[..., Schoology],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """aiohttp raises if a session with credentials gets an ``Authorization`` header with a call."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login joe password pw")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    shown: list[str] = []

    async def started(_: object, __: object, params: aiohttp.TraceRequestStartParams) -> None:
        shown.extend(params.headers)

    tracing = aiohttp.TraceConfig()
    tracing.on_request_start.append(started)
    async with aiohttp.ClientSession(trust_env=True, trace_configs=[tracing]) as session:
        report = await connect(session=session).users.create_many(people(120))
    assert report.counts == {Status.DONE: 120}
    assert shown
    assert "Authorization" not in shown  # the session's tracers don't see the signature either


async def test_callers_connector_is_used_and_left_open(
    schoology_sandbox: SchoologySandbox,
) -> None:
    connector = aiohttp.TCPConnector(limit=1)
    async with Schoology(
        schoology_sandbox.key,
        schoology_sandbox.secret,
        base_url=schoology_sandbox.base_url,
        connector=connector,
    ) as client:
        await client.users.me()
    assert not connector.closed
    await connector.close()


def test_use_in_another_event_loop_raises() -> None:
    client = Schoology("k", "s", base_url="http://127.0.0.1:1/v1/", retry=QUICK)

    async def use() -> None:
        with pytest.raises(Exception):  # noqa: B017 - there is no server; only the loop matters
            await client.with_options(timeout=0.1).app_user_info()

    async def misuse() -> None:
        with pytest.raises(ClientUnusable, match="another event loop"):
            await client.app_user_info()

    asyncio.run(use())
    asyncio.run(misuse())
    asyncio.run(client.close())


async def test_use_after_a_fork_raises(
    schoology: Schoology, monkeypatch: pytest.MonkeyPatch
) -> None:
    await schoology.app_user_info()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(ClientUnusable, match="fork|process"):
        await schoology.app_user_info()


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.schoology.com/v1/",
        "http://127.0.0.1.evil.example/v1/",
        "ftp://api.schoology.com/",
        "api.schoology.com/v1/",
        "https://key:secret@api.schoology.com/v1/",
        "https://api.schoology.com/v1/?a=b",
    ],
)
def test_base_url_that_would_expose_the_secret_is_rejected(base_url: str) -> None:
    with pytest.raises(InvalidInput, match="base URL|http://"):
        Schoology("k", "s", base_url=base_url)


@pytest.mark.parametrize("base_url", ["http://localhost:1/v1", "http://[::1]:1/", "https://x.y/v1"])
def test_safe_base_url_is_accepted(base_url: str) -> None:
    assert Schoology("k", "s", base_url=base_url)._transport.vendor.base_url.endswith("/")


@pytest.mark.parametrize(
    "given", [{"key": ""}, {"secret": ""}, {"token": "t"}, {"token_secret": "t"}]
)
def test_incomplete_credentials_are_rejected(given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        Schoology(**{"key": "k", "secret": "s", **given})  # type: ignore[arg-type]


async def test_endless_response_is_cut_off_at_the_size_limit(
    connect: Callable[..., Schoology], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "MOST_BYTES", 100_000)

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 65536)
        except ConnectionError:
            return response

    app = web.Application()
    app.router.add_get("/v1/app-user-info", flood)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")), retry=RetryPolicy(tries=1))
        with pytest.raises(ResponseLost, match="larger than 100000 bytes"):
            await client.app_user_info()


async def test_events_of_a_retried_request(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, events: list[Event]
) -> None:
    schoology_sandbox.faults.add(Fault.error(503, times=1))
    await schoology.users.me()
    assert [type(event).__name__ for event in events] == [
        "RequestSent", "ResponseReceived", "Retrying", "RequestSent", "ResponseReceived",
        "RequestSent", "ResponseReceived",
    ]  # fmt: skip
    assert {event.route for event in events} == {"GET users/me"}


async def test_proxy_of_the_environment_is_ignored_by_default(
    schoology: Schoology, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        await schoology.app_user_info()


async def test_interactive_view_overtakes_a_running_import(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    schoology = connect(limiter=Window(5, per=0.2))
    web = schoology.with_options(priority="interactive")
    importing = asyncio.ensure_future(schoology.users.create_many(people(2000)))
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    schoology_sandbox.before_each = lambda seen: loop.call_soon_threadsafe(arrived.set)
    await arrived.wait()
    before = len(schoology_sandbox.log)
    await web.app_user_info()
    seen = [seen.path for seen in schoology_sandbox.log][before:]
    assert "app-user-info" in seen[:5]  # 35 batches were queued before it
    (await importing).raise_for_failures()
    assert web.with_options(timeout=1)._transport._priority == "interactive"


async def test_invalid_priority_is_rejected(schoology: Schoology) -> None:
    with pytest.raises(InvalidInput, match="priority is one of normal, interactive"):
        schoology.with_options(priority="urgent")  # type: ignore[arg-type]


async def test_queued_calls_fail_at_once_if_the_pause_exceeds_max_pause(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox, events: list[Event]
) -> None:
    client = connect(limiter=Window(1, per=0.05), retry=RetryPolicy(max_pause=10))
    schoology_sandbox.faults.add(Fault.refuse(times=1, retry_after=3600))
    started = asyncio.get_running_loop().time()
    ends = await asyncio.gather(*(client.app_user_info() for _ in range(5)), return_exceptions=True)
    assert asyncio.get_running_loop().time() - started < 5
    for end in ends:
        assert isinstance(end, RateLimited)
        assert end.retry_after == pytest.approx(3600, abs=5)
        assert str(end).startswith("GET app-user-info: HTTP 429")
    assert len([event for event in events if isinstance(event, Refused)]) == 1
    assert [end.attempts for end in ends if isinstance(end, RateLimited)] == [1, 0, 0, 0, 0]


async def test_endpoints_can_have_their_own_limit_and_weight(
    connect: Callable[..., Schoology],
    schoology_sandbox: SchoologySandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def limits(vendor: SchoologyVendor, call: Call[Any]) -> dict[Hashable, Callable[[], Limiter]]:
        host: dict[Hashable, Callable[[], Limiter]] = {vendor.scope: lambda: Window(1000, per=0.01)}
        return {"info": lambda: Window(4, per=1), **host} if "info" in call.path else host

    monkeypatch.setattr(SchoologyVendor, "limits", limits)
    monkeypatch.setattr(SchoologyVendor, "weight", lambda vendor, call: 2)
    one, other = connect(limiter=None), connect(limiter=None)
    started = asyncio.get_running_loop().time()
    await asyncio.gather(*(one.users.languages() for _ in range(10)))
    await asyncio.gather(one.app_user_info(), other.app_user_info())
    assert asyncio.get_running_loop().time() - started < 1
    await one.app_user_info()
    assert asyncio.get_running_loop().time() - started >= 1


async def test_width_follows_limit_and_latency(
    connect: Callable[..., Schoology], schoology_sandbox: SchoologySandbox
) -> None:
    quick = connect(limiter=Window(1_000_000, per=1))
    assert quick._transport.width == 8  # before the first response
    await quick.app_user_info()
    assert quick._transport.width == 64
    slow = connect(limiter=Window(1, per=10))
    await slow.app_user_info()
    assert slow._transport.width == 8
