"""What a page shows about an import: its progress, what it waits for, and rows with problems."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from attrs import asdict, define, field, frozen

from lms_async import InvalidInput, Status

from .database import Database, Import, State, Step
from .files import Files, NotUsable
from .kinds import Kind, known_lines
from .results import Line, counted, is_problem, read_file

#: Rows with problems that a page lists. The download has all of them.
_MAX_LISTED = 100
#: Seconds for which several viewers get the same progress, and the same list of problems.
_PROGRESS_SECONDS, _PROBLEMS_SECONDS = 1.0, 3.0
#: Imports whose last views are kept in memory.
_MAX_KEPT = 200

_HEADLINES = {
    State.PLANNING: "Making the plan.",
    State.UNPLANNED: "The plan could not be made. You can try again.",
    State.REFUSED: "Refused. Nothing was sent.",
    State.CHECKED: "Checked. Nothing was sent yet.",
    State.STARTED: "Sending.",
    State.STOPPED: "Stopped. You can resume it.",
    State.FAILED: "Interrupted. You can resume it.",
    State.FINISHED: "Finished.",
}
#: What a checked import says about mistakes in its file.
_TO_CORRECT = {
    "people": "Rejected rows are not sent. To correct them, upload a new file.",
    "roster": "Read the plan before you start it. To correct it, upload a new file.",
}
#: The buttons that a page has in each state.
_ACTIONS = {
    State.PLANNING: ("delete",),
    State.UNPLANNED: ("retry", "delete"),
    State.REFUSED: ("delete",),
    State.CHECKED: ("start", "delete"),
    State.STARTED: ("stop",),
    State.STOPPED: ("resume", "delete"),
    State.FAILED: ("resume", "delete"),
    State.FINISHED: ("delete",),
}


#: In these states, an import has results. Some can only be read with the school's credentials.
HAS_RESULTS = (State.STOPPED, State.FAILED, State.FINISHED)


@frozen
class StepView:
    """The numbers of the rows, or of the changes of one kind and action."""

    kind: str
    action: str
    rows: int
    done: int
    rejected: int
    unknown: int
    remaining: int

    @classmethod
    def of(cls, step: Step) -> Self:
        """Return the view of a step."""
        statuses = (Status.DONE, Status.REJECTED, Status.UNKNOWN, Status.SKIPPED)
        numbers = (step.counts.get(status, 0) for status in statuses)
        return cls(step.kind, step.action, sum(step.counts.values()), *numbers)


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
    steps: list[StepView]
    problems: list[Line]
    more_problems: int
    has_results: bool
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
    problems_of: tuple[str, int, int, Path | None] | None = None
    listed: float = -_PROBLEMS_SECONDS


class Views:
    """Makes the views of imports. Many viewers of one import cost as much as one."""

    def __init__(self, database: Database, files: Files, kinds: Mapping[str, Kind]) -> None:
        self._database = database
        self._files = files
        self._kinds = kinds
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
        steps = [StepView.of(step) for step in await self._steps(one)]
        waits = await self._database.waits(one)
        is_final = one.state == State.FINISHED
        rejected, unknown = (
            sum(getattr(step, name) for step in steps) for name in ("rejected", "unknown")
        )
        # While it runs, unknown rows come and go, and are not listed.
        path = self._files.known_results(one.id)
        of = (one.state, rejected, unknown if is_final else 0, path)
        is_old = time.monotonic() - seen.listed > _PROBLEMS_SECONDS
        if seen.problems_of != of and (is_old or is_final):
            seen.problems = await self._problems(one, path, is_final=is_final)
            seen.problems_of, seen.listed = of, time.monotonic()
        listed, more = seen.problems
        headline, details = _words(one, waits)
        return View(
            state=one.state,
            headline=headline,
            details=details,
            rows=sum(step.rows for step in steps),
            done=sum(step.done for step in steps),
            rejected=rejected,
            unknown=unknown,
            remaining=sum(step.remaining for step in steps),
            steps=steps,
            problems=listed,
            more_problems=more,
            has_results=is_final
            or not self._kinds[one.kind].needs_credentials
            or (one.state in HAS_RESULTS and waits is None),
            actions=_ACTIONS[State(one.state)],
        )

    async def _steps(self, one: Import) -> list[Step]:
        if one.steps is not None:
            return [Step(**step) for step in one.steps]
        kind, results = self._kinds[one.kind], self._files.results(one.id)
        if results.exists():  # it finishes at this moment
            return await asyncio.to_thread(lambda: counted(read_file(results), kind.columns))
        return await kind.progress(one)

    async def _problems(
        self, one: Import, path: Path | None, *, is_final: bool
    ) -> tuple[list[Line], int]:
        kind = self._kinds[one.kind]
        listed: list[Line] = []
        more = 0
        if kind.needs_credentials and path is None:
            return listed, more  # no reason is known
        # If the file was changed, the page still shows the state of the import, which says so.
        with suppress(InvalidInput, NotUsable):
            async for line in known_lines(kind, one, self._files):
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
    if state in (State.PLANNING, State.STARTED):
        if waits is None:
            return "Waiting for a worker.", "A free worker continues the import."
        return _HEADLINES[state], next((text for text in waits if text), "")
    if state is State.STOPPED and waits is not None:
        return "Stopping.", "Waiting for the responses to requests that were already sent."
    if state is State.CHECKED:
        return _HEADLINES[state], _TO_CORRECT[one.kind]
    return _HEADLINES[state], one.message
