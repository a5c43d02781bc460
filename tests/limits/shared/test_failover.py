"""Failover to a replica and back, foreign messages, and a Redis that is known to be new."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from redis.asyncio import Redis

from benchmarks.redis_server import RedisServer
from lms_async.events import Event
from lms_async.limits.shared import window as limit_redis
from lms_async.limits.shared.connection import RedisConnection
from lms_async.limits.shared.fallback import RedisForgot
from lms_async.limits.shared.shared_redis import SharedRedis
from lms_async.limits.shared.window import RedisWindow
from lms_async.sandbox.limits import busiest
from tests.limits.shared.conftest import BOTH_FORMS, PER, TIMEOUT
from tests.limits.shared.test_window import take, until

Share = Callable[..., RedisWindow]


@pytest.fixture
def other_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server
    finally:
        server.kill()


class Switch:
    """One address that leads to one of two Redis servers, as in a failover."""

    def __init__(self, port: int) -> None:
        self.url = ""
        self._port = port
        self._pipes: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers += [to, writer]
        for source, target in ((reader, to), (there, writer)):
            self._pipes.add(asyncio.create_task(self._pipe(source, target)))

    @staticmethod
    async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError):
                while data := await source.read(65536):
                    target.write(data)
        finally:
            target.close()

    async def to(self, port: int) -> None:
        self._port = port
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)
        self._pipes.clear()
        for writer in self._writers:  # a task that is cancelled before it begins closes nothing
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        self._writers.clear()


@asynccontextmanager
async def switch(port: int) -> AsyncIterator[Switch]:
    one = Switch(port)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    yield one
    server.close()
    await one.to(port)


async def test_failover_and_return_keep_the_limit(
    share: Share,
    young_redis: RedisServer,
    other_redis: RedisServer,
    events: list[Event],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The old primary was never restarted and lacks the bookings made meanwhile."""
    monkeypatch.setattr(limit_redis, "LATE", 0.1)
    monkeypatch.setattr(limit_redis, "PATIENCE", 0.1)
    log: list[float] = []
    async with (
        switch(young_redis.port) as address,
        Redis.from_url(young_redis.url) as primary,
        Redis.from_url(other_redis.url) as replica,
    ):
        await primary.config_set("repl-diskless-sync-delay", 0)
        await replica.replicaof("127.0.0.1", young_redis.port)
        window = share(6, url=address.url, per=0.5, redis_is_new=True)
        await asyncio.gather(*(take(window, log) for _ in range(6)))
        async with asyncio.timeout(10):
            while not await replica.keys("lms:limit:*"):  # noqa: ASYNC110 - Redis sets no event
                await asyncio.sleep(0.01)
        await replica.replicaof("NO", "ONE")
        await address.to(other_redis.port)
        await until(lambda: RedisForgot in [type(event) for event in events])
        await asyncio.gather(*(take(window, log) for _ in range(6)))
        await until(lambda: not window._bookings.answered)  # the new primary has all responses
        await address.to(young_redis.port)
        await asyncio.gather(*(take(window, log) for _ in range(6)))
        await window.close()
    assert len(log) == 18
    assert busiest(log, 0.5 - 1e-3) <= 6
    assert [type(event) for event in events].count(RedisForgot) == 2


async def epochs(url: str, name: str, stored: str, known: str) -> tuple[str, bool]:
    """Return the epoch that a caller who knows ``known`` gets while ``stored`` is in Redis, and
    whether the window is closed then."""
    line = RedisConnection(SharedRedis(url), name, limit=1, per=1, lease=1, new=True)
    await line.call()
    async with Redis.from_url(url) as client:
        await client.hset(name, "epoch", stored)
    line._epoch = known
    reply = await line.call()
    line.join()
    await line.leave()
    return reply.epoch, reply.closed > reply.now


@pytest.mark.parametrize(
    ("stored", "known", "lost"),
    [
        ("7.ab.1", "", False),
        ("7.ab.1", "7.ab.1", False),
        ("7.ab.1", "6.cd.9", False),
        ("7.ab.1", "7.cd.1", True),
        ("7.ab.9", "8.cd.1", True),
        ("9.ab.9", "10.cd.1", True),
        ("ab.1", "1.cd.1", True),  # stored by an earlier version of this package
        ("ab.1", "cd.1", False),
        ("7.ab.1", "cd.1", False),
    ],
)
async def test_caller_with_a_later_epoch_treats_the_stored_one_as_lost(
    old_redis: RedisServer, scope: str, stored: str, known: str, lost: bool
) -> None:
    name = f"lms:limit:{{{scope}}}"
    epoch, closed = await epochs(old_redis.url, name, stored, known)
    assert closed == lost
    assert (epoch != stored) == lost
    if lost:
        number = int(epoch.split(".")[0])
        assert number > max(
            int(one.split(".")[0]) if one.count(".") == 2 else 0 for one in (stored, known)
        )


GARBAGE = [
    b"hello",
    b"",
    b"paused xyz",
    b"paused ",
    b"paused -1",
    b"paused 1e9",
    b"paused " + b"9" * 5000,
    b"paused 9999999999999999",  # until the year 2286
    "paused ١٢٣".encode(),
    b"\xff\xfe\x00\x80",
    b"1.2",
    b"xyz.1.{session}",
    b"1.2.{session}.3",
    b"9" * 5000 + b".1.{session}",
    b"1.1.0123456789abcdef",  # another session's id
    b"lost ",
]


@BOTH_FORMS
async def test_foreign_messages_are_ignored_and_logged_once(
    share: Share, redis: Any, caplog: pytest.LogCaptureFixture
) -> None:
    window = share(1)
    log: list[float] = []
    await take(window, log)
    session = window._session._connection._session_name
    paused = window._bookings.paused_until
    for garbage in GARBAGE:
        for channel in (window._name, f"{window._name}:{session}"):
            words = garbage.replace(b"{session}", session.encode())
            assert await redis.publish(channel, words) == 1
    one, other = asyncio.create_task(take(window, log)), asyncio.create_task(take(share(1), log))
    async with asyncio.timeout(5):
        await asyncio.gather(one, other)
    assert window._bookings.paused_until == paused
    assert session == window._session._connection._session_name  # never reopened
    assert log[1] - log[0] >= PER - 1e-3
    assert log[2] - log[1] >= PER - 1e-3
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert "did not send" in warnings[0].getMessage()
    assert "hello" not in caplog.text


async def test_redis_known_to_be_new_opens_at_once(
    share: Share, young_redis: RedisServer, events: list[Event]
) -> None:
    window = share(3, url=young_redis.url, timeout=60, redis_is_new=True)
    log: list[float] = []
    began = time.monotonic()
    await asyncio.gather(*(take(window, log) for _ in range(3)))
    # This also holds for a later window that does not know that Redis is new.
    await take(share(3, url=young_redis.url, timeout=60), log)
    assert log[3] - began < 5
    assert log[3] - log[0] >= PER
    assert events == []


@BOTH_FORMS
async def test_emptied_redis_is_not_new_to_a_window_that_knows_better(
    share: Share, young_redis: RedisServer, events: list[Event]
) -> None:
    """Redis was emptied while the window was in use."""
    window = share(1, url=young_redis.url, redis_is_new=True)
    await take(window, [])
    async with Redis.from_url(young_redis.url) as redis:
        await redis.flushall()
    waiting = asyncio.create_task(take(window, []))
    await until(lambda: events != [])
    assert isinstance(events[0], RedisForgot)
    assert events[0].seconds > TIMEOUT + PER
    waiting.cancel()
