"""The service of the example, which all tests of a process share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.postgres_server import PostgresServer
from benchmarks.redis_server import RedisServer
from schoology_async.sandbox import SchoologySandbox
from tests.examples.service.running import Service, Visitor

SCHOOLS = ("north", "south")


@pytest.fixture(scope="session")
def service(postgres: PostgresServer) -> Iterator[Service]:
    """The web application and a worker, with a sandbox for each school."""
    if RedisServer.program() is None:
        pytest.skip("there is no Redis on this machine")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lms")))
        redis = RedisServer(folder)
        redis.start()
        stack.callback(redis.kill)
        sandboxes = {
            name: stack.enter_context(SchoologySandbox(limit=(15, 5), key=f"{name}-key"))
            for name in SCHOOLS
        }
        service = Service(folder, sandboxes, database=postgres.url, redis=redis.url)
        stack.callback(service.close)
        service.start("worker")
        service.start("web")
        yield service


@pytest.fixture(scope="session")
def north(service: Service) -> Iterator[Visitor]:
    """A person who may use the school north."""
    with service.visitor("north-office") as visitor:
        yield visitor


@pytest.fixture(scope="session")
def south(service: Service) -> Iterator[Visitor]:
    """A person who may use the school south."""
    with service.visitor("south-office") as visitor:
        yield visitor
