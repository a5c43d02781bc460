"""``lms demo`` of a target that imports files, with fewer rows."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import attrs
import pytest

from lms_async.cli.demo import run
from lms_async.cli.demo.checks import Screen
from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.target import DemoStep, Row
from manabac_async.cli.demo import MembersDemo
from manabac_async.cli.target import ManageBacTarget
from tests.cli.conftest import load


class FastDemo(MembersDemo):
    """Needs no pauses of a second."""

    limit = (50, 0.2)


async def run_demo(monkeypatch: pytest.MonkeyPatch, demo: MembersDemo) -> tuple[Exit, str]:
    target = attrs.evolve(ManageBacTarget(), demo=demo)
    monkeypatch.setattr(run, "find_target", lambda _: target)
    out = io.StringIO()
    screen = Screen(out, io.StringIO(), make_reporter(out, io.StringIO()))
    return await run.run_demo(screen, rows=400, to="managebac"), out.getvalue()


async def test_demo_checks_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    ended, said = await run_demo(monkeypatch, FastDemo())
    assert ended is Exit.DONE, said
    for part in (
        "ManageBac sandbox on this machine",
        "Rate limit: 50 requests per 0.2 s",
        "5 rate limit refusals (429), a connection lost after the request was processed",
        "Rows: 400 members, and 8 that must be rejected",
        "408 rows: 400 done, 8 rejected, 0 unknown, 0 skipped",
        "8 retried, 5 refused because of the rate limit",
        "ok      read back: 400 members, 0 missing",
        "ok      0 of ",
        "Rate limit used: ",
    ):
        assert part in said, said
    assert "FAILED" not in said
    folder = said.split("The files in ")[1].split(" were")[0]
    assert load(Path(folder)) is None


async def forgetful(rows: AsyncIterator[Row]) -> AsyncIterator[Row]:
    """Lose one row, repeat one, change one and invent one."""
    number = 0
    async for row in rows:
        number += 1
        if number == 1:
            continue
        yield row
        if number == 2:
            yield row
        if number == 4:  # has a level
            yield {**row, "level": "else"}
            yield {**row, "student_id": "made up"}


class Forgetful(FastDemo):
    """Imports members into a vendor that forgets."""

    def steps(self, count: int) -> Sequence[DemoStep]:
        (members,) = super().steps(count)
        read = members.read_back
        return [attrs.evolve(members, read_back=lambda client: forgetful(read(client)))]


async def test_demo_reports_failed_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    ended, said = await run_demo(monkeypatch, Forgetful())
    assert ended is not Exit.DONE
    assert "FAILED  read back: 402 members, 1 missing" in said
    assert "FAILED  members not in the file: 1, duplicates: 2" in said
    assert "FAILED  members with other values than in the file: 1" in said
