"""Shards are delivered in any order and again, while workers, journals and requests fail.

Each row is sent once, and at every moment the results say of each row what is true.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_async import JournalFailed, JournalUnusable, Status, Window
from lms_async.jobs import Job, Shard
from lms_async.journal.entries import EarlierResult, Ended, JournalSummary, Sent
from lms_async.journal.file_store import FileStore
from lms_async.journal.store import JournalStore, LeasedJournal, StoredJournal, Wording
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import QUICK, people
from tests.virtual_sockets import run

ROWS = 130
#: Where journals do not wait for the disk.
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


@attrs.frozen
class Delivery:
    """One delivery of a shard to a worker, and what happens to it.

    :param place: which of the shards, modulo their number.
    :param killed_after: seconds until the worker is killed; ``None`` if it is not.
    :param writes: how many notes the journal takes before it fails; ``None`` if it does not.
    :param faults: what happens to the next requests: "before" or "after" they arrive the connection
        is cut, or nothing.
    """

    place: int
    killed_after: float | None
    writes: int | None
    faults: list[str]


deliveries = st.builds(
    Delivery,
    place=st.integers(0, 9),
    killed_after=st.none() | st.floats(0, 1.5),
    writes=st.none() | st.integers(0, 6),
    faults=st.lists(st.sampled_from(["", "before", "after"]), max_size=4),
)


@settings(max_examples=settings().max_examples // 10)
@given(
    shards=st.integers(1, 6),
    # The deliveries of a group are made at the same time.
    groups=st.lists(st.lists(deliveries, min_size=1, max_size=3), max_size=5),
)
def test_each_row_is_sent_once_whatever_happens(shards: int, groups: list[list[Delivery]]) -> None:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
        run(_check(Path(folder), shards, groups))


async def _check(folder: Path, shards: int, groups: list[list[Delivery]]) -> None:
    rows = people(ROWS)
    rows[7]["primary_email"] = "no address"  # our own check rejects it
    (folder / "north").mkdir()

    def store(name: str) -> FileStore:
        return FileStore(folder / f"{name}.db")

    async with (
        SchoologySandbox(latency=(0.05, 0.05)) as sandbox,
        Schoology(
            sandbox.key,
            sandbox.secret,
            base_url=sandbox.base_url,
            limiter=Window(2, per=0.3),
            retry=QUICK,
        ) as client,
    ):
        job = await Job.plan(
            rows, "users.create_many", client=client, name="north", account="a", shards=shards
        )
        for group in groups:
            sandbox.faults.clear()
            for number, fault in enumerate(one for each in group for one in each.faults):
                if fault:
                    after = fault == "after"
                    cut = Fault.cut(after=after, method="POST", path="users", skip=number)
                    sandbox.faults.add(cut)
            await asyncio.gather(
                *(_deliver(each, job.shards, client, rows, store) for each in group)
            )
            await _compare(job, client, rows, store, sandbox)
        sandbox.faults.clear()
        for shard in job.shards:
            await shard.run(client, rows, store=store)
        counts = await _compare(job, client, rows, store, sandbox)
        assert counts == {Status.DONE: ROWS - 1, Status.REJECTED: 1}


async def _deliver(
    delivery: Delivery,
    shards: Sequence[Shard],
    client: Schoology,
    rows: list[dict[str, Any]],
    store: Callable[[str], FileStore],
) -> None:
    shard = Shard.from_json(shards[delivery.place % len(shards)].to_json())
    try:
        async with asyncio.timeout(delivery.killed_after):
            await shard.run(
                client, rows, store=lambda name: _FailingStore(store(name), delivery.writes)
            )
    except (TimeoutError, JournalUnusable):  # killed, or another worker has the shard
        pass


async def _compare(
    job: Job,
    client: Schoology,
    rows: list[dict[str, Any]],
    store: Callable[[str], FileStore],
    sandbox: SchoologySandbox,
) -> Any:
    created = sandbox.school.creates
    assert all(count == 1 for count in created.values())
    outcomes = [one async for one in job.results(client, rows, store=store)]
    assert [one.item for one in outcomes] == rows
    for outcome in outcomes:
        was_created = created[outcome.item["school_uid"]] == 1
        wrong = (Status.SKIPPED, Status.REJECTED) if was_created else (Status.DONE,)
        assert outcome.status not in wrong
    progress = await job.progress(store=store)
    assert progress.counts.total() == ROWS
    assert progress.counts[Status.DONE] == sum(one.status is Status.DONE for one in outcomes)
    return progress.counts


@attrs.frozen
class _FailingStore:
    """A store whose journal fails after some writes, as if the database was lost."""

    store: JournalStore
    writes: int | None

    @property
    def wording(self) -> Wording:
        return self.store.wording

    async def open(self, *, wait: float, restart: bool) -> LeasedJournal:
        return _FailingJournal(await self.store.open(wait=wait, restart=restart), self.writes)

    async def read(self) -> StoredJournal:
        return await self.store.read()


class _FailingJournal:
    def __init__(self, journal: LeasedJournal, writes: int | None) -> None:
        self._journal = journal
        self._left = writes
        self.key, self.has_rows = journal.key, journal.has_rows

    async def write(self, entries: Iterable[Sent | Ended]) -> None:
        if self._left == 0:
            raise JournalFailed("the database is gone")
        if self._left is not None:
            self._left -= 1
        await self._journal.write(entries)

    async def begin(self, about: dict[str, str]) -> None:
        await self._journal.begin(about)

    async def forget_rejected(self) -> None:
        await self._journal.forget_rejected()

    async def other(self, about: dict[str, str]) -> str | None:
        return await self._journal.other(about)

    async def recall(self, tags: Sequence[bytes]) -> list[EarlierResult | None]:
        return await self._journal.recall(tags)

    async def summarize(self) -> JournalSummary:
        return await self._journal.summarize()

    async def close(self) -> None:
        await self._journal.close()
