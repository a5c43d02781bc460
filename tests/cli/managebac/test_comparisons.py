"""What an import would change, and what it changed, is told as it is."""

from __future__ import annotations

from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.progress import Change
from manabac_async.sandbox import School
from tests.cli.conftest import Ran
from tests.cli.managebac.conftest import Run


def changes(ran: Ran) -> dict[Change, int]:
    assert ran.summary is not None
    return dict(ran.summary.changes)


async def test_changed_email_address_is_an_update(run: Run, school: School) -> None:
    parent = {"email": "old@x.example", "identifier": "P77", "last_name": "Zed"}
    await run("parents", [parent])
    moved = [parent | {"email": "new@x.example"}]
    planned = await run("parents", moved, update_existing=True, dry_run=True, restart=True)
    assert changes(planned) == {Change.UPDATED: 1}
    ran = await run("parents", moved, update_existing=True, restart=True)
    assert changes(ran) == {Change.UPDATED: 1}
    (id_,) = (str(one.id) for one in school.parents.values() if one.email == "new@x.example")
    assert [(row["id"], row["change"]) for row in ran.results] == [(id_, "updated")]
    ran = await run("parents", moved, update_existing=True, restart=True)
    assert [(row["id"], row["change"]) for row in ran.results] == [(id_, "unchanged")]


async def test_student_is_recognized_by_email_without_another_student_id(
    run: Run, school: School
) -> None:
    one, other, *_ = school.students.values()
    one.student_id = ""
    rows = [
        {"student_id": "N1", "email": one.email.upper(), "last_name": "Zed"},
        {"student_id": "N2", "email": other.email, "last_name": "Zed"},
    ]
    ran = await run("students", rows, update_existing=True)
    assert [row["status"] for row in ran.results] == ["done", "rejected"]
    assert changes(ran) == {Change.UPDATED: 1}


async def test_dry_run_counts_rows_that_are_sent_although_they_change_nothing(
    run: Run, school: School
) -> None:
    class_id = next(iter(school.classes))
    rows = [{"class_id": class_id, "student_id": one} for one in list(school.students)[:3]]
    await run("memberships", rows)
    planned = await run("memberships", rows, dry_run=True, restart=True)
    assert changes(planned) == {Change.UNCHANGED: 3}
    assert "would send 3 of 3 rows in 1 request" in planned.err
    ran = await run("memberships", rows, restart=True)
    assert ran.summary is not None
    assert ran.summary.requests > 0


async def test_row_that_names_two_records_does_not_spoil_another_row(
    run: Run, school: School
) -> None:
    one, other, *_ = school.students.values()
    other.student_id = str(one.id)
    day = {"withdrawn_on": "2025-01-01"}
    ran = await run("archive", [{"id": one.email} | day, {"id": one.id} | day])
    assert ran.code == Exit.REJECTED
    assert [row["error_code"] for row in ran.results] == ["", "not_found"]


async def test_dry_run_of_rows_that_are_all_rejected(run: Run, school: School) -> None:
    """The rows turn out to be the same one when their names are looked up."""
    class_id, one = next(iter(school.classes)), next(iter(school.students.values()))
    rows = [{"class_id": class_id, "student_id": name} for name in (one.id, one.email)]
    for dry in (True, False):
        ran = await run("memberships", rows, dry_run=dry)
        assert ran.code == Exit.REJECTED, ran.err
        assert "rows 2 and 3 have the same class_id and student_id" in ran.err
