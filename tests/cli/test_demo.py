"""``lms demo`` with fewer people."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.cli import demo
from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.target import Row
from schoology_async.cli import SchoologyTarget
from schoology_async.cli.demo import SchoologyDemo
from tests.cli.conftest import load

PEOPLE = 3400


async def run(people: int = PEOPLE) -> tuple[Exit, str]:
    out = io.StringIO()
    ended = await demo.run_demo(
        out, make_reporter(out, io.StringIO()), people=people, to="schoology"
    )
    return ended, out.getvalue()


async def test_demo_checks_pass() -> None:
    ended, said = await run()
    assert ended is Exit.DONE, said
    for part in (
        "Schoology sandbox on this machine",
        "Rate limit: 15 requests per 0.5 s",
        "5 rate limit refusals (429), a connection lost",
        "3,406 rows: 3,400 done, 6 rejected, 0 unknown, 0 skipped",
        "7 retried, 5 refused",
        "ok      read back: 3,400 people, 0 missing",
        "ok      0 requests above the rate limit",
        "Rate limit used: ",
    ):
        assert part in said, said
    assert "FAILED" not in said
    folder = said.split("The files in ")[1].split(" were")[0]
    assert load(Path(folder)) is None


class Forgetful(SchoologyDemo):
    """A vendor that loses one person, repeats one, changes one and invents one."""

    async def read_back(self, client: Any) -> AsyncIterator[Row]:
        number = 0
        async for row in super().read_back(client):
            number += 1
            if number == 1:
                continue
            yield row
            if number == 2:
                yield row
            if number == 3:
                yield {**row, "name_last": "else"}
                yield {**row, "school_uid": "made up"}


async def test_demo_reports_failed_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    target = attrs.evolve(SchoologyTarget(), demo=Forgetful())
    monkeypatch.setattr(demo, "find_target", lambda _: target)
    monkeypatch.setattr(demo, "LIMIT", (1000, 0.1))
    ended, said = await run(200)
    assert ended is not Exit.DONE
    assert "FAILED  read back: 202 people, 1 missing" in said
    assert "FAILED  people not in the file: 1, duplicates: 2" in said
    assert "FAILED  people with other values than in the file: 1" in said
