"""Journals in PostgreSQL that were not used for some time are deleted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg_pool import AsyncConnectionPool

from benchmarks.postgres_server import PostgresServer
from lms_async import InvalidInput, Journal, JournalMissing, JournalUnusable
from lms_async.journal.postgres import PostgresStore, delete_old_journals
from tests.journal.stores.conftest import KEY
from tests.journal.stores.test_contract import bulk
from tests.journal.test_machine import School

DAY = 86_400.0
Rows = Callable[[int], list[dict[str, str]]]


@pytest.fixture
def schema(name: str) -> str:
    """A schema that no other test uses."""
    return f"old {name}"


@pytest.fixture
def make(postgres: PostgresServer, schema: str) -> Callable[[str], PostgresStore]:
    return lambda name: PostgresStore(postgres.url, name, key=KEY, schema=schema)


#: How each table says when it was written.
TIMES = {
    "journal": "UPDATE {schema}.journal SET about = (about::jsonb || jsonb_build_object('begun', "
    "%(at)s::float8))::json WHERE name = %(name)s",
    "note": "UPDATE {schema}.note SET at = %(at)s FROM {schema}.journal "
    "WHERE journal.id = note.journal AND name = %(name)s",
    "noted_row": "UPDATE {schema}.noted_row SET at = %(at)s FROM {schema}.journal "
    "WHERE journal.id = noted_row.journal AND name = %(name)s",
}


async def age(postgres: PostgresServer, store: PostgresStore, days: float, *tables: str) -> None:
    """Let what ``tables`` have of the journal be so many days old."""
    values = {"at": time.time() - days * DAY, "name": store.name}
    async with await psycopg.AsyncConnection.connect(postgres.url, autocommit=True) as connection:
        for table in tables:
            statement = sql.SQL(TIMES[table]).format(schema=sql.Identifier(store.schema))
            await connection.execute(statement, values)


async def rows_in(postgres: PostgresServer, schema: str) -> list[int]:
    async with await psycopg.AsyncConnection.connect(postgres.url) as connection:
        found = []
        for table in TIMES:
            cursor = await connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            )
            (count,) = (await cursor.fetchone()) or (0,)
            found.append(count)
        return found


async def test_only_journals_without_recent_notes_are_deleted(
    postgres: PostgresServer, make: Any, schema: str, school: School, rows: Rows
) -> None:
    old, resumed, noted, new = (make(name) for name in ("old", "resumed", "noted", "new"))
    for store in (old, resumed, noted, new):
        await bulk(school, rows(3), Journal(store))
    # The notes become rows when a journal is opened again.
    await bulk(school, rows(5), Journal(resumed))
    await age(postgres, old, 31, *TIMES)
    await age(postgres, resumed, 31, "journal", "noted_row")
    await age(postgres, noted, 31, "journal")
    async with AsyncConnectionPool(postgres.url, open=False) as pool:
        assert await delete_old_journals(pool, unused_for=30 * DAY, schema=schema) == 1
    with pytest.raises(JournalMissing):
        await old.read()
    for store, count in ((resumed, 5), (noted, 3), (new, 3)):
        assert (await Journal(store).summarize()).counts.total() == count
    await age(postgres, resumed, 31, *TIMES)
    await age(postgres, noted, 31, *TIMES)
    await age(postgres, new, 31, *TIMES)
    assert await delete_old_journals(postgres.url, unused_for=30 * DAY, schema=schema) == 3
    assert await rows_in(postgres, schema) == [0, 0, 0]


async def test_journal_that_a_run_uses_is_kept(
    postgres: PostgresServer, make: Any, schema: str, school: School, rows: Rows
) -> None:
    store = make("running")
    await bulk(school, rows(3), Journal(store))
    await age(postgres, store, 31, *TIMES)
    lease = await store.open(wait=0, restart=False)
    assert await delete_old_journals(postgres.url, unused_for=DAY, schema=schema) == 0
    await lease.close()
    assert await delete_old_journals(postgres.url, unused_for=DAY, schema=schema) == 1


async def test_schema_without_journals_is_no_error(postgres: PostgresServer, schema: str) -> None:
    assert await delete_old_journals(postgres.url, unused_for=DAY, schema=schema) == 0


async def test_errors_name_the_schema_and_no_password(schema: str) -> None:
    database = "postgresql://ada:s3cret@127.0.0.1:1/school"
    with pytest.raises(JournalUnusable, match=schema) as raised:
        await delete_old_journals(database, unused_for=DAY, schema=schema)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
async def test_age_must_be_above_zero(postgres: PostgresServer, seconds: float) -> None:
    with pytest.raises(InvalidInput, match="unused_for"):
        await delete_old_journals(postgres.url, unused_for=seconds)
