"""The first kind of import: a CSV file of people, each of whom is created or updated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from attrs import frozen

from lms_async import Report, Status
from lms_async.jobs import Job, Stores
from schoology_async import Schoology

from . import people_csv
from .database import Import, State, Step
from .files import Files
from .results import Line, line
from .settings import Settings
from .uploading import Upload

#: Rows of a part of an import. Parts are done by several workers, and each has a journal.
_ROWS_PER_SHARD, _MAX_SHARDS = 1_000, 16
#: Seconds to wait if the worker that ran a shard before has not quite ended.
_WAIT = 30.0


@frozen
class PeopleImport:
    """Imports people from CSV files; see :class:`~.kinds.Kind`."""

    files: Files
    settings: Settings
    stores: Stores
    name = "people"
    columns = ("row", "school_uid")
    needs_credentials = False

    async def checked(self, upload: Upload, school: str, by: str) -> tuple[Import, int]:
        """Check an upload, and plan its parts."""
        path = self.files.upload(upload.id)
        count = await asyncio.to_thread(people_csv.check, path, max_rows=self.settings.max_rows)
        async with _offline_client() as client:
            job = await Job.plan(
                people_csv.rows(path),
                "users.create_many",
                client=client,
                name=upload.id.hex,
                account=school,
                shards=min(_MAX_SHARDS, -(-count // _ROWS_PER_SHARD)),
                options={"update_existing": upload.update_existing},
            )
        one = upload.to_import(self.name, school, by, State.CHECKED, job.to_json())
        return one, len(job.shards)

    async def run(self, one: Import, shard: int, client: Schoology) -> tuple[State, str]:
        """Send the rows of a part that have no result."""
        report = (
            await _job(one)
            .shards[shard - 1]
            .run(
                client,
                people_csv.rows(self.files.upload(one.id)),
                store=self.stores,
                wait=_WAIT,
                keep_reasons=True,
            )
        )
        problem = _problem(report)
        return (State.FAILED if problem else State.STARTED), problem

    async def progress(self, one: Import) -> list[Step]:
        """Count the rows by status."""
        progress = await _job(one).progress(store=self.stores)
        return [Step("", "", {status.value: n for status, n in progress.counts.items()})]

    async def lines(self, one: Import, client: Schoology | None) -> AsyncIterator[Line]:
        """Yield the results of all rows as far as they are known. Nothing is sent."""
        path = self.files.upload(one.id)
        async with (
            _offline_client() as offline,
            aclosing(
                _job(one).results(offline, people_csv.rows(path), store=self.stores)
            ) as outcomes,
        ):
            numbered = people_csv.numbered_rows(path)
            async for outcome in outcomes:
                row, _ = next(numbered)
                yield line((str(row), outcome.item.get("school_uid", "")), outcome)


def _offline_client() -> Schoology:
    """Return a client that can plan jobs and read their results, for which nothing is sent.

    So the web application needs no credentials of Schoology.
    """
    return Schoology("none", "none")


def _job(one: Import) -> Job:
    return Job.from_json(one.job or {})


def _problem(report: Report[dict[str, str]]) -> str:
    """Return why rows of a part have no result yet; "" if all have one."""
    if report.stop_reason is not None:
        return str(report.stop_reason)
    left = report.counts[Status.SKIPPED]
    return f"{left:,} rows were refused for now, and not sent again." if left else ""
