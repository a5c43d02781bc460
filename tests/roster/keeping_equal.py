"""The property of the roster: whatever happens, the vendor has what the school has in the end.

A random school is planned and applied. Somebody changes records at the vendor by hand. Then another
random school is planned and applied, while requests fail and the program is killed, and is applied
again with the same folder. Afterwards what is in scope is equal, nothing else was touched, nothing
was created twice, each plan is verified, and the last plan is empty.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import attrs

from lms_async.errors import LmsError
from lms_async.journal.file_store import FileStore
from lms_async.outcome import Outcome, Status
from lms_async.roster import (
    Action,
    Change,
    GuardSettings,
    IterableSource,
    Plan,
    RosterMapping,
    Scope,
    Verification,
    plan,
)
from lms_async.roster.changes import REMOVALS
from lms_async.roster.entries import split
from tests.roster.judging import Judge
from tests.roster.killing import apply_with_kills
from tests.roster.random_school import DAY, Roster, Story
from tests.roster.world import World

T = TypeVar("T")

#: A folder in memory. On a disk, the journals of many small runs would take most of the time.
_PLACE = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
#: More plans than this are not needed to make what was rejected or is unknown.
_MOST_PLANS = 5
_KINDS = frozenset({"people", "sections", "enrollments", "relationships"})
#: A small school changes in nearly all its records.
_GUARD = GuardSettings(removals=_KINDS, min_records=1000, max_orphan_share=1)


async def check(world: World, story: Story) -> None:
    """Check the property in a new account."""
    with tempfile.TemporaryDirectory(dir=_PLACE) as folder:
        async with world:
            await _check(world, story, Path(folder))


async def _check(world: World, story: Story, folder: Path) -> None:
    mapping = attrs.evolve(world.mapping, guard=_GUARD)
    first = await _plan(world, mapping, story.before, folder / "before.plan")
    report = await apply_with_kills(world, first, folder / "before", [])
    assert report.is_done, list(report.not_done())
    for what, number in story.oddities:
        world.disturb(what, number)

    mapping = attrs.evolve(mapping, scope=_translated(story.scope, mapping))
    start, kills = world.shown(), list(story.kills)
    world.fail(story.troubles)
    returned: set[str] = set()
    is_done = False
    for number in range(_MOST_PLANS):
        made = await _plan(world, mapping, story.after, folder / f"{number}.plan")
        changes = [change async for change in made]
        if is_done:
            # A vendor may bring back what people had before they left. This is removed only when it
            # is seen. All else is equal after the first plan that is done.
            left = [change for change in changes if not _ends_what_returned(change, returned)]
            assert left == [], left
        if not changes:
            break
        returned |= {one.key for one in changes if one.action is Action.RETURN}
        report = await apply_with_kills(world, made, folder / str(number), kills)
        failed = {(one.item.kind, one.item.key) for one in report.not_done()}
        if not report.is_done:
            noted = await _noted(world, made, folder / str(number))
            assert noted == report.counts, (noted, report.counts)
        different = await _different(world, made)
        assert different <= failed, different - failed
        is_done = report.is_done
        if number:
            world.heal()
    assert not changes, list(report.not_done())
    judge = Judge(story.after, mapping, world.capabilities, start, world.shown())
    complaints = list(judge.complaints())
    assert complaints == [], complaints
    assert world.made_twice() == []


def _ends_what_returned(change: Change, returned: set[str]) -> bool:
    return change.action in REMOVALS and not returned.isdisjoint(split(change.key))


async def _plan(world: World, mapping: RosterMapping, roster: Roster, path: Path) -> Plan:
    async def make() -> Plan:
        async with world.connect() as target:
            return await plan(IterableSource(**roster), target, mapping, as_of=DAY, path=path)

    return await _calmly(make)


async def _different(world: World, made: Plan) -> set[tuple[str, str]]:
    async def verify() -> Verification:
        async with world.connect() as target:
            return await made.verify(target)

    verification = await _calmly(verify)
    return {(one.change.kind, one.change.key) for one in verification.different}


async def _noted(world: World, made: Plan, folder: Path) -> Counter[tuple[str, Action, Status]]:
    """Count the outcomes that the journals in ``folder`` have."""

    def store(name: str) -> FileStore:
        return FileStore(folder / f"{name.rpartition('/')[2]}.journal")

    async def read() -> list[Outcome[Change]]:
        async with world.connect() as target:
            return [outcome async for outcome in made.outcomes(target, store=store)]

    found = await _calmly(read)
    return Counter((one.item.kind, one.item.action, one.status) for one in found)


async def _calmly(read: Callable[[], Awaitable[T]]) -> T:
    """Read, again after an error. What goes wrong goes wrong once."""
    for _ in range(20):
        try:
            return await read()
        except LmsError as error:
            last = error
    raise last


def _translated(scope: Scope, mapping: RosterMapping) -> Scope:
    """Return the scope in the vendor's words."""
    if scope.roles is None:
        return scope
    return attrs.evolve(scope, roles=frozenset(mapping.roles[role] for role in scope.roles))
