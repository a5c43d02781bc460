from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from benchmarks.postgres_server import PostgresServer
from lms_async import RetryPolicy, Window
from lms_async.events import Event
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.personal_data import log_lines

__all__ = ["log_lines"]

# Hypothesis does not judge times, which depend on what else the machine does. Each run of the tests
# has the same examples; "make chaos" looks for new ones.
settings.register_profile(
    "tests", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile(
    "chaos", settings.get_profile("tests"), max_examples=1000, derandomize=False
)
settings.load_profile("tests")

#: Retries that do not slow the tests down.
QUICK = RetryPolicy(base=0.005, cap=0.02)


def people(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Rows that Schoology accepts."""
    return [
        {
            "school_uid": f"S{number:05}",
            "name_first": "Ada",
            "name_last": f"Okafor-{number}",
            "role_id": 1214,
            "primary_email": f"ada{number}@school.example",
        }
        for number in range(start, start + count)
    ]


@pytest.fixture(autouse=True)
def fail_on_asyncio_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test after which asyncio has logged an error, such as a task's unretrieved
    exception."""
    yield
    records = [one for when in ("setup", "call", "teardown") for one in caplog.get_records(when)]
    left = [one for one in records if one.name == "asyncio" and one.levelno >= logging.ERROR]
    assert [one.getMessage() for one in left] == []


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest_asyncio.fixture
async def connect(
    schoology_sandbox: SchoologySandbox, events: list[Event]
) -> AsyncIterator[Callable[..., Schoology]]:
    """Return a function that makes clients of the sandbox. They are closed after the test."""
    made: list[Schoology] = []

    def make(**options: Any) -> Schoology:
        given: dict[str, Any] = {
            "key": schoology_sandbox.key,
            "secret": schoology_sandbox.secret,
            "base_url": schoology_sandbox.base_url,
            "limiter": Window(1000, per=0.01),
            "retry": QUICK,
            "timeout": 5.0,
            "events": [events.append],
        }
        made.append(Schoology(**{**given, **options}))
        return made[-1]

    yield make
    for client in made:
        await client.close()


@pytest.fixture
def schoology(connect: Callable[..., Schoology]) -> Schoology:
    return connect()


@pytest_asyncio.fixture
async def managebac(
    managebac_sandbox: ManageBacSandbox, events: list[Event]
) -> AsyncIterator[ManageBac]:
    async with ManageBac(
        managebac_sandbox.token,
        base_url=managebac_sandbox.base_url,
        limiter=Window(1000, per=0.01),
        retry=QUICK,
        timeout=5.0,
        events=[events.append],
    ) as client:
        yield client


@pytest_asyncio.fixture
async def managebac_v1(
    managebac_sandbox: ManageBacSandbox, events: list[Event]
) -> AsyncIterator[ManageBacV1]:
    async with ManageBacV1(
        "school",
        managebac_sandbox.v1_token,
        base_url=managebac_sandbox.v1_base_url,
        limiter=Window(1000, per=0.01),
        retry=QUICK,
        timeout=5.0,
        events=[events.append],
    ) as client:
        yield client


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that is shared by all tests. It does not wait for the disk."""
    if PostgresServer.program() is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with TemporaryDirectory(prefix="pg") as folder:  # shorter than pytest's folders
        server = PostgresServer(Path(folder))
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()
