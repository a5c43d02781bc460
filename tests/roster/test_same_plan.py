"""A plan that was edited, damaged or replaced after somebody read it is not applied."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from lms_async.errors import PlanUnusable
from lms_async.roster import Entry, Plan, Refusal
from tests.roster.fake_target import FakeTarget
from tests.roster.plans import CHANGES, school, write
from tests.virtual import run

DOUBT = Refusal(rule="partial", number=0, bound=0, stops=False, text="No removals.")


@pytest.mark.parametrize(
    "edit",
    [
        "DELETE FROM changes WHERE number = 2",
        "UPDATE changes SET action = 'deactivate' WHERE number = 2",
        "UPDATE changes SET after = CAST(replace(after, 'Art', 'Music') AS BLOB)",
        "DELETE FROM refusals",
        """UPDATE meta SET value = '"2099-01-01"' WHERE name = 'as_of'""",
        "DELETE FROM meta WHERE name = 'digest'",
    ],
)
def test_edited_plan_is_neither_applied_nor_verified(tmp_path: Path, edit: str) -> None:
    made, target = write(tmp_path / "a.plan", (DOUBT,)), school()
    with closing(sqlite3.connect(made.path)) as connection, connection:
        assert connection.execute(edit).rowcount
    with pytest.raises(PlanUnusable, match="edited"):
        run(made.apply(target, journal=tmp_path / "journals"))
    assert target.requests == 0
    with pytest.raises(PlanUnusable, match="edited"):
        run(made.verify(target))


def test_plan_that_was_replaced_after_it_was_read_is_not_applied(tmp_path: Path) -> None:
    path, target = tmp_path / "a.plan", school()
    read = Plan(path, id=write(path).meta.id)
    write(path, changes=CHANGES[:1])
    with pytest.raises(PlanUnusable, match="another plan"):
        run(read.apply(target, journal=tmp_path / "journals"))
    assert target.requests == 0
    with pytest.raises(PlanUnusable, match="another plan"):
        read.counts()


class Replacing(FakeTarget):
    """While its records are read, another program replaces the plan."""

    def __init__(self, path: Path, other: Path) -> None:
        super().__init__()
        self.path, self.other = path, other

    async def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        self.other.replace(self.path)
        for entry in self.entries:
            yield entry


def test_plan_that_is_replaced_while_it_is_verified_does_not_count_as_verified(
    tmp_path: Path,
) -> None:
    made, other = write(tmp_path / "a.plan"), write(tmp_path / "b.plan", changes=[])
    with pytest.raises(PlanUnusable, match="another plan"):
        run(made.verify(Replacing(made.path, other.path)))
