"""A private Redis server for the tests: one that is shared, and one that a test can stop and
start."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from benchmarks.redis_server import RedisServer
from lms_async.events import Event
from lms_async.limits.shared.shared_redis import SharedRedis
from lms_async.limits.shared.window import RedisWindow

#: After a Redis start, bookings may be lost, so no request is sent for PER + TIMEOUT seconds. Both
#: are short here to keep the tests quick.
PER = TIMEOUT = 0.2

#: Runs a test with windows that have their own connections and with windows that share them.
BOTH_FORMS = pytest.mark.parametrize(
    "shares_connections", [False, True], indirect=True, ids=["alone", "shared"]
)

_numbers = itertools.count()


@pytest.fixture(scope="session")
def old_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that has been up long enough to know every booking. Shared by all tests."""
    if RedisServer.program() is None:
        pytest.skip("there is no redis-server on this machine")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()

    async def until_it_opens() -> None:
        async with RedisWindow(1, per=PER, scope="none", url=server.url, timeout=TIMEOUT) as window:
            (await window.acquire()).answered()
        # Redis tells its uptime in whole seconds: the next window may see a second less of it.
        await asyncio.sleep(1)

    try:
        asyncio.run(until_it_opens())
        yield server
    finally:
        server.kill()


@pytest.fixture
def young_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that has just started, for this test only."""
    if RedisServer.program() is None:
        pytest.skip("there is no redis-server on this machine")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def scope() -> str:
    """A scope that no other test uses."""
    return f"scope {next(_numbers)}"


@pytest.fixture
def shares_connections(request: pytest.FixtureRequest) -> bool:
    """Whether the windows of ``share`` share connections. See :data:`BOTH_FORMS`."""
    return bool(getattr(request, "param", False))


@pytest_asyncio.fixture
async def share(
    scope: str, events: list[Event], old_redis: RedisServer, shares_connections: bool
) -> AsyncIterator[Callable[..., RedisWindow]]:
    """Make windows of one scope, as several processes would, and close them after the test."""
    made: list[RedisWindow] = []
    shared: dict[str, SharedRedis] = {}

    def make(limit: int = 3, **options: Any) -> RedisWindow:
        given = {
            "per": PER,
            "scope": scope,
            "url": old_redis.url,
            "timeout": TIMEOUT,
            "events": [events.append],
            **options,
        }
        if shares_connections:
            url = given["url"]
            given["url"] = shared.get(url) or shared.setdefault(url, SharedRedis(url))
        made.append(RedisWindow(limit, **given))
        return made[-1]

    yield make
    for window in made:
        await window.close()


@pytest_asyncio.fixture
async def redis(old_redis: RedisServer) -> AsyncIterator[Any]:
    async with Redis.from_url(old_redis.url, decode_responses=True) as client:
        yield client
