"""What the server counts and how slots end when requests are cancelled, time out or are cut off."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from math import inf
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver

from lms_async import (
    Call,
    ClientUnusable,
    ConnectionFailed,
    FullSlot,
    LmsError,
    ResponseLost,
    RetryPolicy,
    Slot,
    TimedOut,
    Window,
)
from lms_async.sandbox.limits import busiest
from schoology_async import Schoology
from schoology_async.vendor import SchoologyVendor

ONCE = RetryPolicy(tries=1)
BODY = b'{"api_uid": "1"}'
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)


class SlowNetwork:
    """A server that each request reaches after ``seconds``, even if its connection is closed
    sooner.

    ``cut``: close the connection when a request arrives. ``answers``: whether to respond.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.cut = False
        self.answers = True
        self.response = RESPONSE
        self.url = ""
        #: How many connections were opened, and how many requests were read.
        self.connections = self.requests = 0
        self.taken = asyncio.Event()
        self.arrivals: list[float] = []
        self._arriving: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                self.taken.set()
                self._arriving.add(asyncio.create_task(self._arrive(writer)))
        writer.close()

    async def _arrive(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.seconds)
        self.arrivals.append(time.monotonic())
        if self.cut:
            writer.transport.abort()
        elif self.answers and not writer.is_closing():
            writer.write(self.response)

    async def settle(self) -> None:
        await asyncio.gather(*self._arriving)


@asynccontextmanager
async def slow_network() -> AsyncIterator[SlowNetwork]:
    network = SlowNetwork()
    server = await asyncio.start_server(network.serve, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/"
    try:
        yield network
    finally:
        await network.settle()
        server.close()


class RecordedSlot:
    def __init__(self, noted: RecordingLimiter) -> None:
        self._noted: RecordingLimiter | None = noted

    def _ends(self, how: str, seconds: float = 0.0) -> None:
        noted, self._noted = self._noted, None
        if noted is not None:
            noted.ends.append((how, seconds))
            noted.ended.set()

    def answered(self) -> None:
        self._ends("answered")

    def unused(self) -> None:
        self._ends("unused")

    def abandoned(self, seconds: float) -> None:
        self._ends("abandoned", seconds)


class RecordingLimiter:
    """A limiter without a limit that records how each slot ended."""

    rate = inf

    def __init__(self) -> None:
        self.ends: list[tuple[str, float]] = []
        self.ended = asyncio.Event()

    async def acquire(self, **_: Any) -> FullSlot:
        return RecordedSlot(self)

    def pause(self, seconds: float) -> None:
        pass

    def pause_left(self) -> float:
        return 0.0


def client(url: str, limiter: Any, **options: Any) -> Schoology:
    return Schoology(
        "k", "s", base_url=url, limiter=limiter, **{"retry": ONCE, "timeout": 5, **options}
    )


async def test_cancelled_requests_in_flight_keep_arrivals_within_the_limit() -> None:
    async with (
        slow_network() as network,
        client(network.url, Window(5, per=1), timeout=20) as schoology,
    ):
        network.seconds = 0.4
        cancelled = asyncio.gather(*(schoology.app_user_info() for _ in range(5)))
        while network.requests < 5:  # noqa: ASYNC110 - the server sets no event
            await asyncio.sleep(0.01)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        network.seconds = 0.0
        began = time.monotonic()
        await asyncio.gather(*(schoology.app_user_info() for _ in range(5)))
        # The slots are free again once the cancelled requests are answered, before their timeout of
        # 20 s.
        assert time.monotonic() - began < 15
    assert len(network.arrivals) == 10
    assert busiest(network.arrivals, 1.0) == 5


async def test_slot_of_a_cancelled_request_ends_with_its_response() -> None:
    limiter = RecordingLimiter()
    async with slow_network() as network, client(network.url, limiter) as schoology:
        network.seconds = 0.2
        asking = asyncio.create_task(schoology.app_user_info())
        await network.taken.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert limiter.ends == []
        await limiter.ended.wait()
        assert network.arrivals
        assert limiter.ends == [("answered", 0.0)]


async def test_slot_of_a_cancelled_request_without_response_ends_at_its_timeout() -> None:
    limiter = RecordingLimiter()
    async with slow_network() as network, client(network.url, limiter, timeout=0.3) as schoology:
        network.answers = False
        began = time.monotonic()
        asking = asyncio.create_task(schoology.app_user_info())
        await network.taken.wait()
        asking.cancel()
        await limiter.ended.wait()
        assert time.monotonic() - began >= 0.3
        assert limiter.ends == [("abandoned", 0.0)]


async def test_slot_of_a_timed_out_request_is_abandoned_at_once() -> None:
    limiter = RecordingLimiter()
    async with slow_network() as network, client(network.url, limiter, timeout=0.1) as schoology:
        network.answers = False
        with pytest.raises(TimedOut):
            await schoology.app_user_info()
        assert limiter.ends == [("abandoned", 0.0)]


async def test_request_cut_by_the_server_counts_as_arrived() -> None:
    limiter = RecordingLimiter()
    async with slow_network() as network, client(network.url, limiter) as schoology:
        await schoology.app_user_info()
        network.cut = True
        for _ in range(2):  # on a reused connection, and on a new one
            with pytest.raises(ResponseLost):
                await schoology.app_user_info()
        assert limiter.ends == [("answered", 0.0)] * 3


@pytest.mark.parametrize("ending", ["close", "loop"])
async def test_request_cut_by_the_client_may_arrive_until_its_timeout(ending: str) -> None:
    limiter = RecordingLimiter()
    async with slow_network() as network:
        network.answers = False

        async def ask() -> None:
            async with client(network.url, limiter) as schoology:
                asking = asyncio.create_task(schoology.app_user_info())
                while not network.taken.is_set():  # noqa: ASYNC110 - it is set on another loop
                    await asyncio.sleep(0.01)
                if ending == "close":
                    asking.cancel()
                    with suppress(asyncio.CancelledError):
                        await asking
                    return
                asyncio.get_running_loop().call_soon(main.cancel)
                await asking

        def run() -> None:
            with suppress(asyncio.CancelledError):
                asyncio.run(started())

        async def started() -> None:
            nonlocal main
            main = asyncio.create_task(ask())
            await main

        main: asyncio.Task[None]
        await asyncio.to_thread(run)
    ((how, seconds),) = limiter.ends
    assert how == "abandoned"
    assert 2 < seconds <= 5


async def test_request_in_a_callers_session_may_arrive_until_its_timeout() -> None:
    """Such a session does not report whether a request was sent. Its request is cut off at once."""
    limiter = RecordingLimiter()
    async with slow_network() as network, aiohttp.ClientSession() as session:
        network.answers = False
        async with client(network.url, limiter, session=session) as schoology:
            asking = asyncio.create_task(schoology.app_user_info())
            await network.taken.wait()
            asking.cancel()
            await limiter.ended.wait()
            ((how, seconds),) = limiter.ends
            assert how == "abandoned"
            assert 2 < seconds <= 5


class SlowResolver(AbstractResolver):
    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def resolve(self, host: str, port: int = 0, family: Any = socket.AF_INET) -> list[Any]:
        self.asked.set()
        await asyncio.sleep(60)
        raise AssertionError

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("own", [False, True], ids=["our session", "the caller's session"])
async def test_request_cancelled_before_its_connection_is_never_sent(own: bool) -> None:
    limiter = RecordingLimiter()
    resolver = SlowResolver()
    connector = aiohttp.TCPConnector(resolver=resolver)
    session = aiohttp.ClientSession(connector=connector) if own else None
    given: dict[str, Any] = {"session": session} if own else {"connector": connector}
    async with client("http://localhost:1/v1/", limiter, **given) as schoology:
        asking = asyncio.create_task(schoology.app_user_info())
        await resolver.asked.wait()
        asking.cancel()
        await limiter.ended.wait()
        with pytest.raises(asyncio.CancelledError):
            await asking
    # With the caller's session, the client cannot know whether the request was sent.
    assert [how for how, _ in limiter.ends] == (["abandoned"] if own else ["unused"])
    await (session.close() if session is not None else connector.close())


async def test_timeout_before_a_connection_is_not_a_lost_response() -> None:
    limiter = RecordingLimiter()
    connector = aiohttp.TCPConnector(resolver=SlowResolver())
    async with client("http://localhost:1/v1/", limiter, connector=connector, timeout=0.1) as one:
        with pytest.raises(ConnectionFailed):
            await one.users.delete("1", keep_enrollments=True, notify=False)
    assert limiter.ends == [("unused", 0.0)]
    await connector.close()


async def test_request_cancelled_in_the_connection_queue_is_not_sent() -> None:
    """The cancelled request also takes no place from the one still in flight."""
    limiter = RecordingLimiter()
    connector = aiohttp.TCPConnector(limit=1)
    async with slow_network() as network, client(network.url, limiter, connector=connector) as one:
        network.seconds = 0.2
        first = asyncio.create_task(one.app_user_info())
        await network.taken.wait()
        second = asyncio.create_task(one.app_user_info())
        await asyncio.sleep(0.01)
        first.cancel()
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        assert limiter.ends == [("unused", 0.0)]
        await one.app_user_info()
        assert limiter.ends == [("unused", 0.0), ("answered", 0.0), ("answered", 0.0)]
    assert len(network.arrivals) == 2
    await connector.close()


async def test_request_cancelled_at_once_is_never_sent() -> None:
    limiter = RecordingLimiter()
    async with slow_network() as network, client(network.url, limiter) as schoology:
        for turns in range(6):
            asking = asyncio.create_task(schoology.app_user_info())
            for _ in range(turns):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await asyncio.sleep(0.05)
        assert set(limiter.ends) <= {("unused", 0.0)}
        assert len(limiter.ends) >= 3
    assert network.arrivals == []


async def test_refused_connection_uses_no_slot(unused_tcp_port: int) -> None:
    window = Window(1, per=60)
    async with client(f"http://127.0.0.1:{unused_tcp_port}/v1/", window) as schoology:
        for _ in range(3):
            with pytest.raises(ConnectionFailed):
                async with asyncio.timeout(5):
                    await schoology.app_user_info()


class Broken(Exception):
    pass


@pytest.mark.parametrize("where", ["watch", "signing", "closed"])
async def test_failure_before_sending_uses_no_slot(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class AttemptObserver:
        async def before_send(self) -> None:
            raise Broken

        def lost(self) -> None:
            raise AssertionError

        def will_retry(self) -> None:
            raise AssertionError

    def fail_signing(vendor: SchoologyVendor, method: str, url: str) -> Any:
        raise Broken

    limiter = RecordingLimiter()
    schoology = client("http://127.0.0.1:1/v1/", limiter)
    call: Call[Any] = Call("GET", "app-user-info")
    if where == "signing":
        monkeypatch.setattr(SchoologyVendor, "auth_headers", fail_signing)
    if where == "closed":
        await schoology.close()
    with pytest.raises((Broken, LmsError)):
        await schoology._transport.fetch(
            call, watch=AttemptObserver() if where == "watch" else None
        )
    await schoology.close()
    assert limiter.ends == [("unused", 0.0)]


class AnsweredOnly:
    def __init__(self, told: Callable[[], None]) -> None:
        self.answered = told


async def test_custom_limiter_needs_only_answered() -> None:
    """For such a limiter, an abandoned slot counts as answered once its request can't arrive any
    more."""
    told: list[float] = []

    class Mine(RecordingLimiter):
        async def acquire(self, **_: Any) -> Slot:  # type: ignore[override]
            return AnsweredOnly(lambda: told.append(time.monotonic()))

    limiter = Mine()
    async with (
        slow_network() as network,
        aiohttp.ClientSession() as session,
        client(network.url, limiter, session=session, timeout=0.4) as schoology,
    ):
        await schoology.app_user_info()
        assert len(told) == 1
        network.answers = False
        network.taken.clear()
        began = time.monotonic()
        asking = asyncio.create_task(schoology.app_user_info())
        await network.taken.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert len(told) == 1
        await asyncio.sleep(0.45)
        assert told[1] >= began + 0.4


async def test_429_of_a_cancelled_caller_pauses_other_calls() -> None:
    window = Window(5, per=0.1)
    async with slow_network() as network, client(network.url, window) as schoology:
        network.seconds = 0.1
        network.response = b"HTTP/1.1 429 Slow\r\nRetry-After: 20\r\nContent-Length: 0\r\n\r\n"
        asking = asyncio.create_task(schoology.app_user_info())
        await network.taken.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert window.pause_left() == 0
        async with asyncio.timeout(5):
            while not window.pause_left():  # noqa: ASYNC110 - a window sets no event
                await asyncio.sleep(0.01)
        assert 15 < window.pause_left() <= 20


async def test_close_fails_calls_that_wait_for_a_connection() -> None:
    limiter = RecordingLimiter()
    connector = aiohttp.TCPConnector(limit=1)
    async with slow_network() as network, client(network.url, limiter, connector=connector) as one:
        network.seconds = 0.1
        first = asyncio.create_task(one.app_user_info())
        await network.taken.wait()
        second = asyncio.create_task(one.app_user_info())
        await asyncio.sleep(0.01)
        await one.close()
        await first  # the caller owns this connector, so the request in flight completes
        with pytest.raises(ClientUnusable, match="closed"):
            await second
        assert limiter.ends == [("answered", 0.0), ("unused", 0.0)]
    await connector.close()
