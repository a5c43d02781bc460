"""Archived people who are still in the file."""

from __future__ import annotations

from lms_async.cli.exit_codes import Exit
from manabac_async.sandbox import ManageBacSandbox, School
from tests.cli.managebac.conftest import Run, writes


async def test_student_who_came_back_leaves_again(run: Run, school: School) -> None:
    rows = [{"student_id": "N1", "email": "n1@x.example", "last_name": "Zed"}]
    assert (await run("students", rows)).code == Exit.DONE
    student = next(one for one in school.students.values() if one.student_id == "N1")
    for round_ in range(2):
        left = await run("archive", [{"id": "N1", "withdrawn_on": "2026-06-30"}])
        assert [row["change"] for row in left.results] == ["updated"], left.err
        assert ("Starting over" in left.err) is bool(round_)
        assert student.archived
        came = await run("unarchive", [{"id": "N1"}])
        assert [row["change"] for row in came.results] == ["updated"], came.err
        assert not student.archived
        again = await run("unarchive", [{"id": "N1"}])
        assert [row["change"] for row in again.results] == ["unchanged"]


async def test_archived_student_is_not_updated(
    run: Run, managebac_sandbox: ManageBacSandbox, school: School
) -> None:
    rows = [{"student_id": "N1", "email": "n1@x.example", "last_name": "Zed"}]
    assert (await run("students", rows)).code == Exit.DONE
    student = next(one for one in school.students.values() if one.student_id == "N1")
    student.archived = True
    before = writes(managebac_sandbox)
    unchanged = await run("students", rows, update_existing=True, restart=True)
    assert [row["change"] for row in unchanged.results] == ["unchanged"]
    rows[0]["last_name"] = "Changed"
    for dry in (True, False):
        ran = await run("students", rows, update_existing=True, restart=True, dry_run=dry)
        assert ran.code == Exit.REJECTED
        assert "use --kind unarchive" in ran.err
    assert [row["error_code"] for row in ran.results] == ["inactive"]
    assert writes(managebac_sandbox) == before
