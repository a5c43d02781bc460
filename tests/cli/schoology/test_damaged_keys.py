"""A file of ``lms list`` whose codes were changed by a spreadsheet."""

from __future__ import annotations

from lms_async.cli.exit_codes import Exit
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import

HEADER = "course_code,title,id"


async def test_row_with_the_id_of_a_record_with_another_code_is_rejected(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    courses = schoology_sandbox.school.courses
    art, music = (courses.add(title=code, course_code=code).id for code in ("0100", "0200"))
    file = f"{HEADER}\n100,Art,{art}\n0200,Music,{music}\nNEW,New,\nOTHER,Other,999999\n"
    for dry in (True, False):
        ran = await lms_import(file, kind="courses", update_existing=True, dry_run=dry)
        assert ran.code == Exit.REJECTED
        assert "the record with the id of this row has another course_code" in ran.err
        assert "Did a spreadsheet remove zeros?" in ran.err
    assert [row["status"] for row in ran.results] == ["rejected", "done", "done", "done"]
    assert {course.course_code for course in courses} >= {"0100", "0200", "NEW", "OTHER"}
    assert "100" not in {course.course_code for course in courses}


async def test_damaged_code_of_another_record_does_not_update_that_record(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    courses = schoology_sandbox.school.courses
    art = courses.add(title="Art", course_code="0100").id
    courses.add(title="Other", course_code="100")
    ran = await lms_import(f"{HEADER}\n100,Drawing,{art}\n", kind="courses", update_existing=True)
    assert [row["error_code"] for row in ran.results] == ["other_key"]


async def test_file_with_right_codes_takes_no_more_requests(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    course = schoology_sandbox.school.courses.add(title="Art", course_code="0100")
    await lms_import(f"{HEADER}\n0100,Drawing,{course.id}\n", kind="courses", update_existing=True)
    assert schoology_sandbox.log.count("GET", "courses") == 1
