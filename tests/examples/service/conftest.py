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
from service.sample_files import ROSTER_SETTINGS, add_school
from tests.examples.service.running import Service, Visitor

#: The limits of the schools' sandboxes. The schools east and west are for rosters.
LIMITS = {"north": (15, 5.0), "south": (15, 5.0), "east": None, "west": None}


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
            name: stack.enter_context(SchoologySandbox(limit=LIMITS[name], key=f"{name}-key"))
            for name in LIMITS
        }
        for name in ("east", "west"):
            add_school(sandboxes[name])
        service = Service(folder, sandboxes, database=postgres.url, redis=redis.url)
        stack.callback(service.close)
        # The school south has no settings of a roster.
        for name in ("north", "east", "west"):
            service.demo.mappings.joinpath(f"{name}.toml").write_text(ROSTER_SETTINGS)
        service.start("worker")
        service.start("web")
        yield service


@pytest.fixture(scope="session")
def north(service: Service) -> Iterator[Visitor]:
    """A person who may use the school north."""
    with service.visitor("north-office") as visitor:
        yield visitor


@pytest.fixture(scope="session")
def east(service: Service) -> Iterator[Visitor]:
    """A person who may use the school east."""
    with service.visitor("east-office") as visitor:
        yield visitor


@pytest.fixture(scope="session")
def west(service: Service) -> Iterator[Visitor]:
    """A person who may use the school west."""
    with service.visitor("west-office") as visitor:
        yield visitor


@pytest.fixture(scope="session")
def south(service: Service) -> Iterator[Visitor]:
    """A person who may use the school south."""
    with service.visitor("south-office") as visitor:
        yield visitor
