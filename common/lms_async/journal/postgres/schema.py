"""Make the tables of journals in their own schema, and migrate those of earlier versions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection, sql

from ..._version import __version__
from ...errors import JournalUnusable

_VERSION_1 = """
CREATE TABLE {schema}.journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    lease bigint NOT NULL DEFAULT 1,
    about json NOT NULL DEFAULT '{{}}'
);
CREATE TABLE {schema}.note (
    journal bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    at double precision NOT NULL,
    chunks bytea NOT NULL,
    tags bytea NOT NULL,
    PRIMARY KEY (journal, number)
);
CREATE TABLE {schema}.noted_row (
    journal bigint NOT NULL,
    tag bytea NOT NULL,
    nth integer NOT NULL,
    status text NOT NULL,
    id text,
    code text,
    at double precision NOT NULL,
    reason text,
    PRIMARY KEY (journal, tag, nth)
);
"""
#: The statements that lead from each version to the next. Never change one that was released:
#: append another.
MIGRATIONS = (_VERSION_1,)


def lock_number(*names: str) -> int:
    """Return the number of the advisory lock for what ``names`` identify."""
    text = "\0".join(("lms_async", *names)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), signed=True)


async def migrate(
    connection: AsyncConnection[Any], schema: str, migrations: Sequence[str] = MIGRATIONS
) -> None:
    """Create the tables in ``schema`` if they are missing, or bring them to this version.

    :param connection: a connection with autocommit.
    :raises JournalUnusable: a later version of lms-async has migrated them.
    """
    if await _version(connection, schema) == len(migrations):
        return
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(schema)])
        version = await _version(connection, schema)  # read again: now nobody else migrates it
        if version > len(migrations):
            raise _other_version(schema, version, len(migrations))
        if not version:
            await _begin(connection, schema)
        names = {"schema": sql.Identifier(schema)}
        for statements in migrations[version:]:
            await connection.execute(sql.SQL(statements).format(**names))
        await connection.execute(
            sql.SQL("UPDATE {schema}.version SET version = %s").format(**names), [len(migrations)]
        )


async def has_tables(connection: AsyncConnection[Any], schema: str) -> bool:
    """Return whether ``schema`` has tables of journals.

    :raises JournalUnusable: another version of lms-async wrote them.
    """
    version = await _version(connection, schema)
    if version not in (0, len(MIGRATIONS)):
        raise _other_version(schema, version, len(MIGRATIONS))
    return version > 0


def _other_version(schema: str, found: int, ours: int) -> JournalUnusable:
    return JournalUnusable(
        f"the journals in the schema {schema} have version {found}; lms-async {__version__} uses "
        f"version {ours}",
        hint="use the same version of lms-async everywhere; the next import with a later version "
        "migrates older journals",
    )


async def _version(connection: AsyncConnection[Any], schema: str) -> int:
    """Return the version of the tables in ``schema``; 0 if there are none."""
    # Not to_regclass(), which does not notice a table that another session has just made.
    cursor = await connection.execute(
        "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = %s AND tablename = 'version'",
        [schema],
    )
    if await cursor.fetchone() is None:
        return 0
    cursor = await connection.execute(
        sql.SQL("SELECT version FROM {}").format(sql.Identifier(schema, "version"))
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def _begin(connection: AsyncConnection[Any], schema: str) -> None:
    # Creating a schema needs a right that is not needed if an administrator has created it.
    cursor = await connection.execute(
        "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", [schema]
    )
    names = {"schema": sql.Identifier(schema)}
    if await cursor.fetchone() is None:
        await connection.execute(sql.SQL("CREATE SCHEMA {schema}").format(**names))
    await connection.execute(
        sql.SQL(
            "CREATE TABLE IF NOT EXISTS {schema}.version (version integer NOT NULL);"
            "INSERT INTO {schema}.version VALUES (0)"
        ).format(**names)
    )
