"""A connection to PostgreSQL, and what its errors mean."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ...errors import JournalFailed, JournalUnusable

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

#: Seconds after which a server that does not respond counts as unreachable.
TIMEOUT = 30
#: Seconds without a sign of the other side after which a connection ends, and the lease with it.
_IDLE, _INTERVAL, _COUNT = 15, 5, 3
#: The longest wait for a lock that PostgreSQL can count, in milliseconds.
_LONGEST = 2.0**31 - 1
#: Settings of libpq, unless the connection string has its own.
_CLIENT = {
    "application_name": "lms-async journal",
    "connect_timeout": TIMEOUT,
    "keepalives_idle": _IDLE,
    "keepalives_interval": _INTERVAL,
    "keepalives_count": _COUNT,
    "tcp_user_timeout": TIMEOUT * 1000,
}
#: Settings of the server for a session. With ``synchronous_commit=off``, a server that crashes
#: could lose notes of rows that were already sent. Stronger values than ``on`` are kept. A session
#: may be idle for long, if the vendor's rate limit is low.
_SERVER = f"""
SELECT set_config('tcp_keepalives_idle', '{_IDLE}', false),
       set_config('tcp_keepalives_interval', '{_INTERVAL}', false),
       set_config('tcp_keepalives_count', '{_COUNT}', false),
       set_config('idle_session_timeout', '0', false),
       set_config('synchronous_commit',
           CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
           ELSE current_setting('synchronous_commit') END, false),
       current_setting('server_encoding')
"""
_RESET = """
RESET tcp_keepalives_idle; RESET tcp_keepalives_interval; RESET tcp_keepalives_count;
RESET idle_session_timeout; RESET synchronous_commit
"""
#: Parts of libpq's messages that are repeated. The messages as a whole may contain a password, if
#: the connection string is malformed.
_KNOWN = (
    "password authentication failed",
    "no password supplied",
    "Connection refused",
    "No such file or directory",
    "failed to resolve host",
    "timeout expired",
    "the database system is starting up",
    "the database system is shutting down",
    "too many clients",
    "server closed the connection unexpectedly",
    "the connection is lost",
    "the connection is closed",
    "certificate verify failed",
    "the connection string can't be read",
)
#: The message of a server that has no database of this name, which is not repeated.
_NO_DATABASE = re.compile('database ".*" does not exist')


class Session:
    """A connection in autocommit mode, either its own or one of ``pool``."""

    def __init__(
        self, connection: psycopg.AsyncConnection[Any], pool: AsyncConnectionPool[Any] | None
    ) -> None:
        self.connection = connection
        self._pool = pool
        self._locks: list[int] = []
        self._was_autocommit = connection.autocommit
        self.encoding = ""

    async def prepare(self) -> None:
        """Set what the server has to know about the session."""
        await self.connection.set_autocommit(True)
        cursor = await self.connection.execute(_SERVER)
        row = await cursor.fetchone()
        self.encoding = "" if row is None else row[-1]

    async def lock(self, number: int, *, wait: float) -> bool:
        """Take the advisory lock ``number`` until :meth:`end`, or until the connection ends.

        :param wait: how many seconds to wait while another session has it.
        :returns: whether this session has it now.
        """
        try:
            async with self.connection.transaction():
                milliseconds = min(max(1.0, wait * 1000), _LONGEST)
                await self.connection.execute(
                    "SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds:.0f}ms"]
                )
                # This lock belongs to the session, not to the transaction.
                await self.connection.execute("SELECT pg_advisory_lock(%s)", [number])
        except psycopg.errors.LockNotAvailable:
            return False
        self._locks.append(number)
        return True

    async def end(self) -> None:
        """Close the connection, or give it back to its pool without locks and settings."""
        if self._pool is None:
            await self.connection.close()
            return
        try:
            async with asyncio.timeout(TIMEOUT):
                await self.connection.rollback()
                for number in self._locks:
                    await self.connection.execute("SELECT pg_advisory_unlock(%s)", [number])
                await self.connection.execute(_RESET)
                await self.connection.set_autocommit(self._was_autocommit)
        except (psycopg.Error, TimeoutError):
            await self.connection.close()
        finally:
            await self._pool.putconn(self.connection)


async def connect(database: str | AsyncConnectionPool[Any]) -> Session:
    """Connect to ``database``, a connection string or a pool.

    :raises psycopg.Error, TimeoutError: the server can't be reached, or refuses.
    """
    if isinstance(database, str):
        options: dict[str, Any] = {**_CLIENT, **_settings(database)}
        session = Session(await psycopg.AsyncConnection.connect(**options), None)
    else:
        session = Session(await database.getconn(timeout=TIMEOUT), database)
    try:
        async with asyncio.timeout(TIMEOUT):
            await session.prepare()
    except BaseException:
        with suppress(psycopg.Error):
            await session.end()
        raise
    return session


def _settings(database: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(database))
    except psycopg.ProgrammingError:
        raise psycopg.OperationalError("the connection string can't be read") from None


@contextmanager
def opening(name: str) -> Iterator[None]:
    """Raise JournalUnusable if the database refuses what the block does."""
    with _translated(
        JournalUnusable,
        f"the journal {name} can't be opened in PostgreSQL",
        "check the connection string, and that the server runs",
    ):
        yield


@contextmanager
def running(name: str) -> Iterator[None]:
    """Raise JournalFailed if the database refuses what the block does."""
    with _translated(
        JournalFailed,
        f"the journal {name} can't be used any more",
        "rows that could not be noted were not sent; run it again when PostgreSQL is available",
    ):
        yield


@contextmanager
def deleting(schema: str) -> Iterator[None]:
    """Raise JournalUnusable if the database refuses to delete journals of ``schema``."""
    with _translated(
        JournalUnusable,
        f"the old journals in the schema {schema} can't be deleted from PostgreSQL",
        "check the connection string, and that the server runs",
    ):
        yield


@contextmanager
def _translated(
    kind: type[JournalFailed] | type[JournalUnusable], what: str, hint: str
) -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, TimeoutError) as error:
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            hint = (
                "create the schema and make the role its owner; to read only, it needs the right "
                "to use the schema and to select from its tables"
            )
        # The original error is hidden, since its message may contain secrets or data.
        raise kind(f"{what}: {_why(error)}", hint=hint) from None


def _why(error: Exception) -> str:
    """Return the cause without the parts of the message that may be secret."""
    text = str(error)
    known = next((one for one in _KNOWN if one in text), "")
    if known:
        return known
    if _NO_DATABASE.search(text):
        return "the database does not exist"
    name = type(error).__name__
    if isinstance(error, TimeoutError):
        return f"it did not respond within {TIMEOUT} seconds"
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return f"{name}, SQLSTATE {error.sqlstate}"
    return name
