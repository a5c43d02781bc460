"""Keep a vendor equal to a school for a year, and check the plan of each step.

``school_year_steps.py`` has the school and the steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from lms_async.roster import (
    Action,
    GuardSettings,
    OneRosterSource,
    Plan,
    PlanMeta,
    RosterMapping,
    Target,
    plan,
)
from lms_async.roster.changes import REMOVALS
from lms_async.roster.entries import KEY_PARTS
from tests.roster.tables import Tables

#: What a plan has: the number of changes by ``"add"``, ``"update"``, ``"return"`` or ``"remove"``,
#: and by kind. An enrollment or relationship that returns is added, because not every vendor keeps
#: the old one.
Counts = Mapping[tuple[str, str], int]

MAPPING = RosterMapping(
    roles={"student": "Student", "teacher": "Teacher", "guardian": "Parent"},
    enrollment_roles={"student": "member", "teacher": "admin"},
    year_in_section_keys=True,
    last_grade=12,
    guard=GuardSettings(removals=frozenset({"people", "enrollments", "relationships"})),
)


@attrs.frozen
class Step:
    """A night of the year.

    :param day: the day for which the plan is made.
    :param happens: changes the school's files.
    :param counts: what the plan has.
    :param refused: the guard's rules that do not allow the plan with the usual settings.
    :param guard: settings of the guard for this night, with which it allows the plan.
    """

    day: date
    happens: Callable[[Tables], None]
    counts: Counts
    refused: frozenset[str] = frozenset()
    guard: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def name(self) -> str:
        """A name for messages."""
        return self.happens.__name__


@attrs.define
class Year:
    """Keeps a target equal to the school.

    :param target: the vendor's account.
    :param folder: an empty folder.
    :param tables: the school's files at the start. The steps change them.
    :param mapping: the settings.
    """

    target: Target
    folder: Path
    tables: Tables
    mapping: RosterMapping = MAPPING
    last: PlanMeta | None = attrs.field(default=None, init=False)

    async def night(self, step: Step) -> Plan:
        """Let a step happen, and make, apply and verify the plan. A second plan is empty.

        :returns: the plan that was applied.
        """
        step.happens(self.tables)
        folder = self.folder / step.name
        folder.mkdir()
        source = OneRosterSource(self.tables.write(folder / "school"))
        if step.refused:
            made = await self._plan(source, step.day, folder)
            assert {one.rule for one in made.refusals() if one.stops} == step.refused, step.name
        made = await self._plan(source, step.day, folder, **step.guard)
        assert [one.text for one in made.refusals()] == [], step.name
        assert self._counts(made) == self._expected(step), step.name
        report = await made.apply(self.target, journal=folder / "journals")
        assert list(report.not_done()) == [], step.name
        verified = await made.verify(self.target)
        assert verified.counts_different == {}, step.name
        self.last = made.meta
        again = await self._plan(source, step.day, folder / "journals", **step.guard)
        assert again.counts() == {}, step.name
        return made

    async def _plan(self, source: OneRosterSource, day: date, folder: Path, **guard: Any) -> Plan:
        settings = attrs.evolve(self.mapping.guard, **guard)
        mapping = attrs.evolve(self.mapping, guard=settings)
        path = folder / "night.plan"
        return await plan(source, self.target, mapping, as_of=day, path=path, last=self.last)

    def _counts(self, made: Plan) -> Counts:
        counts: Counter[tuple[str, str]] = Counter()
        for (kind, action, _), count in made.counts().items():
            is_link = kind in KEY_PARTS and action is Action.RETURN
            counts["add" if is_link else _VERBS.get(action, action.value), kind] += count
        return dict(counts)

    def _expected(self, step: Step) -> Counts:
        held = self.target.capabilities.kinds
        return {(verb, kind): count for (verb, kind), count in step.counts.items() if kind in held}


_VERBS = {
    Action.CREATE: "add",
    Action.LINK: "add",
    **dict.fromkeys(REMOVALS, "remove"),
}
