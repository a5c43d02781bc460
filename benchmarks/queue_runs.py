"""Import people into many schools with the workers of a queue, while they are killed."""

from __future__ import annotations

import asyncio
import csv
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import attrs
from celery import Celery
from taskiq_redis import RedisStreamBroker

from lms_async.jobs import Job, JobProgress
from lms_async.journal.postgres import PostgresStore
from lms_async.outcome import Status
from schoology_async import Schoology

from .queue_servers import QueueServers, queue_servers
from .queue_vendor import Limits, QueueVendor, Seen, differences, queue_vendor, school_rows
from .queue_workers import Queue, QueueWorker, Recipe, running, sender_code

Event = Literal["kill child", "kill worker", "restart broker", "restart database"]


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
        servers = stack.enter_context(queue_servers(folder))
        vendor = stack.enter_context(queue_vendor(plan.schools, plan.limits))
        rows = [school_rows(number, plan.rows) for number in range(plan.schools)]
        run = _Run(queue, plan, folder, servers, vendor)
        run.write_modules(rows)
        with running(run.workers):
            progress = asyncio.run(run.run(rows, time.monotonic() + most_seconds))
        seen = vendor.seen()
        return Result(
            seen,
            sum(one.counts[Status.DONE] for one in progress),
            sum(one.left for one in progress),
            differences(seen, rows),
            run.kills,
            run.restarts,
            run.sent_again,
            run.log.read_text("utf-8"),
        )


class _Run:
    def __init__(
        self, queue: Queue, plan: Plan, folder: Path, servers: QueueServers, vendor: QueueVendor
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

    async def run(self, rows: Sequence[Sequence[dict[str, str]]], end: float) -> list[JobProgress]:
        """Send the shards, and wait until the journals have all results."""
        planned: list[dict[str, Any]] = []
        shards: list[dict[str, Any]] = []

        async def save_job(job: dict[str, Any]) -> None:
            planned.append(job)

        async def send_shard(shard: dict[str, Any]) -> None:
            shards.append(shard)

        names: dict[str, Any] = {
            "read_rows": lambda upload: rows[int(upload.removeprefix("import-"))],
            "save_job": save_job,
            "send_shard": send_shard,
            "store": self._store,
        }
        plan = self._plan
        exec(sender_code(plan.shards, plan.redelivered), names)  # noqa: S102 - our own page
        for number, url in enumerate(self._vendor.urls):
            async with Schoology(self._vendor.key, self._vendor.secret, base_url=url) as client:
                await names["begin_import"](client, f"import-{number}", f"school-{number}")
        # The first shards of all schools, then the second ones, and so on.
        for shard in sorted(shards, key=lambda shard: int(shard["number"])):
            await self._send(shard)
        names["send_shard"] = self._send_again
        jobs = [Job.from_json(job) for job in planned]
        await self._watch(jobs, names["send_forgotten"], end)
        return await self._progress(jobs)

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

    async def _watch(
        self,
        jobs: Sequence[Job],
        send_forgotten: Callable[[Job, float], Awaitable[None]],
        end: float,
    ) -> None:
        """Let the events happen, and wait until the journals have all results."""
        plan = self._plan
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
                    await send_forgotten(job, planned_at)
            if created == everybody and not any(one.left for one in await self._progress(jobs)):
                return
            if time.monotonic() > end:
                raise TimeoutError(
                    f"{created} of {everybody} people were created. The workers printed:\n"
                    + self.log.read_text("utf-8")[-5000:]
                )
            await asyncio.sleep(0.2)  # nothing tells when a worker has done something

    def _let_happen(self, event: Event) -> None:
        first = self.kills % len(self.workers)
        in_turns = self.workers[first:] + self.workers[:first]
        if event == "kill child":  # a worker that is just starting has none
            self.kills += any(worker.kill_child() for worker in in_turns)
        elif event == "kill worker":
            in_turns[0].kill()
            in_turns[0].start()
            self.kills += 1
        else:
            servers = self._servers
            server = servers.broker if event == "restart broker" else servers.database
            server.kill()
            time.sleep(1)  # so that workers notice it
            server.start()
            self.restarts += 1


def _nothing(shard: dict[str, Any]) -> None:
    """Stand for the task of the workers, which the sender does not import."""
