"""Stores of the journals of shards, of both kinds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.postgres_server import PostgresServer
from lms_async.jobs import Job, Stores
from lms_async.journal.file_store import FileStore
from lms_async.journal.postgres import PostgresStore
from lms_async.journal.store import JournalStore
from schoology_async import Schoology

KEY = bytes(range(32))
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    """The name of a job that no other test uses."""
    return f"job {next(_numbers)}"


@pytest.fixture
def in_postgres(postgres: PostgresServer) -> Stores:
    return lambda name: PostgresStore(postgres.url, name, key=KEY)


@pytest.fixture(params=["file", "postgres"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Stores:
    """The stores of journals, of each kind."""

    def in_files(name: str) -> JournalStore:
        path = tmp_path / f"{name}.db"
        path.parent.mkdir(exist_ok=True)
        return FileStore(path)

    if request.param == "file":
        return in_files
    made: Stores = request.getfixturevalue("in_postgres")
    return made


@pytest.fixture
def plan(schoology: Schoology, name: str) -> Callable[..., Any]:
    """Plan a job of new users."""

    async def planned(rows: Any, shards: int = 3, **options: Any) -> Job:
        given = {"client": schoology, "name": name, "account": "north", "shards": shards}
        return await Job.plan(rows, "users.create_many", **{**given, **options})

    return planned
