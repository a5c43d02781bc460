"""Import people into many schools with the workers of a queue, while they are killed."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import attrs
from celery import Celery
from taskiq_redis import RedisStreamBroker

from lms_async.jobs import Job, JobProgress
from lms_async.journal.postgres import PostgresStore
from schoology_async import Schoology

from .postgres_server import PostgresServer
from .queue_vendor import Limits, QueueVendor, Seen, differences, queue_vendor, school_rows
from .queue_workers import Queue, QueueWorker, Recipe, forgotten_after, running
from .redis_server import RedisServer

Event = Literal["kill child", "kill worker", "restart broker"]


@attrs.frozen(kw_only=True)
class Plan:
    """What a run does.

    :param rows: the people of each school.
    :param shards: the shards of each school's job.
    :param tasks: how many tasks a worker runs at the same time.
    :param timeout: of a request, in seconds.
    :param redelivered: the seconds after which the queue sends a task again.
    :param events: what happens when which share of the people has been created.
    """

    schools: int
    rows: int
    shards: int
    workers: int
    tasks: int
    limits: Limits
    timeout: int
    redelivered: int
    events: Sequence[tuple[float, Event]]


@attrs.frozen
class Result:
    """What came of a run."""

    seen: Seen
    rows_done: int
    """According to the journals."""
    rows_left: int
    differences: Sequence[str]
    """Between the schools and the input."""
    kills: int
    restarts: int
    sent_again: int
    """How many shards the sender sent again, because they were not finished."""
    log: str
    """What the workers printed."""


def run_queue(queue: Queue, plan: Plan, *, most_seconds: float) -> Result:
    """Run the imports of ``plan`` with ``queue``.

    :raises TimeoutError: they are not finished after ``most_seconds``.
    """
    with tempfile.TemporaryDirectory(prefix="queue") as name, ExitStack() as stack:
        folder = Path(name)
        servers = stack.enter_context(_servers(folder))
        vendor = stack.enter_context(queue_vendor(plan.schools, plan.limits))
        rows = [school_rows(number, plan.rows) for number in range(plan.schools)]
        run = _Run(queue, plan, folder, servers, vendor)
        run.write_modules(rows)
        with running(run.workers):
            progress = asyncio.run(run.run(rows, time.monotonic() + most_seconds))
        seen = vendor.seen()
        return Result(
            seen,
            sum(one.rows - one.left for one in progress),
            sum(one.left for one in progress),
            differences(seen, rows),
            run.kills,
            run.restarts,
            run.sent_again,
            run.log.read_text("utf-8"),
        )


@attrs.frozen
class _Servers:
    broker: RedisServer
    limits: RedisServer
    database: PostgresServer


@contextlib.contextmanager
def _servers(folder: Path) -> Iterator[_Servers]:
    names = ("broker", "limits", "db")
    for name in names:
        (folder / name).mkdir()
    servers = _Servers(
        RedisServer(folder / "broker", durable=True),
        RedisServer(folder / "limits"),
        PostgresServer(folder / "db", durable=True),
    )
    folder.chmod(0o755)  # PostgreSQL may run as another user
    servers.database.make()
    try:
        servers.broker.start()
        servers.limits.start()
        servers.database.start()
        yield servers
    finally:
        servers.broker.kill()
        servers.limits.kill()
        servers.database.stop()


class _Run:
    def __init__(
        self, queue: Queue, plan: Plan, folder: Path, servers: _Servers, vendor: QueueVendor
    ) -> None:
        self.kills = self.restarts = self.sent_again = 0
        self.log = folder / "worker.log"
        self._queue = queue
        self._plan = plan
        self._folder = folder
        self._servers = servers
        self._vendor = vendor
        self._key = os.urandom(32)
        self._variables = {
            "BROKER_URL": servers.broker.url,
            "LIMITS_URL": servers.limits.url,
            "DATABASE_URL": servers.database.url,
            "JOURNAL_KEY": self._key.hex(),
        }
        self.workers = [
            QueueWorker(queue, folder, plan.tasks, self._variables, self.log)
            for _ in range(plan.workers)
        ]

    def write_modules(self, rows: Sequence[Sequence[dict[str, str]]]) -> None:
        """Write what a worker needs: the recipe, the rows, and the settings of the schools."""
        plan, per = self._plan, f"per={self._plan.limits.per:g}"
        limits = (f"{plan.limits.address}, {per}", f"{plan.limits.school}, {per}")
        settings = {}
        for number, url in enumerate(self._vendor.urls):
            settings[f"school-{number}"] = {
                "SCHOOLOGY_KEY": self._vendor.key,
                "SCHOOLOGY_SECRET": self._vendor.secret,
                "SCHOOLOGY_BASE_URL": url,
            }
            with (self._folder / f"import-{number}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, rows[number][0])
                writer.writeheader()
                writer.writerows(rows[number])
        our_schools = (
            "import csv\n\n"
            f"SETTINGS = {settings!r}\n\n\n"
            "async def read_settings(name):\n"
            "    return SETTINGS[name]\n\n\n"
            "def read_rows(upload):\n"
            '    with open(f"{upload}.csv", newline="") as file:\n'
            "        return list(csv.DictReader(file))\n"
        )
        Recipe(self._queue, limits, plan.timeout, plan.redelivered).write(self._folder, our_schools)

    def _store(self, name: str) -> PostgresStore:
        return PostgresStore(self._servers.database.url, name, key=self._key)

    async def run(
        self, rows: Sequence[Sequence[dict[str, str]]], end: float
    ) -> list[JobProgress]:
        """Send the shards, and wait until the journals have all results."""
        jobs = await self._plan_jobs(rows)
        # The first shards of all schools, then the second ones, and so on.
        for shards in zip(*(job.shards for job in jobs), strict=True):
            for shard in shards:
                await self._send(shard.to_json())
        await self._watch(jobs, end)
        return await self._progress(jobs)

    async def _plan_jobs(self, rows: Sequence[Sequence[dict[str, str]]]) -> list[Job]:
        jobs = []
        for number, url in enumerate(self._vendor.urls):
            async with Schoology(self._vendor.key, self._vendor.secret, base_url=url) as client:
                job = await Job.plan(
                    rows[number],
                    "users.create_many",
                    client=client,
                    name=f"import-{number}",
                    account=f"school-{number}",
                    shards=self._plan.shards,
                )
            jobs.append(job)
        return jobs

    async def _progress(self, jobs: Sequence[Job]) -> list[JobProgress]:
        return [await job.progress(store=self._store) for job in jobs]

    async def _send(self, shard: dict[str, Any]) -> None:
        """Send a shard to the queue."""
        url = self._servers.broker.url
        if self._queue == "celery":
            with Celery(broker=url, set_as_current=False) as app:
                await asyncio.to_thread(app.send_task, "run_shard", [shard])
            return
        broker = RedisStreamBroker(url, queue_name="shards", consumer_id="0")
        await broker.startup()
        task = broker.register_task(_nothing, "run_shard", retry_on_error=True)
        await task.kiq(shard)
        await broker.shutdown()

    async def _send_again(self, shard: dict[str, Any]) -> None:
        self.sent_again += 1
        await self._send(shard)

    async def _watch(self, jobs: Sequence[Job], end: float) -> None:
        """Let the events happen, and wait until the journals have all results."""
        plan = self._plan
        names: dict[str, Any] = {"store": self._store, "send_shard": self._send_again}
        exec(forgotten_after(plan.redelivered), names)  # noqa: S102 - our own page
        events = list(plan.events)
        everybody = plan.schools * plan.rows
        planned_at, looked_at = time.time(), time.monotonic()
        while True:
            created = await asyncio.to_thread(self._vendor.created)
            while events and created >= events[0][0] * everybody:
                await asyncio.to_thread(self._let_happen, events.pop(0)[1])
            for worker in self.workers:
                worker.watch()
            if time.monotonic() - looked_at > plan.redelivered / 2:
                looked_at = time.monotonic()
                for job in jobs:
                    await names["send_forgotten"](job, planned_at)
            if created == everybody and not any(one.left for one in await self._progress(jobs)):
                return
            if time.monotonic() > end:
                raise TimeoutError(
                    f"{created} of {everybody} people were created. The workers printed:\n"
                    + self.log.read_text("utf-8")[-5000:]
                )
            await asyncio.sleep(0.2)  # nothing tells when a worker has done something

    def _let_happen(self, event: Event) -> None:
        worker = self.workers[self.kills % len(self.workers)]
        if event == "kill child":
            self.kills += worker.kill_child()
        elif event == "kill worker":
            worker.kill()
            worker.start()
            self.kills += 1
        else:
            self._servers.broker.kill()
            time.sleep(1)
            self._servers.broker.start()
            self.restarts += 1


def _nothing(shard: dict[str, Any]) -> None:
    """Stand for the task of the workers, which the sender does not import."""
