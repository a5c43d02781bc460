"""The service while PostgreSQL is away. Only "make chaos" runs this, because it takes a minute."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from benchmarks.postgres_server import PostgresServer
from service.demo import sample_people
from tests.examples.service.running import running

PEOPLE = 1_500
REJECTED = 6


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server that no other test uses."""
    with TemporaryDirectory(prefix="pg") as folder:
        server = PostgresServer(Path(folder))
        server.make()
        server.start()
        yield server
        server.stop()


@pytest.mark.skipif(settings.get_current_profile_name() != "chaos", reason="takes a minute")
def test_import_goes_on_when_the_database_is_back(own_postgres: PostgresServer) -> None:
    with running(own_postgres.url) as service, service.visitor("north-office") as north:
        url = north.uploaded("north", sample_people(PEOPLE))
        north.press(f"{url}/start")
        sandbox = service.sandboxes["north"]
        end = time.monotonic() + 200
        while not len(sandbox.log) and time.monotonic() < end:
            time.sleep(0.05)
        own_postgres.kill()
        assert north.get(url).status_code == 503
        own_postgres.start()
        while "Finished." not in (page := north.get(url)).text and time.monotonic() < end:
            if "Interrupted." in page.text:
                north.press(f"{url}/start")
            time.sleep(0.2)
        assert page.status_code == 200
        uids = [user.school_uid for user in sandbox.school.users.values() if user.school_uid]
        created = Counter(uid for uid in uids if uid.startswith("S0"))
        assert len(created) == created.total() == PEOPLE - REJECTED
        assert sandbox.refusals == 0
