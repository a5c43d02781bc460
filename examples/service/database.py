"""The service's own tables: imports, and their shards for the workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import asdict, frozen
from psycopg import AsyncConnection
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS service;
CREATE TABLE IF NOT EXISTS service.import (
    id uuid PRIMARY KEY,
    school text NOT NULL,
    created_by text NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    file_name text NOT NULL,
    kind text NOT NULL,
    job jsonb,
    state text NOT NULL,
    message text NOT NULL DEFAULT '',
    steps jsonb
);
CREATE INDEX IF NOT EXISTS import_school ON service.import (school, created);
CREATE TABLE IF NOT EXISTS service.shard (
    import uuid NOT NULL REFERENCES service.import ON DELETE CASCADE,
    number integer NOT NULL,
    is_done boolean NOT NULL DEFAULT false,
    seen timestamptz,
    waits_for text NOT NULL DEFAULT '',
    PRIMARY KEY (import, number)
);
"""
#: The shards that a worker may take. Schools take turns, however many rows each of them has.
_TO_DO = """
SELECT shard.import, shard.number FROM service.shard JOIN service.import ON import.id = shard.import
WHERE import.state IN ('planning', 'started') AND NOT is_done
ORDER BY row_number() OVER (PARTITION BY school ORDER BY created, number), created LIMIT 200
"""
#: Started imports whose shards are all done, and whose results file is still to be written.
_TO_FINISH = """
SELECT id, 0 FROM service.import WHERE state = 'started' AND NOT EXISTS (
    SELECT FROM service.shard WHERE import = id AND NOT is_done)
"""
#: A worker reports every second. After so many seconds without a report, it is taken for dead.
_REPORT_SECONDS = 5


class State(StrEnum):
    """What was last decided about an import."""

    #: A worker still has to make the plan.
    PLANNING = "planning"
    #: Making the plan failed, for example because Schoology was unavailable. It may be tried again.
    UNPLANNED = "not planned"
    #: The uploaded file or the settings can't be used, or the guard refuses the plan.
    REFUSED = "refused"
    CHECKED = "checked"
    STARTED = "started"
    STOPPED = "stopped"
    FAILED = "failed"
    FINISHED = "finished"


#: A roster in these states has no plan.
WITHOUT_PLAN = (State.PLANNING, State.UNPLANNED)


@frozen
class Step:
    """How many rows, or changes of one kind and action, have which result.

    :param counts: the numbers by :class:`lms_async.Status`.
    """

    kind: str
    action: str
    counts: Mapping[str, int]


@frozen
class Import:
    """One upload.

    :param kind: its name in :class:`~.kinds.Kinds`.
    :param job: what the workers of this kind need to know, as JSON.
    :param steps: the numbers at the end; ``None`` before.
    """

    id: UUID
    school: str
    created_by: str
    created: datetime
    file_name: str
    kind: str
    job: Mapping[str, Any] | None
    state: str
    message: str = ""
    steps: list[dict[str, Any]] | None = None


@frozen
class Work:
    """A shard that a worker has taken. The number is 0 if the import is to be finished."""

    of: Import
    shard: int


class Database:
    """All SQL of imports and shards. A worker keeps a shard by an advisory lock.

    :param pool: connections in autocommit mode.
    """

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]]) -> None:
        self.pool = pool

    async def create_tables(self) -> None:
        """Create the tables that are missing."""
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(7217)")  # one process at a time
            await connection.execute(_SCHEMA)

    async def add(self, one: Import, *, shards: int) -> None:
        """Add an import that was checked.

        :param shards: the number of parts that workers may take at the same time.
        """
        async with self.pool.connection() as connection, connection.transaction():
            await connection.execute(
                "INSERT INTO service.import (id, school, created_by, file_name, kind, job, state) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [
                    *(one.id, one.school, one.created_by, one.file_name),
                    *(one.kind, Jsonb(one.job), one.state),
                ],
            )
            async with connection.cursor() as cursor:
                await cursor.executemany(
                    "INSERT INTO service.shard (import, number) VALUES (%s, %s)",
                    [(one.id, number) for number in range(1, shards + 1)],
                )

    async def of_school(self, school: str) -> list[Import]:
        """Return the imports of a school, newest first."""
        return await self._imports("WHERE school = %s ORDER BY created DESC", school)

    async def find(self, school: str, number: UUID) -> Import | None:
        """Return one import of a school; ``None`` if this school has no such import."""
        found = await self._imports("WHERE school = %s AND id = %s", school, number)
        return found[0] if found else None

    async def _imports(self, where: str, *values: object) -> list[Import]:
        async with (
            self.pool.connection() as connection,
            connection.cursor(row_factory=class_row(Import)) as cursor,
        ):
            # `where` is a constant of this file.
            await cursor.execute(f"SELECT * FROM service.import {where}".encode(), values)  # noqa: S608
            return await cursor.fetchall()

    async def change(
        self, one: Import, state: State, *, unless: Collection[State] = (), message: str = ""
    ) -> None:
        """Change the state of an import, unless it is one of ``unless``."""
        async with self.pool.connection() as connection:
            await connection.execute(
                "UPDATE service.import SET state = %s, message = %s "
                "WHERE id = %s AND state <> ALL(%s)",
                [state, message, one.id, list(unless)],
            )

    async def finish(self, one: Import, steps: list[Step]) -> None:
        """Note that all rows have their final result."""
        async with self.pool.connection() as connection:
            await connection.execute(
                "UPDATE service.import SET state = 'finished', message = '', steps = %s "
                "WHERE id = %s",
                [Jsonb([asdict(step) for step in steps]), one.id],
            )

    async def delete(self, one: Import) -> None:
        """Delete an import."""
        async with self.pool.connection() as connection:
            await connection.execute("DELETE FROM service.import WHERE id = %s", [one.id])

    async def older_than(self, hours: float) -> list[Import]:
        """Return the imports that are so many hours old."""
        return await self._imports("WHERE created < now() - %s * interval '1 hour'", hours)

    async def ids(self) -> set[UUID]:
        """Return the ids of all imports."""
        async with self.pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            return set(await (await cursor.execute("SELECT id FROM service.import")).fetchall())

    async def waits(self, one: Import) -> list[str] | None:
        """Return what the workers of an import wait for; ``None`` if no worker runs it now."""
        async with self.pool.connection() as connection:
            cursor = connection.cursor(row_factory=scalar_row)
            await cursor.execute(
                "SELECT waits_for FROM service.shard WHERE import = %s "
                "AND seen > now() - %s * interval '1 second' ORDER BY number",
                [one.id, _REPORT_SECONDS],
            )
            return await cursor.fetchall() or None

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[Work | None]:
        """Take a shard until the context ends; ``None`` if there is nothing to do.

        The lock ends with its connection, so a shard of a killed worker is free at once. If the
        connection breaks, another worker may take the shard too early. The journal then refuses it.
        """
        async with self.pool.connection() as connection:
            for query in (_TO_FINISH, _TO_DO):
                for number, shard in await (await connection.execute(query)).fetchall():
                    lock = [f"{number} {shard}"]
                    cursor = await connection.execute(
                        "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", lock
                    )
                    if (await cursor.fetchone()) != (True,):
                        continue
                    try:
                        work = await self._still_to_do(number, shard)
                        if work is not None:
                            yield work
                            return
                    finally:
                        if not connection.closed:
                            await connection.execute(
                                "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", lock
                            )
            yield None

    async def _still_to_do(self, number: UUID, shard: int) -> Work | None:
        """Return the work, unless another worker did it before it was locked."""
        found = await self._imports(
            "WHERE id = %s AND state IN ('planning', 'started') AND NOT EXISTS (SELECT "
            "FROM service.shard WHERE import = id AND number = %s AND is_done)",
            number,
            shard,
        )
        return Work(found[0], shard) if found else None

    async def report(self, one: Import, shard: int, waits_for: str) -> bool:
        """Note that a worker runs a shard. Return whether the worker should go on."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "UPDATE service.shard SET seen = now(), waits_for = %s FROM service.import "
                "WHERE import = id AND id = %s AND number = %s "
                "RETURNING state IN ('planning', 'started')",
                [waits_for, one.id, shard],
            )
            return await cursor.fetchone() == (True,)

    async def leave(self, one: Import, shard: int, *, is_done: bool) -> None:
        """Note that a worker no longer runs a shard, and whether all its rows have results."""
        async with self.pool.connection() as connection:
            await connection.execute(
                "UPDATE service.shard SET seen = NULL, is_done = %s "
                "WHERE import = %s AND number = %s",
                [is_done, one.id, shard],
            )


@asynccontextmanager
async def opened(database: str, *, connections: int) -> AsyncIterator[Database]:
    """Connect to PostgreSQL, and create the tables that are missing.

    :param connections: the largest number of connections.
    """
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        database,
        min_size=1,
        max_size=connections,
        timeout=10,
        # The next request tries again at once. Otherwise the pauses become longer and longer.
        reconnect_timeout=5,
        kwargs={"autocommit": True},
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    async with pool:
        await pool.wait()
        tables = Database(pool)
        await tables.create_tables()
        yield tables
