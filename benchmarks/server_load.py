"""What PostgreSQL and Redis count about their own work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from redis.asyncio import Redis

from .postgres_server import PostgresServer

_TICKS = os.sysconf("SC_CLK_TCK")


async def counted(redis: Redis, database: psycopg.AsyncConnection[Any]) -> dict[str, float]:
    """Return what the servers have counted since they were started."""
    commands = await redis.info("commandstats")
    processor = await redis.info("cpu")
    found = await database.execute(
        "SELECT (SELECT sum(xact_commit) FROM pg_stat_database),"
        " pg_current_wal_insert_lsn() - '0/0'::pg_lsn, pg_database_size(current_database())"
    )
    row = await found.fetchone()
    assert row is not None  # noqa: S101 - it has no WHERE
    return {
        "scripts": commands.get("cmdstat_evalsha", {"calls": 0})["calls"],
        "commands": sum(one["calls"] for one in commands.values()),
        "redis seconds": processor["used_cpu_sys"] + processor["used_cpu_user"],
        "transactions": float(row[0]),
        "written": float(row[1]),
        "stored": float(row[2]),
    }


async def connections_to(database: psycopg.AsyncConnection[Any]) -> int:
    """Return how many others are connected to PostgreSQL."""
    found = await database.execute(
        "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
    )
    row = await found.fetchone()
    return 0 if row is None else int(row[0])


def processor_seconds(server: PostgresServer) -> float:
    """Return the processor time of PostgreSQL and of its processes, also those that have ended."""
    main = server.pid
    listed = Path(f"/proc/{main}/task/{main}/children").read_text("ascii").split()
    ticks = 0
    for pid in (str(main), *listed):
        # After the name in parentheses; utime, stime, cutime and cstime are fields 14 to 17.
        try:
            fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
        except OSError:  # it has just ended
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS
