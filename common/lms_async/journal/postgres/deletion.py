"""Delete journals that nobody needs any more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ...errors import InvalidInput
from ...uncut import to_the_end
from .schema import has_tables, lock_number
from .session import Session, connect, deleting

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

#: The condition that nothing was noted in a journal since a time.
_UNUSED = """
coalesce((about ->> 'begun')::float8, 0) < %(before)s
AND NOT EXISTS (SELECT FROM {schema}.note
    WHERE note.journal = journal.id AND note.at >= %(before)s)
AND NOT EXISTS (SELECT FROM {schema}.noted_row
    WHERE noted_row.journal = journal.id AND noted_row.at >= %(before)s)
"""


async def delete_old_journals(
    database: str | AsyncConnectionPool[Any], *, unused_for: float, schema: str = "lms_async"
) -> int:
    """Delete the journals of a schema in which no row was noted for some time.

    If an import is run again after its journal was deleted, all of its rows are sent again. So
    ``unused_for`` must be longer than the time in which imports are resumed and results are read.

    A journal that a run uses is kept. This may be called at any time, also by several processes.

    :param database: a connection string, or an open ``psycopg_pool.AsyncConnectionPool``.
    :param unused_for: seconds, e.g. ``90 * 86400``.
    :param schema: the schema of the journals, as for :class:`~.store.PostgresStore`.
    :returns: how many journals were deleted.
    :raises InvalidInput: ``unused_for`` is not above 0.
    :raises JournalUnusable: the database can't be used, or the role may not delete.
    """
    if not unused_for > 0:
        raise InvalidInput("unused_for is a number of seconds above 0")
    with deleting(schema):
        session = await connect(database)
        try:
            return await _delete(session, schema, time.time() - unused_for)
        finally:
            await to_the_end(session.end())


async def _delete(session: Session, schema: str, before: float) -> int:
    if not await has_tables(session.connection, schema):
        return 0
    unused = sql.SQL(_UNUSED).format(schema=sql.Identifier(schema))
    journals = sql.Identifier(schema, "journal")
    cursor = await session.connection.execute(
        sql.SQL("SELECT id, name FROM {} AS journal WHERE {}").format(journals, unused),
        {"before": before},
    )
    count = 0
    for number, name in await cursor.fetchall():
        async with session.connection.transaction():
            cursor = await session.connection.execute(
                "SELECT pg_try_advisory_xact_lock(%s)", [lock_number(schema, name)]
            )
            if await cursor.fetchone() != (True,):
                continue  # a run uses it
            # It may have been used since it was found.
            cursor = await session.connection.execute(
                sql.SQL("DELETE FROM {} AS journal WHERE id = %(id)s AND {}").format(
                    journals, unused
                ),
                {"id": number, "before": before},
            )
            if not cursor.rowcount:
                continue
            for table in ("note", "noted_row"):
                await session.connection.execute(
                    sql.SQL("DELETE FROM {} WHERE journal = %s").format(
                        sql.Identifier(schema, table)
                    ),
                    [number],
                )
            count += 1
    return count
