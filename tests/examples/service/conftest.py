"""The service of the example, which all tests of a process share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.postgres_server import PostgresServer
from benchmarks.redis_server import RedisServer
from tests.examples.service.running import Service, Visitor, running


@pytest.fixture(scope="session")
def service(postgres: PostgresServer) -> Iterator[Service]:
    """The web application and a worker, with a sandbox for each school."""
    if RedisServer.program() is None:
        pytest.skip("there is no Redis on this machine")
    with running(postgres.url) as service:
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
