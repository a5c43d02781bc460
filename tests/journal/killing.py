"""Kill an import at random moments until it is complete.

The import runs in its own process against the sandbox in this one. It is killed with SIGKILL after
a random time, or within a commit of its journal, and then run again with its journal. With
PostgreSQL, the server is killed too, while an import runs.

    python -m tests.journal.killing --kills 500
    python -m tests.journal.killing --kills 40 --server-kills 5
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
import threading
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

from benchmarks.postgres_server import PostgresServer
from lms_async import Journal, LmsError, RetryPolicy, Window
from lms_async.journal.file_store import FileStore
from lms_async.journal.postgres import PostgresStore
from lms_async.journal.postgres.tables import Tables
from lms_async.journal.store import JournalStore
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

#: The longest life of an import before it is killed, with a file and with PostgreSQL, and the
#: period of its rate limit, in seconds.
LIFE, POSTGRES_LIFE, PACE = 0.2, 0.4, 0.07


@attrs.frozen
class Task:
    """What the killed process does."""

    rows: int
    store: JournalStore
    key: str
    secret: str
    base_url: str
    #: Seconds from the start of a commit to the kill, or ``None`` to kill at a random time.
    in_commit: float | None


@attrs.define
class Result:
    """What the test saw."""

    kills: int = 0
    server_kills: int = 0
    in_commits: int = 0
    #: Rows that were reported as done and not created, or as skipped and created.
    misreported: int = 0
    lives: int = 0
    counts: Counter[str] = attrs.field(factory=Counter)
    creates: Counter[str] = attrs.field(factory=Counter)
    faults: int = 0
    requests: int = 0


def work(task: Task, told: Connection) -> None:
    """Run the import in the process that is killed."""
    if task.in_commit is not None:
        _kill_in_commit(task.in_commit)
    told.send("begun")
    try:
        told.send(asyncio.run(_import(task)))
    except LmsError:  # the journal could not be opened
        told.send({})


async def _import(task: Task) -> dict[str, str]:
    """Return the status of each row by its key."""
    async with Schoology(
        task.key,
        task.secret,
        base_url=task.base_url,
        limiter=Window(2, per=PACE),
        retry=RetryPolicy(base=0.005, cap=0.02),
        timeout=10.0,
    ) as schoology:
        bulk = schoology.users.create_many(
            people(task.rows), journal=Journal(task.store, job="people", wait=5.0)
        )
        return {one.item["school_uid"]: str(one.status) async for one in bulk}


def _kill_in_commit(after: float) -> None:
    """Have this process killed ``after`` seconds from when the fourth note of its journal is
    written."""
    notes = 0

    def noting() -> None:
        nonlocal notes
        notes += 1
        if notes == 4:
            if after:
                threading.Timer(after, os.kill, (os.getpid(), signal.SIGKILL)).start()
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    def traced(statement: str) -> None:
        if statement.startswith("INSERT INTO note"):
            noting()

    connect = sqlite3.connect

    def connect_traced(*args: Any, **options: Any) -> sqlite3.Connection:
        database = connect(*args, **options)
        database.set_trace_callback(traced)
        return database

    sqlite3.connect = connect_traced  # type: ignore[assignment]
    add_note = Tables.add_note

    async def traced_note(self: Tables, note: Any, *, lease: int) -> bool:
        noting()
        return await add_note(self, note, lease=lease)

    Tables.add_note = traced_note  # type: ignore[method-assign]


async def run(
    *,
    rows: int,
    kills: int,
    seed: int,
    store: JournalStore,
    server: PostgresServer | None = None,
    server_kills: int = 0,
) -> Result:
    """Kill an import of ``rows`` people ``kills`` times, then let it finish.

    :param server: is killed ``server_kills`` times too.
    """
    dice = random.Random(seed)
    ended = Result()
    life = LIFE if server is None else POSTGRES_LIFE
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.conftest", "lms_async.journal.postgres"])
    async with SchoologySandbox(latency=(0.03, 0.025)) as sandbox:
        sandbox.faults.add(Fault.cut(after=True, method="POST", path="users", share=0.05))
        while True:
            last = ended.kills >= kills and ended.server_kills >= server_kills
            # The kills of the server are spread over those of the import.
            kills_server = ended.server_kills * kills < ended.kills * server_kills
            # Every third import is killed in a commit.
            in_commit = None
            if not (last or kills_server or ended.lives % 3):
                in_commit = dice.choice((0.0, 0.001, 0.003))
            task = Task(rows, store, sandbox.key, sandbox.secret, sandbox.base_url, in_commit)
            ours, theirs = processes.Pipe()
            process = processes.Process(target=work, args=(task, theirs), daemon=True)
            await asyncio.to_thread(process.start)
            theirs.close()
            ended.lives += 1
            await asyncio.to_thread(ours.recv)
            if kills_server and server is not None:
                await asyncio.sleep(dice.uniform(0, life))
                await asyncio.to_thread(server.kill)
                ended.server_kills += 1
            elif not last:
                await asyncio.to_thread(process.join, dice.uniform(0, life))
                process.kill()
            reported = await asyncio.to_thread(_received, ours)
            await asyncio.to_thread(process.join)
            ours.close()
            if server is not None and kills_server:
                await asyncio.to_thread(server.start)
            if process.exitcode == -signal.SIGKILL:
                ended.kills += 1
                ended.in_commits += in_commit is not None
            created = sandbox.school.creates
            ended.misreported += sum(
                (status == "done" and not created[key]) or (status == "skipped" and created[key])
                for key, status in reported.items()
            )
            if last:
                ended.counts = Counter(reported.values())
                break
        ended.creates = Counter(sandbox.school.creates)
        ended.faults = sandbox.faults.fired
        ended.requests = len(sandbox.log)
    return ended


def _received(told: Connection) -> dict[str, str]:
    """Return the statuses that an import reported, if it was not killed before."""
    try:
        statuses: dict[str, str] = told.recv()
    except (EOFError, ConnectionResetError):
        return {}
    return statuses


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--kills", type=int, default=500)
    arguments.add_argument("--server-kills", type=int, default=0, help="use PostgreSQL, kill it")
    arguments.add_argument("--rows", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = arguments.parse_args()
    print(f"seed {given.seed}", flush=True)
    with TemporaryDirectory(prefix="kill") as name:
        server = None
        store: JournalStore = FileStore(Path(name) / "people.journal")
        if given.server_kills:
            server = PostgresServer(Path(name), durable=True)
            server.make()
            server.start()
            store = PostgresStore(server.url, "people", key=os.urandom(32))
        try:
            ended = asyncio.run(
                run(
                    rows=given.rows,
                    kills=given.kills,
                    seed=given.seed,
                    store=store,
                    server=server,
                    server_kills=given.server_kills,
                )
            )
        finally:
            if server is not None:
                server.stop()
    twice = sum(count != 1 for count in ended.creates.values())
    print(
        f"{ended.kills} kills ({ended.in_commits} in a commit) and {ended.server_kills} of the "
        f"server in {ended.lives} lives, {ended.faults} faults, {ended.requests} requests; "
        f"{dict(ended.counts)}; {len(ended.creates)} people in the school, {twice} not made once, "
        f"{ended.misreported} misreported"
    )
    lost = ended.counts != {"done": given.rows} or len(ended.creates) != given.rows
    if lost or twice or ended.misreported:
        raise SystemExit("a row was lost, made twice, or misreported")


if __name__ == "__main__":
    main()
