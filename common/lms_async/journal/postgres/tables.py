"""The statements that read and write the rows and notes of one journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Any

import orjson
from psycopg import AsyncConnection, sql

from .. import matching
from ..entries import JournalSummary
from ..matching import Changes, Note, NotedRow

#: How many notes are read at a time.
_PAGE = 50
_COLUMNS = "tag, nth, status, id, code, at, reason"


class Tables:
    """The journal with the number ``journal`` in ``schema``."""

    def __init__(self, connection: AsyncConnection[Any], schema: str, journal: int) -> None:
        self._connection = connection
        self._schema = sql.Identifier(schema)
        self._journal = journal
        self._insert_note = self._sql(
            "INSERT INTO {schema}.note (journal, at, chunks, tags) SELECT id, %b, %b, %b "
            "FROM {schema}.journal WHERE id = %b AND lease = %b FOR SHARE"
        )

    def _sql(self, statement: str) -> sql.Composed:
        return sql.SQL(statement).format(schema=self._schema)

    async def about(self) -> dict[str, Any]:
        """Return the values about the whole journal, by name."""
        cursor = await self._connection.execute(
            self._sql("SELECT about::text FROM {schema}.journal WHERE id = %s"), [self._journal]
        )
        row = await cursor.fetchone()
        return {} if row is None else dict(orjson.loads(row[0]))

    async def set_about(self, about: dict[str, Any]) -> None:
        """Replace the values about the whole journal."""
        await self._connection.execute(
            self._sql("UPDATE {schema}.journal SET about = %s::json WHERE id = %s"),
            [orjson.dumps(about).decode(), self._journal],
        )

    async def has_rows(self) -> bool:
        """Return whether any row was noted, apart from notes."""
        cursor = await self._connection.execute(
            self._sql("SELECT 1 FROM {schema}.noted_row WHERE journal = %s LIMIT 1"),
            [self._journal],
        )
        return await cursor.fetchone() is not None

    async def add_note(self, note: Note, *, lease: int) -> bool:
        """Write a note, in one round trip.

        :param lease: the number of the lease under which it is written.
        :returns: whether it was written; ``False`` if there is a later lease.
        """
        cursor = await self._connection.execute(self._insert_note, [*note, self._journal, lease])
        return cursor.rowcount == 1

    async def notes(self) -> AsyncIterator[list[tuple[float, bytes, bytes]]]:
        """Yield the notes in the order they were written, several at a time."""
        statement = self._sql(
            "SELECT number, at, chunks, tags FROM {schema}.note "
            "WHERE journal = %s AND number > %s ORDER BY number LIMIT %s"
        )
        last = -1
        while True:
            cursor = await self._connection.execute(
                statement, [self._journal, last, _PAGE], binary=True
            )
            page = await cursor.fetchall()
            if not page:
                return
            last = page[-1][0]
            yield [tuple(row[1:]) for row in page]

    async def delete_notes(self) -> None:
        """Delete all notes."""
        await self._connection.execute(
            self._sql("DELETE FROM {schema}.note WHERE journal = %s"), [self._journal]
        )

    async def rows_of(self, keys: Iterable[bytes]) -> dict[bytes, list[NotedRow]]:
        """Return the rows whose tags begin with one of ``keys``, by key, in one round trip."""
        ranges = [matching.key_range(key) for key in set(keys)]
        if not ranges:
            return {}
        # OFFSET 0 has PostgreSQL search the index once per key. Otherwise it may read all rows of
        # the journal, since it has no statistics of rows that were inserted a moment ago.
        cursor = await self._connection.execute(
            self._sql(
                f"SELECT {_COLUMNS} FROM unnest(%s::bytea[], %s::bytea[]) AS wanted (low, high) "  # noqa: S608
                "CROSS JOIN LATERAL (SELECT * FROM {schema}.noted_row "
                "WHERE journal = %s AND tag BETWEEN low AND high OFFSET 0) AS found"
            ),
            [[low for low, _ in ranges], [high for _, high in ranges], self._journal],
            binary=True,
        )
        return matching.by_key([NotedRow(*row) for row in await cursor.fetchall()])

    async def apply(self, changes: Changes) -> None:
        """Delete and insert rows."""
        if changes.gone:
            async with self._connection.cursor() as cursor:
                await cursor.executemany(
                    self._sql(
                        "DELETE FROM {schema}.noted_row "
                        "WHERE journal = %s AND tag = %s AND nth = %s"
                    ),
                    [(self._journal, row.tag, row.nth) for row in changes.gone],
                )
        if changes.new:
            columns = [list(column) for column in zip(*map(_storable, changes.new), strict=True)]
            await self._connection.execute(
                self._sql(
                    f"INSERT INTO {{schema}}.noted_row (journal, {_COLUMNS}) "  # noqa: S608
                    "SELECT %s, * FROM unnest(%s::bytea[], %s::int[], %s::text[], %s::text[], "
                    "%s::text[], %s::float8[], %s::text[])"
                ),
                [self._journal, *columns],
            )

    async def forget_rejected(self) -> None:
        """Delete the rows that were rejected, see :func:`~..matching.tags_to_retry`."""
        cursor = await self._connection.execute(
            self._sql(
                "SELECT tag, status FROM {schema}.noted_row WHERE journal = %s AND tag IN ("
                "SELECT tag FROM {schema}.noted_row WHERE journal = %s AND status = 'rejected')"
            ),
            [self._journal, self._journal],
            binary=True,
        )
        tags = matching.tags_to_retry(await cursor.fetchall())
        await self._connection.execute(
            self._sql("DELETE FROM {schema}.noted_row WHERE journal = %s AND tag = ANY(%s)"),
            [self._journal, tags],
        )

    async def summarize(self) -> JournalSummary:
        """Return the number of rows by status, and when the journal was used, apart from notes."""
        cursor = await self._connection.execute(
            self._sql(
                "SELECT status, count(*), max(at) FROM {schema}.noted_row WHERE journal = %s "
                "GROUP BY status"
            ),
            [self._journal],
        )
        found = await cursor.fetchall()
        about = await self.about()
        begun = float(about.get("begun", 0.0))
        return JournalSummary(
            Counter({status: count for status, count, _ in found}),
            about.get("operation", ""),
            begun,
            max((at for *_, at in found), default=begun),
        )


def _storable(row: NotedRow) -> NotedRow:
    """Return ``row`` without NUL characters, which PostgreSQL can't store in a text."""
    id_, code = (text and text.replace("\0", "\ufffd") for text in (row.id, row.code))
    return row if (id_, code) == (row.id, row.code) else row._replace(id=id_, code=code)
