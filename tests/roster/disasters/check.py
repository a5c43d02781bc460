"""Let disasters happen, and see what the roster says before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

from lms_async.errors import PlanRefused, PlanUnusable
from lms_async.roster import Plan, SourceRefused
from tests.roster.disasters import (  # noqa: F401 - each adds its disasters to the list
    after_planning,
    damaged_files,
    wrong_ids,
    wrong_settings,
    wrong_values,
)
from tests.roster.disasters.disaster import DISASTERS as DISASTERS
from tests.roster.disasters.disaster import Disaster
from tests.roster.disasters.world import healthy_world

TABLE = Path(__file__).with_name("refusals.md")

#: How many texts of a disaster the table shows.
_SHOWN = 2

#: How a disaster ends.
UNREADABLE = "The files are refused"
REFUSED = "The plan is refused"
NOTHING_TO_DO = "The plan has no changes"
WRITTEN = "The vendor is changed"


@attrs.frozen
class Result:
    """What a disaster led to.

    :param end: one of the texts above.
    :param says: what the roster says, without what it says of a healthy school.
    """

    end: str
    says: tuple[str, ...]


class Disasters:
    """Lets disasters happen to copies of a healthy world.

    :param folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def prepare(self) -> None:
        """Make the healthy world."""
        self._healthy = await healthy_world(self._folder)
        path = self._folder / "healthy"
        path.mkdir()
        made = await self._healthy.plan(path)
        assert made.counts() == {}
        assert made.refusals() == []
        self._usual = set(_remarks(made))

    async def happen(self, disaster: Disaster) -> Result:
        """Damage a copy of the healthy world, and try to apply a plan to the vendor."""
        world, folder = self._healthy.copy(), self._folder / disaster.name
        folder.mkdir()
        if disaster.first_run:
            world.last = None
        disaster.damage(world)
        try:
            made = await world.plan(folder)
        except SourceRefused as error:
            return Result(UNREADABLE, (str(error),))
        world.later(made.path)
        made = Plan(made.path, made.report)
        try:
            await made.apply(world.target, journal=folder / "journals")
        except (PlanRefused, PlanUnusable) as error:
            assert not world.target.requests
            text = str(error).replace(f"{folder}/", "")
            return Result(REFUSED, _stops(made) or (text,))
        end = WRITTEN if world.target.requests else NOTHING_TO_DO
        refusals = [refusal.text for refusal in made.refusals()]
        remarks = [text for text in _remarks(made) if text not in self._usual]
        return Result(end, tuple(refusals or remarks[:1]))


def _stops(made: Plan) -> tuple[str, ...]:
    """Return the guard's texts, one for each rule and kind. Schools differ only in numbers."""
    try:
        stops = [refusal for refusal in made.refusals() if refusal.stops]
    except PlanUnusable:
        return ()
    return tuple({(one.rule, one.kind): one.text for one in reversed(stops)}.values())[::-1]


def _remarks(made: Plan) -> Iterator[str]:
    """Yield what the plan says of the files, and of records that are left alone."""
    # What concerns the whole source has no file, and comes first.
    yield from map(str, sorted(made.report.problems, key=lambda problem: bool(problem.file)))
    for (kind, reason, _), count in made.counts_left_alone().items():
        yield f"Left alone: {count} {kind} ({reason})."


def as_row(title: str, result: Result) -> str:
    """Return the row of the table that shows what a disaster led to."""
    more = len(result.says) - _SHOWN
    says = " ".join(result.says[:_SHOWN]) + (f" And {more} more." if more > 0 else "")
    return f"| {title}. | {result.end}. | {says} |"
