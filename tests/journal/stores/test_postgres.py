"""What only the store in PostgreSQL does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import conninfo
from psycopg_pool import AsyncConnectionPool

from benchmarks.postgres_server import PostgresServer
from lms_async import Journal, JournalFailed, JournalUnusable, Status
from lms_async.bulk.bulk import Bulk
from lms_async.errors import InvalidInput
from lms_async.journal.entries import TAG, Ended, Sent
from lms_async.journal.postgres import PostgresStore
from tests.journal.stores.conftest import KEY
from tests.journal.stores.test_contract import DONE, A, B, bulk, leased
from tests.journal.test_machine import School, batch

Rows = Callable[[int], list[dict[str, str]]]
PASSWORD = "hunter2secret"


async def sql(postgres: PostgresServer, statement: str, *values: Any) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(postgres.url, autocommit=True) as connection:
        cursor = await connection.execute(statement, values)  # type: ignore[arg-type]
        return await cursor.fetchall() if cursor.description else []


async def end_connections_of(postgres: PostgresServer, store: PostgresStore) -> None:
    """End the connection that holds the lease of ``store``, as an administrator can."""
    await sql(
        postgres,
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN lms_async.journal ON name = %s "
        "WHERE locktype = 'advisory' AND pid IN (SELECT pid FROM pg_stat_activity WHERE "
        "application_name = 'lms-async journal')",
        store.name,
    )


def test_key_is_required_and_is_never_shown(stored: PostgresStore) -> None:
    for key in (b"short", b"", "k" * 32):
        with pytest.raises(InvalidInput, match="32 bytes") as refused:
            PostgresStore("", "a", key=key)  # type: ignore[arg-type]
        assert "bytes.fromhex" in str(refused.value)
    url = f"postgresql://lms:{PASSWORD}@localhost/school"
    shown = repr(Journal(PostgresStore(url, "a", key=KEY)))
    assert PASSWORD not in shown
    assert str(KEY) not in shown


async def test_other_key_is_refused_and_nothing_is_sent(
    stored: PostgresStore, postgres: PostgresServer, school: School, rows: Rows
) -> None:
    await bulk(school, rows(2), Journal(stored))
    school.requests.clear()
    other = PostgresStore(postgres.url, stored.name, key=secrets.token_bytes(32))
    with pytest.raises(JournalUnusable, match="key belongs to another journal") as refused:
        await bulk(school, rows(2), Journal(other))
    assert "with which the journal was begun" in refused.value.hint
    with pytest.raises(JournalUnusable, match="key belongs to another journal"):
        _ = [one async for one in bulk(school, rows(2), Journal(other)).noted()]
    assert school.requests == []


@pytest.mark.parametrize(
    ("database", "why"),
    [
        (f"host=/nowhere password={PASSWORD}", "No such file"),
        (f"postgresql://lms:{PASSWORD}@127.0.0.1:1/school", "Connection refused"),
        (f"password = {PASSWORD} what", "the connection string can't be read"),
        (f"postgresql://lms:x@{PASSWORD}@host.invalid/school", "failed to resolve host"),
    ],
)
async def test_errors_of_connecting_do_not_show_the_password(database: str, why: str) -> None:
    with pytest.raises(JournalUnusable, match=why) as refused:
        await Journal(PostgresStore(database, "a", key=KEY)).summarize()
    assert PASSWORD not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


async def test_unknown_database_and_missing_rights_are_named(postgres: PostgresServer) -> None:
    other = conninfo.make_conninfo(postgres.url, dbname="another")
    with pytest.raises(JournalUnusable, match="the database does not exist"):
        await Journal(PostgresStore(other, "a", key=KEY)).summarize()
    await sql(postgres, "CREATE ROLE reader LOGIN")
    try:
        role = conninfo.make_conninfo(postgres.url, user="reader")
        with pytest.raises(JournalUnusable, match="make the role its owner"):
            await Journal(PostgresStore(role, "a", key=KEY, schema="of_nobody")).open(
                account="school", operation="create"
            )
    finally:
        await sql(postgres, "DROP ROLE reader")


async def test_progress_and_results_can_be_read_while_a_run_uses_the_journal(
    stored: PostgresStore, school: School, rows: Rows
) -> None:
    items = rows(6)
    items[1]["value"] = "bad"
    await bulk(school, items[:2], Journal(stored))
    items[0]["value"] = "changed"  # done before, and sent again now
    school.updates = True
    running = bulk(school, items, Journal(stored))
    outcomes = aiter(running)
    for _ in range(4):
        await anext(outcomes)
    with pytest.raises(JournalUnusable, match="in use"):
        await Journal(stored).open(account="school", operation="create")
    summary = await Journal(stored).summarize()
    assert summary.counts["rejected"] == 1
    assert summary.counts["done"] >= 3
    assert summary.counts.total() <= 6
    found = [one async for one in bulk(school, items, Journal(stored)).noted()]
    assert [one.status.value for one in found[:4]] == ["done", "rejected", "done", "done"]
    await running.close()


async def test_lost_connection_stops_the_bulk_and_the_next_run_resumes(
    stored: PostgresStore, postgres: PostgresServer, rows: Rows
) -> None:
    school = School()
    running = Bulk(school, rows(400), batch(school, 2), journal=Journal(stored))
    outcomes = []
    async for outcome in running:
        outcomes.append(outcome)
        if outcome.index == 20:
            await end_connections_of(postgres, stored)
    assert isinstance(running.report.stop_reason, JournalFailed)
    assert "when PostgreSQL is available" in running.report.stop_reason.hint
    assert running.report.counts[Status.SKIPPED] > 100
    for outcome in outcomes:
        if outcome.status is Status.SKIPPED:
            assert outcome.item["key"] not in school.people  # what was not noted was not sent
    found = [one async for one in bulk(school, rows(400), Journal(stored)).noted()]
    noted = {one.item["key"] for one in found if one.status is not Status.SKIPPED}
    assert set(school.people) <= noted
    report = await bulk(school, rows(400), Journal(stored))
    assert report.counts == {Status.DONE: 400}
    assert max(school.creates.values()) == 1


async def test_rows_are_unknown_if_the_journal_of_an_earlier_run_can_not_be_read(
    stored: PostgresStore, postgres: PostgresServer, school: School, rows: Rows
) -> None:
    await bulk(school, rows(4), Journal(stored))
    school.requests.clear()
    running = bulk(school, rows(6), Journal(stored))
    await running.open()
    await end_connections_of(postgres, stored)
    report = await running
    assert report.counts == {Status.UNKNOWN: 6}
    assert isinstance(report.stop_reason, JournalFailed)
    assert school.requests == []
    report = await bulk(school, rows(6), Journal(stored))
    assert report.counts == {Status.DONE: 6}


async def test_write_fails_if_another_run_has_the_lease(
    stored: PostgresStore, postgres: PostgresServer
) -> None:
    async with leased(stored) as journal:
        await journal.write([Sent(1, A)])
        # As behind a pooler that does not keep the sessions of PostgreSQL apart.
        await sql(
            postgres, "UPDATE lms_async.journal SET lease = lease + 1 WHERE name = %s", stored.name
        )
        with pytest.raises(JournalFailed, match="lost its lease"):
            await journal.write([Sent(2, B)])
    async with leased(stored) as journal:
        assert await journal.recall([B]) == [None]


async def test_chunk_takes_one_statement(
    stored: PostgresStore, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bulk(School(), rows(4), Journal(stored))
    statements: list[str] = []
    execute = psycopg.AsyncConnection.execute

    async def counting(self: Any, query: Any, *args: Any, **options: Any) -> Any:
        statements.append(str(query))
        return await execute(self, query, *args, **options)

    async with leased(stored) as journal:
        monkeypatch.setattr(psycopg.AsyncConnection, "execute", counting)
        await journal.write([Sent(1, A), Sent(2, B), Ended(1, [DONE])])
        await journal.recall([A, B])
        assert len(statements) == 2
        monkeypatch.undo()


async def test_rows_are_found_by_the_index_in_a_journal_that_has_just_grown(
    stored: PostgresStore, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[tuple[Any, Any]] = []
    execute = psycopg.AsyncConnection.execute

    async def noting(self: Any, query: Any, values: Any = None, **options: Any) -> Any:
        statements.append((query, values))
        return await execute(self, query, values, **options)

    async with leased(stored) as journal:
        await sql(
            postgres,
            "INSERT INTO lms_async.noted_row SELECT id, decode(md5(one::text), 'hex'), 1, 'done', "
            "'1', NULL, 0, NULL FROM generate_series(1, 2000) AS one, lms_async.journal "
            "WHERE name = %s",
            stored.name,
        )
        monkeypatch.setattr(psycopg.AsyncConnection, "execute", noting)
        await journal.recall([secrets.token_bytes(TAG) for _ in range(250)])
        monkeypatch.undo()
        ((query, values),) = statements
        connection = journal._session.connection
        cursor = await connection.execute("EXPLAIN " + query.as_string(connection), values)
        plan = str(await cursor.fetchall())
    assert "Index Cond: ((journal = " in plan
    assert "tag >= wanted.low" in plan.partition("Index Cond")[2]


async def test_many_first_openings_at_once_make_the_tables_once(postgres: PostgresServer) -> None:
    stores = [
        PostgresStore(postgres.url, f"at once {number}", key=KEY, schema='school "7"')
        for number in range(6)
    ]
    journals = await asyncio.gather(*(one.open(wait=0, restart=False) for one in stores))
    for number, journal in enumerate(journals):
        await journal.begin({"operation": f"call {number}"})
        await journal.write([Sent(1, A), *[Ended(1, [DONE])] * (number % 2)])
        await journal.close()
    for number, store in enumerate(stores):
        async with leased(store) as journal:
            summary = await journal.summarize()
            assert summary.counts == {"done" if number % 2 else "sent": 1}
            assert summary.operation == f"call {number}"
    assert await sql(postgres, 'SELECT version FROM "school ""7""".version') == [(1,)]


@pytest.mark.parametrize("autocommit", [False, True])
async def test_connection_of_a_pool_is_given_back_without_lock_and_settings(
    stored: PostgresStore, postgres: PostgresServer, school: School, rows: Rows, *, autocommit: bool
) -> None:
    await sql(postgres, "ALTER ROLE lms SET synchronous_commit = off")
    try:
        pool = AsyncConnectionPool(
            postgres.url, min_size=1, max_size=1, open=False, kwargs={"autocommit": autocommit}
        )
        async with pool:
            store = PostgresStore(pool, stored.name, key=KEY)
            async with leased(store) as journal:
                cursor = await journal._session.connection.execute("SHOW synchronous_commit")
                assert await cursor.fetchone() == ("on",)
            for _ in range(2):
                report = await bulk(school, rows(3), Journal(store))
                assert report.counts == {Status.DONE: 3}
                assert (await Journal(store).summarize()).counts == {"done": 3}
            async with pool.connection() as connection:
                assert connection.autocommit == autocommit
                cursor = await connection.execute("SHOW synchronous_commit")
                assert await cursor.fetchone() == ("off",)
                cursor = await connection.execute(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' "
                    "AND pid = pg_backend_pid()"
                )
                assert await cursor.fetchone() == (0,)
    finally:
        await sql(postgres, "ALTER ROLE lms RESET synchronous_commit")


async def test_database_holds_no_key_and_no_content_of_a_row(
    stored: PostgresStore, postgres: PostgresServer, school: School
) -> None:
    items = [
        {"key": f"ada{number}@school.example", "value": value}
        for number, value in enumerate(["Okafor", "bad", "Okafor"])
    ]
    await bulk(school, items, Journal(stored, job="people of Lincoln High"))
    async with leased(stored):  # converts the notes
        pass
    items.append({"key": "eve@school.example", "value": "Li"})
    await bulk(school, items, Journal(stored, job="people of Lincoln High"))
    kept = str(
        [
            await sql(postgres, "SELECT t::text FROM lms_async.journal AS t"),
            await sql(
                postgres, "SELECT t::text, encode(chunks, 'escape') FROM lms_async.note AS t"
            ),
            await sql(postgres, "SELECT t::text FROM lms_async.noted_row AS t"),
        ]
    )
    assert stored.name in kept
    for secret in ("school.example", "Okafor", "Lincoln", KEY.hex(), "eve"):
        assert secret not in kept
        assert secret.encode().hex() not in kept


async def test_damaged_notes_are_reported(stored: PostgresStore, postgres: PostgresServer) -> None:
    async with leased(stored) as journal:
        await journal.write([Sent(1, A)])
    await sql(
        postgres,
        "UPDATE lms_async.note SET tags = 'x' FROM lms_async.journal "
        "WHERE journal.id = note.journal AND name = %s",
        stored.name,
    )
    with pytest.raises(JournalUnusable, match="damaged"):
        await stored.open(wait=0, restart=False)
    with pytest.raises(JournalUnusable, match="damaged"):
        await stored.read()
    async with leased(stored, restart=True) as journal:
        assert not journal.has_rows


async def test_database_with_another_encoding_is_refused(postgres: PostgresServer) -> None:
    await sql(postgres, "CREATE DATABASE latin ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
    url = postgres.url.replace("dbname=postgres", "dbname=latin")
    with pytest.raises(JournalUnusable, match="LATIN1"):
        await PostgresStore(url, "a", key=KEY).open(wait=0, restart=False)
