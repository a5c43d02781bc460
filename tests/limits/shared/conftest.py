"""A private Redis: real, empty, and one that can be stopped and started again."""

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
from lms_async.limits.shared.window import RedisWindow

#: A Redis that has just started may have lost what was booked, so nothing departs for
#: ``PER + lease``: short here, so that the tests need not wait for long.
PER = TIMEOUT = 0.2

_numbers = itertools.count()


@pytest.fixture(scope="session")
def old_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Up for so long that nothing can be booked that it does not know of."""
    if RedisServer.program() is None:
        pytest.skip("there is no redis-server on this machine")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()

    async def until_it_opens() -> None:
        async with RedisWindow(1, per=PER, scope="none", url=server.url, timeout=TIMEOUT) as window:
            (await window.acquire()).answered()

    try:
        asyncio.run(until_it_opens())
        yield server
    finally:
        server.kill()


@pytest.fixture
def young_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One for this test alone, which has just started."""
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
    """One that no other test has."""
    return f"scope {next(_numbers)}"


@pytest_asyncio.fixture
async def share(
    scope: str, events: list[Event], old_redis: RedisServer
) -> AsyncIterator[Callable[..., RedisWindow]]:
    """Makes windows of one scope, as several processes would, and closes them in the end."""
    made: list[RedisWindow] = []

    def make(limit: int = 3, **options: Any) -> RedisWindow:
        given = {
            "per": PER,
            "scope": scope,
            "url": old_redis.url,
            "timeout": TIMEOUT,
            "events": [events.append],
        }
        made.append(RedisWindow(limit, **{**given, **options}))
        return made[-1]

    yield make
    for window in made:
        await window.close()


@pytest_asyncio.fixture
async def redis(old_redis: RedisServer) -> AsyncIterator[Any]:
    async with Redis.from_url(old_redis.url, decode_responses=True) as client:
        yield client
