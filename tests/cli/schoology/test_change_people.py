from __future__ import annotations

from lms_async.cli.exit_codes import Exit
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import, file_of


async def test_file_needs_only_the_columns_that_change(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(2))
    school = schoology_sandbox.school
    content = "school_uid,primary_email\nS00001,new@x.example\nS00002,\nS00099,other@x.example\n"
    ran = await lms_import(content, kind="change-people")
    assert ran.code == Exit.REJECTED
    errors = [(row["status"], row["error_code"]) for row in ran.results]
    assert errors == [("done", ""), ("rejected", "invalid"), ("rejected", "not_found")]
    assert "there is nothing to change" in ran.err
    assert "no such record among its active people" in ran.err
    account = school.by_school_uid("S00001")
    assert account is not None
    assert (account.primary_email, account.name_last) == ("new@x.example", "Quagmire1")
    assert school.by_school_uid("S00099") is None


async def test_leaver_is_not_changed(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school
    uid = school.add(school_uid="S1", name_first="Ada", name_last="Okafor").uid
    school.delete(uid, keep_enrollments=True, email=False)
    ran = await lms_import("school_uid,name_last\nS1,New\n", kind="change-people")
    assert [row["error_code"] for row in ran.results] == ["not_found"]
