"""Starting and stopping a sandbox."""

from __future__ import annotations

import asyncio
import gc
import socket

import pytest

from schoology_async.sandbox import SchoologySandbox


@pytest.mark.parametrize("turns", range(5))
async def test_close_also_closes_a_connection_that_is_being_accepted(turns: int) -> None:
    sandbox = SchoologySandbox()
    await sandbox.start()
    with socket.create_connection(("127.0.0.1", sandbox.port)):
        for _ in range(turns):  # asyncio needs several turns of its event loop to accept
            await asyncio.sleep(0)
        await sandbox.close()
        await asyncio.sleep(0.01)
    gc.collect()  # an unclosed connection would be reported now
