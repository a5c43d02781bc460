"""The journal on disk: its content, a full disk, and two processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async import Journal, JournalFailed, JournalUnusable, Status, Window
from lms_async.journal.sqlite import JournalFile
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "import.db"


def in_another_process(work: Callable[..., Any], *args: Any) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.conftest"])
    with ProcessPoolExecutor(1, mp_context=context) as processes:
        return processes.submit(work, *args).result()


async def test_files_hold_no_name_address_or_key_of_the_input(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, path: Path
) -> None:
    rows = people(120)
    await schoology.users.create({**rows[7], "name_first": "Grace"})  # makes one row rejected
    schoology_sandbox.faults.add(Fault.cut(method="POST", path="users", skip=1))
    journal = Journal(path, "pupils of Mrs Okafor.csv")
    report = await schoology.users.create_many(rows, journal=journal)
    assert report.counts == {Status.DONE: 119, Status.REJECTED: 1}
    files = [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
    assert {file.name for file in files} == {"import.db", "import.db.key"}
    content = b"".join(file.read_bytes() for file in files).lower()
    told = {str(row[field]).lower() for row in rows for field in row if field != "role_id"}
    told |= {"okafor", "school.example", schoology_sandbox.key, schoology_sandbox.secret}
    assert len(told) > 300
    for text in told:
        if len(text) > 3:  # "Ada" can occur by chance
            assert text.encode() not in content
    assert b"ada@" not in content


@attrs.frozen
class Seen:
    stopped: str
    counts: dict[str, int]


def import_with_a_full_disk(key: str, secret: str, url: str, path: Path, most: int) -> Seen:
    """Import while no file of this process may grow beyond ``most`` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    async def work() -> Seen:
        async with Schoology(
            key, secret, base_url=url, limiter=Window(1000, per=0.01)
        ) as schoology:
            report = await schoology.users.create_many(people(5000), journal=Journal(path))
        assert isinstance(report.stop_reason, JournalFailed)
        counts = {str(status): count for status, count in report.counts.items()}
        return Seen(str(report.stop_reason), counts)

    return asyncio.run(work())


async def test_full_disk_sends_nothing_that_was_not_noted(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, path: Path
) -> None:
    sandbox = schoology_sandbox
    seen = await asyncio.to_thread(
        in_another_process,
        import_with_a_full_disk,
        sandbox.key,
        sandbox.secret,
        sandbox.base_url,
        path,
        100_000,
    )
    assert "import.db can't be written any more" in seen.stopped
    assert "free disk space and run it again" in seen.stopped
    assert seen.counts["skipped"] > 1000
    made = len(sandbox.school.creates)
    assert made < 5000 - seen.counts["skipped"] + 1
    # With room again, the import continues and creates nobody twice, because all sent rows were
    # noted.
    report = await schoology.users.create_many(people(5000), journal=Journal(path))
    assert report.counts == {Status.DONE: 5000}
    assert set(sandbox.school.creates.values()) == {1}


def import_beside(key: str, secret: str, url: str, path: Path, wait: float) -> str:
    async def work() -> str:
        async with Schoology(
            key, secret, base_url=url, limiter=Window(1000, per=0.01)
        ) as schoology:
            journal = Journal(path, wait=wait)
            try:
                report = await schoology.users.create_many(people(100), journal=journal)
            except JournalUnusable as unusable:
                return str(unusable)
        return str({str(status): count for status, count in report.counts.items()})

    return asyncio.run(work())


async def test_second_process_raises_or_waits(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, path: Path
) -> None:
    sandbox = schoology_sandbox
    told = (sandbox.key, sandbox.secret, sandbox.base_url, path)
    bulk = schoology.users.create_many(people(100), journal=Journal(path))
    async for outcome in bulk:
        if outcome.index == 0:
            refused = await asyncio.to_thread(in_another_process, import_beside, *told, 0.0)
            waiting = asyncio.create_task(
                asyncio.to_thread(in_another_process, import_beside, *told, 30.0)
            )
            await asyncio.sleep(0.1)
    assert "in use by another import" in refused
    assert await waiting == "{'done': 100}"
    assert sandbox.log.count("POST", "users") == 2


def test_notes_are_synced_to_disk(path: Path) -> None:
    """After a power cut, the journal must still know that a row was sent, so SQLite must sync each
    commit. A test cannot cut the power, so this one reads SQLite's settings."""
    file = JournalFile(path)
    try:
        (synchronous,) = file._db.execute("PRAGMA synchronous").fetchone()
        (mode,) = file._db.execute("PRAGMA journal_mode").fetchone()
    finally:
        file.close()
    assert synchronous >= 2  # 2 is FULL; 0 (OFF) syncs nothing, and 1 not every commit
    assert mode == "wal"
