"""What an import would change, and what it changed, is told as it is."""

from __future__ import annotations

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.reporting.progress import Change
from manabac_async.sandbox import School
from tests.cli.conftest import Ran

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
