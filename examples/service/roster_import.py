"""The second kind of import: a OneRoster zip file, from which a plan for the whole roster is made.

A worker makes the plan, because that needs Schoology's records. Then it waits for a person to start
it. ``plan_summary.py`` says what a page shows of it.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

from lms_async import InvalidInput, Outcome, PlanRefused, Status
from lms_async.jobs import Stores
from lms_async.roster import (
    Action,
    Change,
    Plan,
    StepProgress,
    last_applied,
    open_source,
    plan,
    read_mapping,
    remember_applied,
    write_page,
)
from schoology_async import Schoology
from schoology_async.roster import SchoologyRoster

from .database import WITHOUT_PLAN, Import, State, Step
from .files import Files, NotUsable
from .results import NOT_KNOWN, Line, line, result_of
from .settings import Settings
from .uploading import Upload

#: What separates the parts of a key: those of the section and of the person of an enrollment.
_KEY_PARTS = "\x1f"


@frozen
class RosterImport:
    """Keeps the roster of a school equal to OneRoster files; see :class:`~.kinds.Kind`."""

    files: Files
    settings: Settings
    stores: Stores
    name = "roster"
    columns = ("change", "kind", "action", "key")
    needs_credentials = True

    async def checked(self, upload: Upload, school: str, by: str) -> tuple[Import, int]:
        """Check an upload without Schoology's records. A worker makes the plan."""
        path = self.files.upload(upload.id)
        await asyncio.to_thread(self._check, path, school, upload.file_name)
        return upload.to_import(self.name, school, by, State.PLANNING, None), 1

    def _check(self, path: Path, school: str, file_name: str) -> None:
        if not self._mapping_file(school).is_file():
            raise NotUsable(
                f"A zip file can't be imported for {school} yet: the settings of its roster are "
                f"missing. Ask the administrator of this website for the file {school}.toml."
            )
        try:
            with zipfile.ZipFile(path) as archive:
                size = sum(entry.file_size for entry in archive.infolist())
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            size = -1
        if size < 0:
            raise NotUsable(
                "The zip file is damaged or cut off. Please export and upload it again."
            )
        # Python's zipfile never gives more than these sizes, whatever the compressed data holds.
        most = self.settings.max_unpacked_bytes
        if size > most:
            raise NotUsable(f"The zip file has more than {most:,} bytes when it is unpacked.")
        try:
            open_source(path, read_mapping(self._mapping_file(school)))
        except InvalidInput as error:
            problem = self._without_folders(error, path, file_name)
        else:
            return
        raise NotUsable(problem)

    def _mapping_file(self, school: str) -> Path:
        return self.settings.mappings / f"{school}.toml"

    def _without_folders(self, error: InvalidInput, upload: Path, file_name: str) -> str:
        """Return the text of an error with the names of files instead of their paths here."""
        text = str(error).replace(str(upload), file_name)
        return text.replace(f"{self.settings.mappings}/", "")

    async def run(self, one: Import, shard: int, client: Schoology) -> tuple[State, str]:
        """Make the plan, or its changes."""
        if one.state == State.PLANNING:
            return await self._plan(one, client)
        made = Plan(self.files.plan(one.id))
        target = _target(client, made.meta.settings)
        with TemporaryDirectory() as folder:
            try:
                report = await made.apply(target, journal=folder, store=self.stores)
            except PlanRefused as refused:
                # A resumed plan may be too old now. Some of its changes were made before.
                sent = any(
                    step.counts.keys() - {Status.SKIPPED} for step in await self.progress(one)
                )
                state = State.FAILED if sent else State.REFUSED
                return state, f"{refused.what}. To make a new plan, upload the file again."
            left = sum(map(_is_refused_for_now, report.not_done()))
        if report.stop_reason is not None:
            return State.FAILED, str(report.stop_reason)
        if left:
            return State.FAILED, f"{left:,} changes were refused for now, and not sent again."
        # The guard compares the next upload with this one.
        await asyncio.to_thread(remember_applied, self.settings.mappings, made.meta, report.counts)
        return State.STARTED, ""

    async def _plan(self, one: Import, client: Schoology) -> tuple[State, str]:
        upload, path = self.files.upload(one.id), self.files.plan(one.id)
        try:
            mapping = read_mapping(self._mapping_file(one.school))
            target = _target(client, mapping.target)
            made = await plan(
                open_source(upload, mapping),
                target,
                mapping,
                as_of=datetime.now(UTC).date(),
                path=path,
                last=last_applied(self.settings.mappings, target),
                words=await target.words(),
            )
        except InvalidInput as error:
            return State.REFUSED, self._without_folders(error, upload, one.file_name)
        await asyncio.to_thread(write_page, path, self.files.plan_page(one.id))
        if any(refusal.stops for refusal in made.refusals()):
            return State.REFUSED, "The plan may not be started. The reasons are below."
        return State.CHECKED, ""

    async def progress(self, one: Import) -> list[Step]:
        """Count the changes by status. Without a plan, there are none."""
        path = self.files.plan(one.id)
        if one.state in WITHOUT_PLAN or not path.exists():
            return []
        counts: dict[tuple[str, str], Counter[str]] = {}
        for step in await Plan(path).progress(store=self.stores):
            found = counts.setdefault((step.kind, str(step.action)), Counter())
            found.update({status.value: count for status, count in step.counts.items()})
        return [Step(kind, action, found) for (kind, action), found in counts.items()]

    async def lines(self, one: Import, client: Schoology | None) -> AsyncIterator[Line]:
        """Yield the results of all changes. This reads records of Schoology, and changes none."""
        made = Plan(self.files.plan(one.id))
        if client is None:
            async for known in self._lines_without_records(made):
                yield known
            return
        target = _target(client, made.meta.settings)
        async with aclosing(made.outcomes(target, store=self.stores)) as outcomes:
            async for outcome in outcomes:
                yield line(_place(outcome.index + 1, outcome.item), outcome)

    async def _lines_without_records(self, made: Plan) -> AsyncIterator[Line]:
        """Yield what the numbers of each step say about its changes."""
        steps = await made.progress(store=self.stores)
        known = chain.from_iterable(repeat(_known_of(step), step.changes) for step in steps)
        number = 0
        async for change in made:
            number += 1
            result, reason = next(known)
            yield Line(_place(number, change), result, "", reason)


def _place(number: int, change: Change) -> tuple[str, ...]:
    key = change.key.replace(_KEY_PARTS, " / ")
    return str(number), change.kind, str(change.action), key


def _known_of(step: StepProgress) -> tuple[str, str]:
    """Return the result that each change of a step has, and what is known if they differ."""
    counts = {status: count for status, count in step.counts.items() if count}
    if len(counts) == 1:
        (status,) = counts
        return result_of(status), ""
    numbers = ", ".join(f"{count:,} {result_of(status)}" for status, count in counts.items())
    return NOT_KNOWN, f"of {step.changes:,} such changes: {numbers}"


def _is_refused_for_now(outcome: Outcome[Change]) -> bool:
    """Return whether a change was skipped for an HTTP status, and not for another change."""
    error = outcome.error
    return outcome.status is Status.SKIPPED and error is not None and error.code.isdigit()


def _target(client: Schoology, settings: Mapping[str, Any]) -> SchoologyRoster:
    """Return the account as a target, with the settings of ``[target]`` in the school's file.

    :raises InvalidInput: a setting has a wrong value.
    """
    try:
        removal = Action(settings.get("enrollment_removal", "expire"))
    except ValueError:
        removal = Action.CREATE  # which is refused as any other wrong word
    return SchoologyRoster(
        client, enrollment_removal=removal, people_from=settings.get("people_from", "list")
    )
