"""Kill an import at random moments until it is complete.

The import runs in its own process against the sandbox in this one. It is killed with SIGKILL after
a random time, or within a commit of its journal, and then run again with its journal.

    python -m tests.journal.killing --kills 500
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

from lms_async import Journal, RetryPolicy, Window
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people

#: The longest life of an import before it is killed, and the period of its rate limit, in seconds.
LIFE, PACE = 0.2, 0.07


@attrs.frozen
class Task:
    """What the killed process does."""

    rows: int
    journal: Path
    key: str
    secret: str
    base_url: str
    #: Seconds from the start of a commit to the kill, or ``None`` to kill at a random time.
    in_commit: float | None


@attrs.define
class Result:
    """What the test saw."""

    kills: int = 0
    in_commits: int = 0
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
    told.send(asyncio.run(_import(task)))


async def _import(task: Task) -> dict[str, int]:
    async with Schoology(
        task.key,
        task.secret,
        base_url=task.base_url,
        limiter=Window(2, per=PACE),
        retry=RetryPolicy(base=0.005, cap=0.02),
        timeout=10.0,
    ) as schoology:
        journal = Journal(task.journal, job="people", wait=5.0)
        report = await schoology.users.create_many(people(task.rows), journal=journal)
    return {str(status): count for status, count in report.counts.items()}


def _kill_in_commit(after: float) -> None:
    """Have this process killed ``after`` seconds from when the fourth note of its journal is
    written."""
    notes = 0

    def traced(statement: str) -> None:
        nonlocal notes
        notes += statement.startswith("INSERT INTO note")
        if notes == 4:
            if after:
                threading.Timer(after, os.kill, (os.getpid(), signal.SIGKILL)).start()
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    connect = sqlite3.connect

    def connect_traced(*args: Any, **options: Any) -> sqlite3.Connection:
        database = connect(*args, **options)
        database.set_trace_callback(traced)
        return database

    sqlite3.connect = connect_traced  # type: ignore[assignment]


async def run(*, rows: int, kills: int, seed: int, folder: Path) -> Result:
    """Kill an import of ``rows`` people ``kills`` times, then let it finish."""
    dice = random.Random(seed)
    ended = Result()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.conftest"])
    async with SchoologySandbox(latency=(0.03, 0.025)) as sandbox:
        sandbox.faults.add(Fault.cut(after=True, method="POST", path="users", share=0.05))
        while True:
            last = ended.kills >= kills
            # Every third import is killed in a commit.
            in_commit = None if last or ended.lives % 3 else dice.choice((0.0, 0.001, 0.003))
            task = Task(
                rows,
                folder / "people.journal",
                sandbox.key,
                sandbox.secret,
                sandbox.base_url,
                in_commit,
            )
            ours, theirs = processes.Pipe()
            process = processes.Process(target=work, args=(task, theirs), daemon=True)
            await asyncio.to_thread(process.start)
            theirs.close()
            ended.lives += 1
            await asyncio.to_thread(ours.recv)
            if not last:
                await asyncio.to_thread(process.join, dice.uniform(0, LIFE))
                process.kill()
            await asyncio.to_thread(process.join)
            if process.exitcode == -signal.SIGKILL:
                ended.kills += 1
                ended.in_commits += in_commit is not None
                ours.close()
                continue
            ended.counts = Counter(ours.recv())
            ours.close()
            if last:
                break
        ended.creates = Counter(sandbox.school.creates)
        ended.faults = sandbox.faults.fired
        ended.requests = len(sandbox.log)
    return ended


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--kills", type=int, default=500)
    arguments.add_argument("--rows", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = arguments.parse_args()
    print(f"seed {given.seed}", flush=True)
    with TemporaryDirectory() as folder:
        ended = asyncio.run(
            run(rows=given.rows, kills=given.kills, seed=given.seed, folder=Path(folder))
        )
    twice = sum(count != 1 for count in ended.creates.values())
    print(
        f"{ended.kills} kills ({ended.in_commits} in a commit) in {ended.lives} lives, "
        f"{ended.faults} faults, {ended.requests} requests; "
        f"{dict(ended.counts)}; {len(ended.creates)} people in the school, {twice} not made once"
    )
    if ended.counts != {"done": given.rows} or len(ended.creates) != given.rows or twice:
        raise SystemExit("a row was lost, or made twice")


if __name__ == "__main__":
    main()
