"""How much of a shared limit do 1 to 64 workers use, and what do they cost the database and Redis?

A worker is an asyncio task with a client, rate limits and connections of its own. Up to four
processes run them.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import attrs
import psycopg
from redis.asyncio import Redis

from lms_async.jobs import Job, Shard
from lms_async.journal.postgres import PostgresStore
from lms_async.limits.shared.windows import RedisWindows
from schoology_async import Schoology

from .picture import lines
from .queue_servers import QueueServers, queue_servers
from .queue_vendor import LATENCY, Limits, QueueVendor, Seen, differences, queue_vendor, school_rows
from .report import Found
from .server_load import connections_to, counted, processor_seconds

WORKERS = (1, 4, 16, 64)
PROCESSES = 4
SCHOOLS, SHARDS, SHARD_ROWS = 8, 8, 600
#: The limit of a school is never reached. Only the address limits the workers.
LIMITS = Limits(address=20, school=20)
TIMEOUT = 20.0


@attrs.frozen
class Share:
    """What one process runs: the shards of each of its workers."""

    shards: Sequence[Sequence[dict[str, Any]]]
    urls: Mapping[str, str]
    """The base URL of each account."""
    key: str
    secret: str
    limits_url: str
    database: str
    journal_key: bytes


@attrs.frozen
class Load:
    """What a run cost, for 1,000 rows."""

    seen: Seen
    differences: Sequence[str]
    worker_seconds: float
    """Seconds of processor time of all workers."""
    database_seconds: float
    redis_seconds: float
    transactions: float
    written_kb: float
    """Of PostgreSQL's log."""
    stored_kb: float
    """Of the journals' tables and indexes."""
    scripts: float
    """Calls of the script of the limits."""
    commands: float
    """All commands of Redis, with those inside the script."""
    connections: int
    """To PostgreSQL, at most at one time."""
    redis_connections: int


def _wait_for(all_started: Barrier) -> None:
    """Let all processes begin at the same time."""
    all_started.wait()


def _run_share(share: Share) -> float:
    """Run the workers of a process, and return its seconds of processor time."""
    began = time.process_time()
    asyncio.run(_run_workers(share))
    return time.process_time() - began


async def _run_workers(share: Share) -> None:
    async with asyncio.TaskGroup() as group:
        for shards in share.shards:
            group.create_task(_run_worker(share, shards))


async def _run_worker(share: Share, shards: Sequence[dict[str, Any]]) -> None:
    def store(name: str) -> PostgresStore:
        return PostgresStore(share.database, name, key=share.journal_key)

    per = LIMITS.per
    async with RedisWindows(share.limits_url, timeout=TIMEOUT, redis_is_new=True) as windows:
        address = windows.window(LIMITS.address, per=per, scope="address")
        for each in shards:
            shard = Shard.from_json(each)
            school = windows.window(LIMITS.school, per=per, scope=shard.account)
            async with Schoology(
                share.key,
                share.secret,
                base_url=share.urls[shard.account],
                limiter=[school, address],
                timeout=TIMEOUT,
            ) as client:
                rows = school_rows(_number(shard.account), SHARDS * SHARD_ROWS)
                report = await shard.run(client, rows, store=store)
                report.raise_for_failures()
            await school.close()


def _number(account: str) -> int:
    return int(account.removeprefix("school-"))


def measure(workers: int) -> Load:
    """Import all people with this many workers, with new servers."""
    with (
        tempfile.TemporaryDirectory(prefix="work") as name,
        queue_servers(Path(name)) as servers,
        queue_vendor(SCHOOLS, LIMITS) as vendor,
    ):
        return asyncio.run(_measure(workers, servers, vendor))


async def _measure(workers: int, servers: QueueServers, vendor: QueueVendor) -> Load:
    rows = [school_rows(number, SHARDS * SHARD_ROWS) for number in range(SCHOOLS)]
    urls = {f"school-{number}": url for number, url in enumerate(vendor.urls)}
    jobs = [
        await _planned(rows[_number(account)], account, vendor.key, vendor.secret, url)
        for account, url in urls.items()
    ]
    in_turns = [
        shard.to_json()
        for shards in zip(*(job.shards for job in jobs), strict=True)
        for shard in shards
    ]
    each = [in_turns[number::workers] for number in range(workers)]
    processes, journal_key = min(PROCESSES, workers), os.urandom(32)
    shares = [
        Share(
            each[number::processes],
            urls,
            vendor.key,
            vendor.secret,
            servers.limits.url,
            servers.database.url,
            journal_key,
        )
        for number in range(processes)
    ]
    async with (
        Redis.from_url(servers.limits.url) as redis,
        await psycopg.AsyncConnection.connect(servers.database.url, autocommit=True) as database,
    ):
        before, database_before = (
            await counted(redis, database),
            processor_seconds(servers.database),
        )
        loop = asyncio.get_running_loop()
        spawned = multiprocessing.get_context("spawn")
        all_started = spawned.Barrier(processes)
        with ProcessPoolExecutor(
            processes, spawned, initializer=_wait_for, initargs=(all_started,)
        ) as pool:
            ending = asyncio.gather(
                *(loop.run_in_executor(pool, _run_share, share) for share in shares)
            )
            connections = redis_connections = 0
            while not (await asyncio.wait({ending}, timeout=0.2))[0]:
                connections = max(connections, await connections_to(database))
                redis_connections = max(redis_connections, len(await redis.client_list()) - 1)
            spent = await ending
        after = await counted(redis, database)
    thousands = sum(map(len, rows)) / 1000
    gained = {name: (after[name] - before[name]) / thousands for name in after}
    seen = vendor.seen()
    return Load(
        seen,
        differences(seen, rows),
        sum(spent) / thousands,
        (processor_seconds(servers.database) - database_before) / thousands,
        gained["redis seconds"],
        gained["transactions"],
        gained["written"] / 1e3,
        gained["stored"] / 1e3,
        gained["scripts"],
        gained["commands"],
        connections,
        redis_connections,
    )


async def _planned(
    rows: Sequence[dict[str, str]], account: str, key: str, secret: str, url: str
) -> Job:
    async with Schoology(key, secret, base_url=url) as client:
        return await Job.plan(
            rows, "users.create_many", client=client, name=account, account=account, shards=SHARDS
        )


def main() -> None:
    loads = {workers: measure(workers) for workers in WORKERS}
    many = [load for workers, load in loads.items() if workers >= 4]

    def row(title: str, value: Any) -> list[str]:
        return [title, *(str(value(load)) for load in loads.values())]

    shares = {workers: load.seen.share_of_bound for workers, load in loads.items()}
    Found(
        "workers",
        f"One limit of {LIMITS.address} requests in {LIMITS.per:g} s, used by 1 to "
        f"{WORKERS[-1]} workers",
        ["workers", *map(str, WORKERS)],
        [
            row("people each second", lambda one: f"{_speed(one):,.0f}"),
            row("used / bound", lambda one: f"{one.seen.share_of_bound:.3f}"),
            row("answered by 429", lambda one: one.seen.refusals),
            row("connections to PostgreSQL, at most", lambda one: one.connections),
            row("connections to Redis, at most", lambda one: one.redis_connections),
            ["**for 1,000 people:**", *("" for _ in loads)],
            row("requests to the vendor", lambda one: f"{len(one.seen.arrivals) / _people():.1f}"),
            row("processor time of the workers, ms", lambda one: _ms(one.worker_seconds)),
            row("processor time of PostgreSQL, ms", lambda one: _ms(one.database_seconds)),
            row("transactions", lambda one: f"{one.transactions:.0f}"),
            row("PostgreSQL's log, KB", lambda one: f"{one.written_kb:.0f}"),
            row("journals in PostgreSQL, KB", lambda one: f"{one.stored_kb:.0f}"),
            row("processor time of Redis, ms", lambda one: _ms(one.redis_seconds)),
            row("scripts of Redis", lambda one: f"{one.scripts:.0f}"),
            row("all commands of Redis", lambda one: f"{one.commands:.0f}"),
        ],
        goals=[
            ("0 refusals", not any(load.seen.refusals for load in loads.values())),
            ("each person created once", not any(load.differences for load in loads.values())),
            (
                "from 4 workers: at least 0.95 of the bound, reached "
                f"{min(load.seen.share_of_bound for load in many):.3f}",
                all(load.seen.share_of_bound >= 0.95 for load in many),
            ),
        ],
        notes=[
            f"{SCHOOLS} schools with {SHARDS} shards of {SHARD_ROWS} people each; a worker runs "
            "one shard after the other",
            "a worker is an asyncio task with a client, limits and connections of its own; at most "
            f"{PROCESSES} processes run them, beside the servers on the same machine",
            f"a response takes {LATENCY[0] * 1e3:.0f} ± {LATENCY[1] * 1e3:.0f} ms; bound: a slot "
            "is busy from the departure of a request until one period after its response; the "
            "first and last 2 % of the requests, when not all workers have a shard, do not count",
            "the limits of a school are counted too, so each request takes a slot of two limits",
            "the cost for 1,000 people includes starting the workers' processes and PostgreSQL's "
            "connections, and what PostgreSQL does by itself",
        ],
        picture=lines(
            {"": ([float(number) for number in shares], list(shares.values()))},
            across="workers",
            up="used / bound",
            log="x",
        ),
    ).publish()


def _people() -> float:
    """Thousands of people."""
    return SCHOOLS * SHARDS * SHARD_ROWS / 1000


def _speed(load: Load) -> float:
    return _people() * 1000 / load.seen.seconds


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.0f}"


if __name__ == "__main__":
    main()
