"""The two connections to Redis that windows share."""

from __future__ import annotations

import asyncio

import pytest
from redis.exceptions import RedisError

from lms_async.limits.shared.shared_redis import SharedRedis
from tests.limits.shared.test_window import until


async def test_call_that_still_connects_leaves_no_connection_open() -> None:
    """The last window is closed while a call that nobody waits for opens a connection."""
    open_connections = 0

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_connections
        open_connections += 1
        await reader.read()
        writer.close()
        open_connections -= 1

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        redis = SharedRedis(f"redis://127.0.0.1:{port}")
        redis.join()
        call = asyncio.create_task(redis.calls.call(["key"], []))
        await asyncio.sleep(0)
        await redis.leave()
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert not {name for name in names if name.startswith("lms_async")}
        with pytest.raises((RedisError, OSError)):
            await call
        await asyncio.sleep(0.05)  # a connection that is still opened arrives
        await until(lambda: open_connections == 0)
