"""``lms demo`` of a target that keeps a roster, with a small district."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.cli.demo import keeping, run
from lms_async.cli.demo.checks import Screen
from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.sandbox import Fault
from schoology_async.cli import SchoologyTarget
from schoology_async.cli.demo import SchoologyDemo
from schoology_async.cli.roster import ROSTER
from tests.cli.conftest import load

#: One line of each step, in this order.
STEPS = (
    "$ lms roster init oneroster --to schoology",
    'the demo changed removals = [] to: removals = ["people", "relationships", "enrollments"]',
    "$ lms plan oneroster --mapping roster.toml --to schoology",
    "  people         150 create",
    "$ lms apply roster.plan --results first-day.csv",
    "  people         150 create: done",
    "Step 4: Plan the next day. users.csv ends in the middle",
    "3 people left, 2 students moved to another school",
    "The guard refuses this plan:",
    "The guard leaves out removals:",
    "Exit code: 6",
    "Step 5",
    "2 create, 4 update, 3 deactivate",
    "$ lms apply roster.plan --yes",
    "  people         3 deactivate: done",
    "$ lms verify roster.plan",
    "changes as planned.",
    "Step 8",
    ": 0 changes.",
    "ok      first day: 687 changes in the plan, 687 rows in the results file",
    "ok      first day: 9 simulated failures happened, 0 did not",
    "ok      the broken export changed nothing",
    "ok      people: 155 in the source, 155 at Schoology; 0 missing",
    "ok      relationships: 100 in the source, 100 at Schoology; 0 missing",
    "ok      courses: 4 in the source, 4 at Schoology; 0 missing",
    "ok      sections: 16 in the source, 16 at Schoology; 0 missing",
    "ok      enrollments: 416 in the source, 416 at Schoology; 0 missing",
    "ok      3 people left; 3 are deactivated",
    "ok      0 of ",
)


class FastDemo(SchoologyDemo):
    limit = (1000, 0.05)


async def run_demo(monkeypatch: pytest.MonkeyPatch, demo: SchoologyDemo, out: io.StringIO) -> Exit:
    target = attrs.evolve(SchoologyTarget(), roster=attrs.evolve(ROSTER, demo=demo))
    monkeypatch.setattr(run, "find_target", lambda _: target)
    monkeypatch.setattr(keeping, "LATENCY", (0.0, 0.0))
    screen = Screen(out, io.StringIO(), make_reporter(out, out))
    return await run.run_demo(screen, to="schoology", students=50)


async def test_demo_shows_all_steps_and_its_checks_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = Path.cwd(), io.StringIO()
    ended = await run_demo(monkeypatch, FastDemo(), out)
    said = out.getvalue()
    assert ended is Exit.DONE, said
    rest = said
    for step in STEPS:
        assert step in rest, (step, said)
        rest = rest.split(step, 1)[1]
    assert "FAILED" not in said
    assert Path.cwd() == folder
    assert load(Path(said.split("The files in ")[1].split(" were")[0])) is None


class WithoutCourses(FastDemo):
    """The account must not create courses."""

    def add_faults(self, server: Any) -> Sequence[str]:
        server.faults.add(Fault.error(403, method="POST", path="courses", times=1000))
        return ["no course can be created"]


async def test_demo_stops_if_a_step_ends_with_another_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"Step 3 .* exit code \d instead of 0") as why:
        await run_demo(monkeypatch, WithoutCourses(), out)
    assert why.value.exit_code is not Exit.DONE
    assert "Step 4" not in out.getvalue()
