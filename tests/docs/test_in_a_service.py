"""Run examples in docs/in-a-service.md: many accounts, synchronous code, Celery, and jobs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from benchmarks.postgres_server import PostgresServer
from benchmarks.redis_server import RedisServer
from lms_async import Status, Window
from lms_async.accounts import Accounts, SharedSession
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox
from tests.conftest import people
from tests.schoology.roster.school import Keeper, add_building

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "in-a-service.md").read_text("utf-8")


def code_of(chapter: str) -> str:
    """Return the first example of a chapter."""
    found = re.search(rf"^###? {chapter}\n.*?```python\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


async def test_example_of_many_accounts(
    schoology_sandbox: SchoologySandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    async def read_credentials(name: str) -> tuple[str, str]:
        assert name == "north-high"
        return schoology_sandbox.key, schoology_sandbox.secret

    names: dict[str, Any] = {
        "Schoology": partial(Schoology, base_url=schoology_sandbox.base_url),
        "read_credentials": read_credentials,
    }
    exec("async def run():\n" + indent(code_of("Many accounts"), "    "), names)  # noqa: S102
    await names["run"]()
    assert "AppUserInfo" in capsys.readouterr().out


@pytest.fixture
async def service(
    schoology_sandbox: SchoologySandbox,
    postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[dict[str, Any]]:
    """The names of the examples of jobs, and those that they leave to the reader."""
    monkeypatch.setenv("JOURNAL_KEY", "7" * 64)
    monkeypatch.setenv("DATABASE_URL", postgres.url)
    names: dict[str, Any] = {"queue": [], "saved": {}}

    async def make_client(name: str, session: SharedSession) -> Schoology:
        return Schoology(
            schoology_sandbox.key,
            schoology_sandbox.secret,
            base_url=schoology_sandbox.base_url,
            limiter=Window(1000, per=0.01),
            session=session,
        )

    async def enqueue(message: dict[str, Any]) -> None:
        names["queue"].append(json.dumps(message))

    async def save(name: str, job: dict[str, Any]) -> None:
        names["saved"][name] = json.dumps(job)

    async def load(name: str) -> dict[str, Any]:
        job: dict[str, Any] = json.loads(names["saved"][name])
        return job

    names |= {"enqueue": enqueue, "save": save, "load": load}
    exec(code_of("Jobs for many workers"), names)  # noqa: S102 - our own page
    async with Accounts(make_client) as names["accounts"]:
        yield names


async def test_example_of_jobs(
    service: dict[str, Any], schoology_sandbox: SchoologySandbox
) -> None:
    rows = people(300)
    service["read_rows"] = lambda name: iter(rows)
    await service["start"]("import 7", "north-high")
    queue = service["queue"]
    assert len(queue) == 8
    for message in queue[4:]:
        await service["work"](json.loads(message))
    assert (await service["progress"]("import 7"))["left"] == 150
    for message in queue[5::-1]:  # two of them once more
        await service["work"](json.loads(message))
    assert await service["progress"]("import 7") == {
        "rows": 300,
        "left": 0,
        "counts": {Status.DONE: 300},
    }
    results = [one async for one in service["results"]("import 7")]
    assert [index for index, *_ in results] == list(range(300))
    assert schoology_sandbox.school.creates == {row["school_uid"]: 1 for row in rows}


async def test_example_of_a_plan(
    service: dict[str, Any], schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    exec(code_of("The changes of a plan"), service)  # noqa: S102 - our own page
    add_building(schoology_sandbox.school)
    path = tmp_path / "roster.plan"
    async with service["accounts"].client("north-high") as client:
        changes = await Keeper(service["SchoologyRoster"](client), tmp_path).plan()
    before = await service["plan_progress"](path)
    assert [step[:2] for step in before][:2] == [("terms", "create"), ("people", "create")]
    assert {status for *_, counts in before for status in counts} == {Status.SKIPPED}
    for _ in range(2):  # the queue delivers it twice
        assert await service["apply_plan"](path, "north-high")
    after = await service["plan_progress"](path)
    assert {status for *_, counts in after for status in counts} == {Status.DONE}
    outcomes = [one async for one in service["plan_outcomes"](path, "north-high")]
    assert outcomes == [(index, Status.DONE, None) for index in range(len(changes))]


def test_example_of_synchronous_code_works_from_threads() -> None:
    limit = (20, 0.2)

    def read_from_threads(portal: Any, schoology: Schoology, uid: str) -> None:
        with ThreadPoolExecutor(8) as threads:
            read = partial(portal.call, schoology.users.get, uid)
            users = list(threads.map(lambda _: read(), range(60)))
        assert {user.uid for user in users} == {uid}

    school = School.seeded(3)
    with SchoologySandbox(school=school, limit=limit) as sandbox:
        names: dict[str, Any] = {
            "Schoology": partial(
                Schoology, base_url=sandbox.base_url, limiter=Window(limit[0], per=limit[1])
            ),
            "key": sandbox.key,
            "secret": sandbox.secret,
            "rows": people(2),
            "read_from_threads": read_from_threads,
        }
        code = code_of("Synchronous code") + "    read_from_threads(portal, schoology, '45552')\n"
        exec(code, names)  # noqa: S102 - our own page
        assert names["user"].uid == "45552"
        assert len(names["people"]) == len(school.users) - 2  # without those created after it
        names["report"].raise_for_failures()
        assert sandbox.refusals == 0
        assert len(sandbox.log) >= 63


PROCESSES, TASKS = 4, 60


@contextmanager
def worker_of(folder: Path, redis: RedisServer, sandbox: SchoologySandbox) -> Iterator[None]:
    """Run a Celery worker with the code of the page, and stop it as an administrator would."""
    # The page's limit of 13 in 5 seconds would take too long. This Redis is new.
    page = code_of("Celery")
    quick = page.replace("13, per=5,", "10, per=0.5, redis_is_new=True,")
    assert quick != page
    (folder / "schools.py").write_text(quick, "utf-8")
    settings = {
        "SCHOOLOGY_KEY": sandbox.key,
        "SCHOOLOGY_SECRET": sandbox.secret,
        "SCHOOLOGY_BASE_URL": sandbox.base_url,
    }
    secrets = f"async def read_settings(name):\n    return {settings!r}\n"
    (folder / "our_secrets.py").write_text(secrets, "utf-8")
    command = [
        *(sys.executable, "-m", "celery", "--app=schools", "worker", "--loglevel=WARNING"),
        *("--pool=prefork", f"--concurrency={PROCESSES}", "--prefetch-multiplier=1"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    environment = {**os.environ, "REDIS_URL": redis.url, "PYTHONPATH": str(ROOT / "common")}
    with (folder / "worker.log").open("w") as log:
        worker = subprocess.Popen(  # noqa: S603 - our own arguments
            command, cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield
        finally:
            worker.terminate()
            try:
                worker.wait(20)
            finally:
                worker.kill()
                worker.wait()


@pytest.mark.skipif(RedisServer.program() is None, reason="there is no redis-server here")
def test_celery_processes_share_the_limit_of_a_school(tmp_path: Path) -> None:
    from celery import Celery

    school = School.seeded(3)
    redis = RedisServer(tmp_path)
    redis.start()
    try:
        with (
            SchoologySandbox(school=school, limit=(10, 0.5)) as sandbox,
            worker_of(tmp_path, redis, sandbox),
            Celery(broker=redis.url) as app,
        ):
            for _ in range(TASKS):
                app.send_task("count_people", ["north-high"])
            end = time.monotonic() + 60
            while len(sandbox.log) < TASKS and time.monotonic() < end:
                time.sleep(0.05)
    finally:
        redis.kill()
    printed = (tmp_path / "worker.log").read_text("utf-8")
    assert printed.count(f"] north-high: {len(school.users)} people") == TASKS, printed
    assert "Error" not in printed
    assert len(sandbox.log) == TASKS
    assert sandbox.refusals == 0
    workers = set(re.findall(r"ForkPoolWorker-\d+", printed))
    assert len(workers) == PROCESSES
