"""``lms demo`` with fewer rows."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import attrs
import pytest

from lms_async.cli import demo
from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.target import DemoStep, Row
from schoology_async.cli import SchoologyTarget
from schoology_async.cli.demo import SchoologyDemo
from tests.cli.conftest import load

ROWS = 1800


async def run(rows: int = ROWS) -> tuple[Exit, str]:
    out = io.StringIO()
    ended = await demo.run_demo(out, make_reporter(out, io.StringIO()), rows=rows, to="schoology")
    return ended, out.getvalue()


async def test_demo_checks_pass() -> None:
    ended, said = await run()
    assert ended is Exit.DONE, said
    for part in (
        "Schoology sandbox on this machine",
        "Rate limit: 15 requests per 0.3 s",
        "5 rate limit refusals (429), two connections lost",
        "900 people, 8 courses, 36 sections and 900 enrollments, and 20 that must",
        "906 rows: 900 done, 6 rejected, 0 unknown, 0 skipped",
        "5 retried, 5 refused",
        "2 retried, 0 refused",
        "ok      read back: 900 people, 0 missing",
        "ok      read back: 8 courses, 0 missing",
        "ok      read back: 36 sections, 0 missing",
        "ok      read back: 900 enrollments, 0 missing",
        "ok      0 requests above the rate limit",
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
        if number == 3:
            yield {**row, "title": "else"}
            yield {**row, "course_code": "made up"}


class Forgetful(SchoologyDemo):
    """Imports courses into a vendor that forgets."""

    def steps(self, count: int) -> Sequence[DemoStep]:
        _, courses, *_ = super().steps(count)
        read = courses.read_back
        return [attrs.evolve(courses, read_back=lambda client: forgetful(read(client)))]


async def test_demo_reports_failed_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    target = attrs.evolve(SchoologyTarget(), demo=Forgetful())
    monkeypatch.setattr(demo, "find_target", lambda _: target)
    monkeypatch.setattr(demo, "LIMIT", (1000, 0.1))
    ended, said = await run(1000)
    assert ended is not Exit.DONE
    assert "FAILED  read back: 6 courses, 1 missing" in said
    assert "FAILED  courses not in the file: 1, duplicates: 2" in said
    assert "FAILED  courses with other values than in the file: 1" in said
