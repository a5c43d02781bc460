"""The store of journals in PostgreSQL: how a journal is opened there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from psycopg import sql

from ...errors import InvalidInput, JournalMissing, JournalUnusable
from ...uncut import to_the_end
from ..store import Wording
from .lease import PostgresJournal, PostgresReader
from .schema import has_tables, lock_number, migrate
from .session import Session, connect, opening
from .tables import Tables

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

#: Bytes of a key.
_KEY = 32
#: Seconds to wait for another run even without ``wait``: PostgreSQL needs a moment to notice that a
#: process has ended.
_SHORT_WAIT = 0.3


def _check_key(_store: object, _field: object, key: bytes) -> None:
    if not isinstance(key, bytes) or len(key) != _KEY:
        raise InvalidInput(
            f"the key of a journal must be {_KEY} bytes",
            hint="if it is stored as 64 hexadecimal digits, give bytes.fromhex(digits)",
        )


@attrs.frozen
class PostgresStore:
    """Keep the journal ``name`` in PostgreSQL 14 or later, for workers on any host.

    ::

        store = PostgresStore(os.environ["DATABASE_URL"], "school 7, people", key=key)
        report = await client.users.create_many(rows, journal=Journal(store))

    A schema can have any number of journals. The schema and its tables are created if they are
    missing, and tables of earlier versions are migrated. While a run uses a journal, its connection
    holds an advisory lock, which ends with the connection. So connect to PostgreSQL directly, or
    through a pooler in session mode. On Windows, asyncio needs the selector event loop.

    The database has no names, no email addresses and no rows. It has the vendor's ids of records.

    :param database: a connection string, or an open ``psycopg_pool.AsyncConnectionPool``. A run
        takes one connection until its end.
    :param name: the name of the journal. It is stored as it is, and is part of error messages.
    :param key: 32 random bytes for the hashes of rows. Use the same key in each run, and keep it in
        your secret store. With the database and the key, a known row can be looked up in the
        journal.
    :param schema: the name of the schema.
    :raises InvalidInput: the key does not have 32 bytes.
    """

    database: str | AsyncConnectionPool[Any] = attrs.field(repr=False)
    name: str
    key: bytes = attrs.field(repr=False, kw_only=True, validator=_check_key)
    schema: str = attrs.field(default="lms_async", kw_only=True)

    @property
    def wording(self) -> Wording:
        """See :class:`~lms_async.journal.store.JournalStore`."""
        return Wording(
            journal=self.name,
            key="the key",
            right_key="give the key with which the journal was begun",
            another="give the journal or the job another name",
        )

    async def open(self, *, wait: float, restart: bool) -> PostgresJournal:
        """Open the journal for one run, and create it if it does not exist.

        :param wait: how many seconds to wait while another run uses it.
        :param restart: delete its contents first.
        :raises JournalUnusable: it is in use, the database can't be used, or a later version of
            lms-async has migrated it.
        """
        with opening(self.name):
            session = await connect(self.database)
            try:
                return await self._open(session, wait=wait, restart=restart)
            except BaseException:
                await to_the_end(session.end())
                raise

    async def _open(self, session: Session, *, wait: float, restart: bool) -> PostgresJournal:
        if session.encoding != "UTF8":
            raise JournalUnusable(
                f"the database of the journal {self.name} has the encoding {session.encoding}",
                hint="use a database with the encoding UTF8",
            )
        await migrate(session.connection, self.schema)
        lock = lock_number(self.schema, self.name)
        if not await session.lock(lock, wait=max(wait, _SHORT_WAIT)):
            raise JournalUnusable(
                f"the journal {self.name} is in use by another import",
                hint="wait until it has finished; two imports at once would send rows twice",
            )
        async with session.connection.transaction():
            cursor = await session.connection.execute(
                self._sql(
                    "INSERT INTO {schema}.journal (name) VALUES (%s) ON CONFLICT (name) "
                    "DO UPDATE SET lease = journal.lease + 1 RETURNING id, lease"
                ),
                [self.name],
            )
            row = await cursor.fetchone()
            assert row is not None  # noqa: S101 - an upsert returns its row
            number, lease = row
            if restart:
                for table in ("note", "noted_row"):
                    await session.connection.execute(
                        sql.SQL("DELETE FROM {} WHERE journal = %s").format(
                            sql.Identifier(self.schema, table)
                        ),
                        [number],
                    )
                await session.connection.execute(
                    self._sql("UPDATE {schema}.journal SET about = '{{}}' WHERE id = %s"), [number]
                )
        tables = Tables(session.connection, self.schema, number)
        journal = PostgresJournal(session, tables, self.name, self.key, lease=lease)
        await journal.convert_notes()
        return journal

    async def read(self) -> PostgresReader:
        """Open the journal for reading, also while a run uses it. It then has the state of now.

        This needs no right to write, and works on a standby server.

        :raises JournalMissing: there is no such journal.
        :raises JournalUnusable: the database can't be used.
        """
        with opening(self.name):
            session = await connect(self.database)
            try:
                return await self._read(session)
            except BaseException:
                await to_the_end(session.end())
                raise

    async def _read(self, session: Session) -> PostgresReader:
        execute = session.connection.execute
        row = None
        if await has_tables(session.connection, self.schema):
            # Until the session ends, all statements see the state of this moment.
            await execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor = await execute(
                self._sql("SELECT id FROM {schema}.journal WHERE name = %s"), [self.name]
            )
            row = await cursor.fetchone()
        if row is None:
            raise JournalMissing(f"there is no journal {self.name}")
        tables = Tables(session.connection, self.schema, row[0])
        journal = PostgresReader(session, tables, self.name, self.key)
        await journal.read_notes()
        return journal

    def _sql(self, statement: str) -> sql.Composed:
        return sql.SQL(statement).format(schema=sql.Identifier(self.schema))
