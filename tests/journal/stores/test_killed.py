"""Workers and the PostgreSQL server are killed; every row is created once and reported right."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.postgres_server import PostgresServer
from lms_async.journal.postgres import PostgresStore
from tests.journal.killing import run
from tests.journal.stores.conftest import KEY

# `make chaos` kills more often.
ROWS, KILLS, SERVER_KILLS = 1000, 6, 1


@pytest.mark.timeout(300)
async def test_killed_workers_and_server_lose_and_repeat_nothing() -> None:
    if PostgresServer.program() is None:
        pytest.skip("there is no PostgreSQL on this machine")
    seed = int(os.environ.get("SEED") or int.from_bytes(os.urandom(3)))
    print(f"seed {seed}")  # to repeat this run, set SEED
    with TemporaryDirectory(prefix="kill") as folder:
        server = PostgresServer(Path(folder), durable=True)
        server.make()
        server.start()
        try:
            ended = await run(
                rows=ROWS,
                kills=KILLS,
                seed=seed,
                store=PostgresStore(server.url, "people", key=KEY),
                server=server,
                server_kills=SERVER_KILLS,
            )
        finally:
            server.stop()
    assert (ended.kills, ended.server_kills) == (KILLS, SERVER_KILLS)
    assert not ended.misreported, seed
    assert ended.counts == {"done": ROWS}, seed
    assert Counter(ended.creates.values()) == {1: ROWS}, seed
