"""What a page shows about an import: its progress, what it waits for, and rows with problems."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from attrs import asdict, define, field, frozen

from lms_async import InvalidInput, Status
from lms_async.jobs import Stores

from .database import Database, Import, State
from .files import Files
from .people_csv import NotUsable
from .results import Line, is_problem, lines

#: Rows with problems that a page lists. The download has all of them.
_MAX_LISTED = 100
#: Seconds for which several viewers get the same progress, and the same list of problems.
_PROGRESS_SECONDS, _PROBLEMS_SECONDS = 1.0, 3.0
#: Imports whose last views are kept in memory.
_MAX_KEPT = 200

_HEADLINES = {
    State.CHECKED: "Checked. Nothing was sent yet.",
    State.STARTED: "Sending.",
    State.STOPPED: "Stopped. You can resume it.",
    State.FAILED: "Interrupted. You can resume it.",
    State.FINISHED: "Finished.",
}
#: The buttons that a page has in each state.
_ACTIONS = {
    State.CHECKED: ("start", "delete"),
    State.STARTED: ("stop",),
    State.STOPPED: ("resume", "delete"),
    State.FAILED: ("resume", "delete"),
    State.FINISHED: ("delete",),
}


@frozen
class View:
    """What a page shows about an import now."""

    state: str
    headline: str
    details: str
    rows: int
    done: int
    rejected: int
    unknown: int
    remaining: int
    problems: list[Line]
    more_problems: int
    actions: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the view as JSON values, for the script of the page."""
        return asdict(self)


@define
class _Seen:
    """The last view of an import, and when its parts were read."""

    lock: asyncio.Lock = field(factory=asyncio.Lock)
    view: View | None = None
    viewed: float = 0.0
    problems: tuple[list[Line], int] = ([], 0)
    #: What the list of problems was read for.
    problems_of: tuple[str, int, int] | None = None
    listed: float = -_PROBLEMS_SECONDS


class Views:
    """Makes the views of imports. Many viewers of one import cost as much as one."""

    def __init__(self, database: Database, files: Files, stores: Stores) -> None:
        self._database = database
        self._files = files
        self._stores = stores
        self._seen: dict[UUID, _Seen] = {}

    async def of(self, one: Import) -> View:
        """Return what to show about an import, at most a second old."""
        seen = self._seen.setdefault(one.id, _Seen())
        while len(self._seen) > _MAX_KEPT:
            del self._seen[next(iter(self._seen))]
        async with seen.lock:
            is_old = time.monotonic() - seen.viewed > _PROGRESS_SECONDS
            if seen.view is None or is_old or seen.view.state != one.state:
                seen.view = await self._made(one, seen)
                seen.viewed = time.monotonic()
            return seen.view

    async def _made(self, one: Import, seen: _Seen) -> View:
        counts, waits = await self._counts(one), await self._database.waits(one)
        is_final = one.state == State.FINISHED
        rejected, unknown = counts.get(Status.REJECTED, 0), counts.get(Status.UNKNOWN, 0)
        # While it runs, unknown rows come and go, and are not listed.
        of = (one.state, rejected, unknown if is_final else 0)
        is_old = time.monotonic() - seen.listed > _PROBLEMS_SECONDS
        if seen.problems_of != of and (is_old or is_final):
            seen.problems = await self._problems(one, is_final=is_final)
            seen.problems_of, seen.listed = of, time.monotonic()
        listed, more = seen.problems
        headline, details = _words(one, waits)
        return View(
            state=one.state,
            headline=headline,
            details=details,
            rows=sum(counts.values()),
            done=counts.get(Status.DONE, 0),
            rejected=rejected,
            unknown=unknown,
            remaining=counts.get(Status.SKIPPED, 0),
            problems=listed,
            more_problems=more,
            actions=_ACTIONS[State(one.state)],
        )

    async def _counts(self, one: Import) -> Mapping[str, int]:
        if one.counts is not None:
            return one.counts
        progress = await one.plan.progress(store=self._stores)
        return {status.value: count for status, count in progress.counts.items()}

    async def _problems(self, one: Import, *, is_final: bool) -> tuple[list[Line], int]:
        listed: list[Line] = []
        more = 0
        # If the file was changed, the page still shows the state of the import, which says so.
        with suppress(InvalidInput, NotUsable):
            async for line in lines(one, self._files, self._stores):
                if not is_problem(line, is_final=is_final):
                    continue
                if len(listed) < _MAX_LISTED:
                    listed.append(line)
                else:
                    more += 1
        return listed, more


def _words(one: Import, waits: list[str] | None) -> tuple[str, str]:
    """Return what a page says about the state of an import, and what it waits for."""
    state = State(one.state)
    if state is State.STARTED:
        if waits is None:
            return "Waiting for a worker.", "A free worker continues the import."
        return _HEADLINES[state], next((text for text in waits if text), "")
    if state is State.STOPPED and waits is not None:
        return "Stopping.", "Waiting for the responses to requests that were already sent."
    if state is State.CHECKED:
        return _HEADLINES[state], "Rejected rows are not sent. To correct them, upload a new file."
    return _HEADLINES[state], one.message
