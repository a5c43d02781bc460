"""Which rows of a file are the same record, and what a dry run says about them."""

from __future__ import annotations

import pytest

from lms_async import Guard
from lms_async.cli.exit_codes import Exit
from lms_async.cli.kinds import KindOptions
from lms_async.cli.reporting.progress import Change
from lms_async.sandbox import Fault
from schoology_async.sandbox import School, SchoologySandbox
from tests.cli.conftest import Import, Ran, file_of
from tests.schoology.rosters import PERIOD

KEEP = KindOptions(keep_enrollments=True, notify=False)


def written(sandbox: SchoologySandbox) -> int:
    return sum(seen.method != "GET" for seen in sandbox.log)


def outcomes(ran: Ran) -> list[tuple[str, str]]:
    return [(row["status"], row["error_code"]) for row in ran.results]


@pytest.mark.parametrize(
    ("kind", "header", "first", "second"),
    [
        ("buildings", "school_id,title,city", "Sandbox Academy,North,A", "Sandbox Academy,North,B"),
        (
            "sections",
            "course_code,section_school_code,title,grading_periods",
            "C,X,One,This year",
            "C,X,Two,This year",
        ),
        (
            "sections",
            "course_code,section_code,title,grading_periods",
            "C,X,One,This year",
            f"C,X,Two,{PERIOD}",
        ),
    ],
)
async def test_rows_with_the_same_key_are_rejected_if_part_of_the_key_is_empty(
    lms_import: Import,
    schoology_sandbox: SchoologySandbox,
    school: School,
    kind: str,
    header: str,
    first: str,
    second: str,
) -> None:
    ran = await lms_import(f"{header}\n{first}\n{second}\n", kind=kind, update_existing=True)
    assert outcomes(ran) == [("rejected", "duplicate")] * 2
    assert written(schoology_sandbox) == 0


async def test_same_code_in_another_grading_period_is_another_section(
    lms_import: Import, school: School
) -> None:
    header = "course_code,section_code,title,grading_periods\n"
    await lms_import(header + "C,X,One,This year\n", kind="sections")
    rows = header + "C,X,One,This year\nC,X,Two,Last year\n"
    for dry in (True, False):
        ran = await lms_import(
            rows, kind="sections", update_existing=True, restart=True, dry_run=dry
        )
        assert ran.summary is not None
        assert ran.summary.changes == {Change.UNCHANGED: 1, Change.CREATED: 1}
    assert outcomes(ran) == [("done", "")] * 2


async def test_only_the_first_of_two_rows_about_one_record_is_done(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    """The second row finds a building that the first one is about to rename."""
    school.buildings.add(str(school.school_id), title="North", building_code="1")
    rows = "school_id,building_code,title\nSandbox Academy,1,South\nSandbox Academy,,North\n"
    ran = await lms_import(rows, kind="buildings", update_existing=True)
    assert ran.summary is not None
    assert ran.summary.changes[Change.UNCHANGED] == 0
    assert outcomes(ran) == [("done", ""), ("rejected", "duplicate")]
    assert written(schoology_sandbox) == 1


async def test_cell_of_commas_only_is_rejected(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    header = "school_uid,name_first,name_last,role_id,primary_email,additional_buildings"
    ran = await lms_import(f'{header}\nS1,Ada,Byron,1214,a@b.example,","\n')
    assert outcomes(ran) == [("rejected", "not_found")]
    assert written(schoology_sandbox) == 0


async def test_name_in_a_rejected_row_only_is_not_needed(
    lms_import: Import, school: School
) -> None:
    rows = "course_code,title,building_id\nX,One,\nY,,Sandbox Academy\n"
    ran = await lms_import(rows, kind="courses")
    assert outcomes(ran) == [("done", ""), ("rejected", "invalid")]


async def test_dry_run_does_not_call_a_removal_a_change(lms_import: Import, school: School) -> None:
    rows = "section_school_code,school_uid,delete\nC-0,S00000,1\nC-0,S00001,0\n"
    ran = await lms_import(rows, kind="enrollments", dry_run=True)
    assert ran.summary is not None
    assert ran.summary.changes == {Change.CREATED: 1}
    assert "removes 1 enrollment." in ran.err


async def test_dry_run_says_that_the_guard_would_refuse(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    rows = "school_uid\nS00000\nS00001\nS00002\n"
    for dry in (True, False):
        ran = await lms_import(
            rows, kind="deactivate", options=KEEP, yes=True, max_removals=Guard(2), dry_run=dry
        )
        assert ran.code == Exit.GUARDED
    assert written(schoology_sandbox) == 0


async def test_guard_that_allowed_a_removal_allows_its_continuation(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    """The records that the first run removed are counted with those that are left."""
    await lms_import(file_of(20))
    leavers = ["school_uid", *(f"S{number:05}" for number in range(1, 11))]
    for count, restart in ((5, True), (10, False)):
        ran = await lms_import(
            "\n".join(leavers[: count + 1]),
            kind="deactivate",
            options=KEEP,
            yes=True,
            restart=restart,
            max_removals=Guard("50%"),
        )
        assert outcomes(ran) == [("done", "")] * count, ran.err
    assert [row["change"] for row in ran.results] == ["unchanged"] * 5 + ["updated"] * 5


async def test_records_that_cannot_be_counted_stop_a_removal(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(400, path="users", method="GET", share=1.0))
    for dry in (True, False):
        ran = await lms_import(
            "uid\n1\n", kind="deactivate", options=KEEP, yes=True, dry_run=dry, restart=True
        )
        assert ran.code == Exit.UNREACHABLE
        assert "No row was sent." in ran.err
    assert written(schoology_sandbox) == 0
