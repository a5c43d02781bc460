"""Accounts that may write records, but not list what the file names."""

from __future__ import annotations

from lms_async.cli.exit_codes import Exit
from lms_async.sandbox import Fault
from schoology_async.sandbox import School, SchoologySandbox
from tests.cli.conftest import Import, file_of


async def test_numbers_are_taken_for_ids_of_roles(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, method="GET", path="roles"))
    ran = await lms_import(file_of(1))
    assert ran.code == Exit.DONE, ran.err
    assert "numbers in role_id are used as ids of Schoology" in ran.err


async def test_title_of_a_role_needs_the_permission_to_list(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, method="GET", path="roles"))
    ran = await lms_import(file_of(2).replace("1214", "Student", 1))
    assert ran.code == Exit.NOT_AUTHORIZED
    assert "permission to view roles, or write Schoology's ids into role_id." in ran.err


async def test_codes_are_never_taken_for_ids(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, method="GET", path="courses"))
    content = "course_code,section_code,title,grading_periods\n12,1,One,13011"
    ran = await lms_import(content, kind="sections")
    assert ran.code == Exit.NOT_AUTHORIZED
    assert "permission to view courses." in ran.err
