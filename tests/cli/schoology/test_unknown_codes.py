"""A dry run finds the rows whose codes Schoology does not know, or knows twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.progress import Change
from lms_async.outcome import Status
from lms_async.sandbox import Fault
from schoology_async.sandbox import School, SchoologySandbox
from tests.cli.conftest import Import, Ran, file_of
from tests.cli.schoology.test_kinds import CASES, KINDS, writes
from tests.schoology.rosters import PERIOD

HEADER = "section_school_code,school_uid,delete\n"


def counts(ran: Ran) -> dict[Status, int]:
    assert ran.summary is not None
    return {status: count for status, count in ran.summary.counts.items() if count}


def instead(*, path: str, **body: Any) -> Fault:
    """Return a response that replaces the list at this path."""
    text = json.dumps({**body, "total": str(len(next(iter(body.values()))))})
    return Fault(
        "error",
        status=200,
        headers={"Content-Type": "application/json"},
        body=text,
        scope={"method": "GET", "path": path},
    )


def test_every_kind_of_enrollments_and_links_has_codes() -> None:
    assert {name for name, kind in KINDS.items() if kind.codes} == {
        *("enrollments", "course-enrollments", "parents", "advisors")
    }


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.codes])
async def test_dry_run_rejects_what_the_import_rejects(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School, name: str
) -> None:
    file = CASES[name].file(school)
    planned = await lms_import(file, kind=name, dry_run=True)
    assert planned.code == Exit.REJECTED
    assert counts(planned) == {Status.SKIPPED: 2, Status.REJECTED: 1}
    assert planned.summary is not None
    assert planned.summary.changes[Change.CREATED] == (0 if name == "advisors" else 2)
    assert "row 4 rejected" in planned.err.casefold()
    assert "Schoology would reject 1 row." in planned.err
    assert writes(schoology_sandbox) == schoology_sandbox.log.count("POST", "multiget")
    ran = await lms_import(None, kind=name)
    assert [row["status"] for row in ran.results] == ["done", "done", "rejected"]


async def test_message_names_the_field_and_no_person(lms_import: Import, school: School) -> None:
    rows = "student_school_uid,parent_school_uid\nHidden1,S00002\nS00001,Hidden2\nHidden3,Hidden4\n"
    ran = await lms_import(rows, kind="parents", dry_run=True)
    assert counts(ran) == {Status.REJECTED: 3}
    assert "student_school_uid: Schoology has no such record among its active people" in ran.err
    assert "parent_school_uid: Schoology has no such record among its active people" in ran.err
    assert "Hidden" not in ran.err + ran.out


async def test_inactive_person_cannot_be_enrolled(lms_import: Import, school: School) -> None:
    leaver = school.by_school_uid("S00001")
    assert leaver is not None
    school.delete(leaver.uid, keep_enrollments=True, email=False)
    ran = await lms_import(HEADER + "C-0,S00001,\n", kind="enrollments", dry_run=True)
    assert counts(ran) == {Status.REJECTED: 1}


async def test_code_of_two_people_is_rejected(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    twins = [{"uid": uid, "school_uid": "S00001"} for uid in ("1", "2")]
    schoology_sandbox.faults.add(instead(path="users", user=twins))
    ran = await lms_import(HEADER + "C-0,S00001,\n", kind="enrollments", dry_run=True)
    assert counts(ran) == {Status.REJECTED: 1}, ran.err
    assert "several active people of Schoology have this code" in ran.err


async def test_removal_of_an_unknown_person_is_rejected(lms_import: Import, school: School) -> None:
    ran = await lms_import(HEADER + "C-0,S7,1\n", kind="enrollments", dry_run=True, yes=True)
    assert counts(ran) == {Status.REJECTED: 1}
    assert "removes 1 enrollment." in ran.err


async def test_section_that_the_list_omits_is_read_by_its_code(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    schoology_sandbox.faults.add(instead(path="sections", section=[]))
    ran = await lms_import(HEADER + "C-0,S00001,\nC-7,S00001,\n", kind="enrollments", dry_run=True)
    assert counts(ran) == {Status.SKIPPED: 1, Status.REJECTED: 1}, ran.err


async def test_enrollments_that_exist_need_no_look_up_of_people(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    rows = HEADER + "C-0,S00000,\nC-0,S00001,\n"
    await lms_import(rows, kind="enrollments")
    for restart in (False, True):
        schoology_sandbox.log.clear()
        ran = await lms_import(rows, kind="enrollments", dry_run=True, restart=restart)
        assert ran.code == Exit.DONE
        assert schoology_sandbox.log.count("GET", "users") == 0


async def test_account_that_may_not_list_people_is_told(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, method="GET", path="users", share=1.0))
    rows = "student_school_uid,advisor_school_uid\nS00000,S7\n"
    ran = await lms_import(rows, kind="advisors", dry_run=True)
    assert counts(ran) == {Status.SKIPPED: 1}
    assert "does not let this account read its active people" in ran.err


async def test_all_people_are_listed_if_that_takes_fewer_requests(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    await lms_import(file_of(300))
    links = [f"S{number:05},S00001" for number in range(3, 300)]
    rows = "\n".join(["student_school_uid,advisor_school_uid", *links])
    schoology_sandbox.log.clear()
    ran = await lms_import(rows, kind="advisors", dry_run=True)
    assert counts(ran) == {Status.SKIPPED: 297}, ran.err
    # One that tests the credentials, one that counts, and two pages, instead of six filters.
    assert schoology_sandbox.log.count("GET") <= 4


async def test_section_in_another_grading_period_is_another_section(
    lms_import: Import, school: School
) -> None:
    rows = (
        "course_code,section_code,grading_periods,school_uid\n"
        f"C,0,{PERIOD},S00000\nC,0,Last year,S00000\nX,0,This year,S00000\n"
    )
    ran = await lms_import(rows, kind="course-enrollments", dry_run=True)
    assert counts(ran) == {Status.SKIPPED: 1, Status.REJECTED: 2}
    assert "course_code, section_code and grading_periods" in ran.err
