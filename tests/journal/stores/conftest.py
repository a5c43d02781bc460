"""Stores of both kinds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.postgres_server import PostgresServer
from lms_async.journal.file_store import FileStore
from lms_async.journal.postgres import PostgresStore
from lms_async.journal.store import JournalStore
from tests.journal.test_machine import School

KEY = bytes(range(32))
_numbers = itertools.count()


@pytest.fixture
def name() -> str:
    """The name of a journal that no other test uses."""
    return f"journal {next(_numbers)}"


@pytest.fixture
def stored(postgres: PostgresServer, name: str) -> PostgresStore:
    return PostgresStore(postgres.url, name, key=KEY)


@pytest.fixture(params=["file", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> JournalStore:
    """The same journal, in each kind of store."""
    if request.param == "file":
        return FileStore(tmp_path / "import.db")
    made: PostgresStore = request.getfixturevalue("stored")
    return made


@pytest.fixture
def school() -> School:
    return School()


@pytest.fixture
def rows() -> Callable[[int], list[dict[str, str]]]:
    return lambda count: [{"key": f"k{number}", "value": f"v{number}"} for number in range(count)]
