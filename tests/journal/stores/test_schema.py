"""The tables in PostgreSQL: each version can be opened, and a later version is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg
import pytest

from benchmarks.postgres_server import PostgresServer
from lms_async import Journal, JournalUnusable
from lms_async.journal.postgres import PostgresStore, schema
from lms_async.journal.postgres.schema import MIGRATIONS, migrate
from tests.journal.stores.conftest import KEY
from tests.journal.stores.test_contract import B, leased, tag
from tests.journal.stores.test_postgres import sql

#: Tables as version 1 wrote them, with a journal "people" that has one done row and one note.
VERSION_1 = (Path(__file__).parent / "version_1.sql").read_text()
NEXT = "ALTER TABLE {schema}.note ADD COLUMN size integer"


async def load(postgres: PostgresServer, name: str) -> PostgresStore:
    for statement in VERSION_1.replace("lms_async.", f"{name}.").split(";\n"):
        await sql(postgres, statement.replace("SCHEMA lms_async", f"SCHEMA {name}"))
    return PostgresStore(postgres.url, "people", key=KEY, schema=name)


async def test_journal_of_version_1_can_be_continued(postgres: PostgresServer) -> None:
    store = await load(postgres, "kept")
    async with leased(store) as journal:
        assert await journal.other({"operation": "create"}) is None
        done, sent = await journal.recall([tag("l", "a"), B])
        assert done is not None
        assert done.id == "7"
        assert sent is not None
        assert sent.status is None
    assert await sql(postgres, "SELECT version FROM kept.version") == [(len(MIGRATIONS),)]


async def test_new_tables_have_the_columns_of_migrated_ones(postgres: PostgresServer) -> None:
    async with leased(await load(postgres, "old")):
        pass
    async with leased(PostgresStore(postgres.url, "a", key=KEY, schema="new")):
        pass
    columns = (
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = %s ORDER BY 1, 2"
    )
    assert await sql(postgres, columns, "old") == await sql(postgres, columns, "new")


async def test_migrations_run_once_and_keep_the_rows(postgres: PostgresServer) -> None:
    store = await load(postgres, "older")

    async def migrated() -> None:
        async with await psycopg.AsyncConnection.connect(postgres.url, autocommit=True) as one:
            await migrate(one, "older", (*MIGRATIONS, NEXT))

    await asyncio.gather(*(migrated() for _ in range(4)))
    assert await sql(postgres, "SELECT version FROM older.version") == [(len(MIGRATIONS) + 1,)]
    assert await sql(postgres, "SELECT size FROM older.note") == [(None,)]
    for refused in (store.open(wait=0, restart=True), store.read(), Journal(store).summarize()):
        with pytest.raises(JournalUnusable) as newer:
            await refused
        ours = f"uses version {len(MIGRATIONS)}"
        assert f"version {len(MIGRATIONS) + 1}" in str(newer.value)
        assert ours in str(newer.value)


async def test_failed_migration_changes_nothing(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await load(postgres, "failing")
    monkeypatch.setattr(schema.migrate, "__defaults__", ((*MIGRATIONS, NEXT + "; SELECT 1 / 0"),))
    with pytest.raises(JournalUnusable, match="DivisionByZero"):
        await store.open(wait=0, restart=False)
    monkeypatch.undo()
    async with leased(store) as journal:
        assert journal.has_rows


async def test_schema_of_an_administrator_needs_no_right_to_make_schemas(
    postgres: PostgresServer,
) -> None:
    await sql(postgres, "CREATE ROLE worker LOGIN")
    await sql(postgres, "CREATE SCHEMA given AUTHORIZATION worker")
    url = postgres.url.replace("user=lms", "user=worker")
    async with leased(PostgresStore(url, "a", key=KEY, schema="given")) as journal:
        assert not journal.has_rows
    with pytest.raises(JournalUnusable, match="InsufficientPrivilege"):
        await PostgresStore(url, "a", key=KEY, schema="not_given").open(wait=0, restart=False)
