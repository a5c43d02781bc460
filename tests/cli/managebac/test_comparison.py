"""A dry run compares a file with what ManageBac has."""

from __future__ import annotations

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.progress import Change
from manabac_async.sandbox import School

from .conftest import Run
from .test_kinds import student


async def test_dry_run_tells_what_would_change(run: Run, school: School) -> None:
    old = next(iter(school.students.values()))
    same = {
        "student_id": old.student_id,
        "email": old.email,
        "last_name": old.fields["last_name"],
    }
    changed = {**same, "student_id": "10002", "email": "student2@school.example"}
    rows = [same, {**changed, "last_name": "Quagmire"}, student(1)]
    ran = await run("students", rows, update_existing=True, dry_run=True)
    assert ran.code == Exit.DONE, ran.err
    assert "1 created, 1 updated, 1 unchanged" in ran.out + ran.err, ran.out + ran.err


@pytest.mark.parametrize(
    ("birthday", "change"), [("28.02.2011", Change.UNCHANGED), ("27.02.2011", Change.UPDATED)]
)
async def test_dates_are_compared_in_any_form(
    run: Run, school: School, birthday: str, change: Change
) -> None:
    await run("students", [student(1, birthday="2011-02-28")])
    rows = [student(1, birthday=birthday)]
    ran = await run("students", rows, update_existing=True, dry_run=True, restart=True)
    assert ran.summary is not None
    assert ran.summary.changes == {change: 1}
