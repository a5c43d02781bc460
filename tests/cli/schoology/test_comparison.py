"""A dry run compares values, not the forms in which they are written."""

from __future__ import annotations

import attrs
import pytest

from lms_async.cli.kinds import KindOptions, Row
from lms_async.cli.reporting.progress import Change
from lms_async.cli.target import find_kind
from schoology_async.sandbox import School
from tests.cli.conftest import TARGET, Import

UPDATE = KindOptions(update_existing=True)


GRADING_PERIOD = "title,start,end\nT,2026-08-01,2026-12-31"
COURSE = "course_code,title,credits,synced\nB,Biology,0.5,1"


@pytest.mark.parametrize(
    ("kind", "there", "file", "change"),
    [
        ("grading-periods", GRADING_PERIOD, "T,01.08.2026,31.12.2026", Change.UNCHANGED),
        ("grading-periods", GRADING_PERIOD, "T,02.08.2026,31.12.2026", Change.UPDATED),
        ("courses", COURSE, "B,Biology,0.50,true", Change.UNCHANGED),
        ("courses", COURSE, "B,Biology,0.5,0", Change.UPDATED),
    ],
)
async def test_forms_of_a_value(
    lms_import: Import, school: School, kind: str, there: str, file: str, change: Change
) -> None:
    ran = await lms_import(there, kind=kind)
    assert ran.code == 0, ran.err
    header = there.partition("\n")[0]
    ran = await lms_import(
        f"{header}\n{file}", kind=kind, options=UPDATE, dry_run=True, restart=True
    )
    assert ran.summary is not None
    assert ran.summary.changes == {change: 1}


async def test_value_that_is_not_in_the_checked_row_counts_as_changed(
    lms_import: Import, school: School
) -> None:
    """A row must not be skipped because its check does not return one of its fields."""
    courses = find_kind(TARGET, "courses")

    def check(row: Row) -> object:
        return {name: value for name, value in row.items() if name != "credits"}

    ran = await lms_import(COURSE, kind="courses")
    assert ran.code == 0, ran.err
    ran = await lms_import(
        COURSE.replace("0.5", "0.7"),
        kind=attrs.evolve(courses, check_row=check),
        options=UPDATE,
        dry_run=True,
        restart=True,
    )
    assert ran.summary is not None
    assert ran.summary.changes == {Change.UPDATED: 1}
