"""People who left, and are still in the file."""

from __future__ import annotations

from typing import Any

from lms_async.bulk.guard import Guard
from lms_async.cli.exit_codes import Exit
from lms_async.cli.kinds import KindOptions
from lms_async.cli.reporting.progress import Change
from lms_async.sandbox import Fault
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import, file_of


def add_leaver(sandbox: SchoologySandbox) -> None:
    school = sandbox.school
    uid = school.add(school_uid="S00002", name_first="Ben", name_last="Quist", username="ben").uid
    school.delete(uid, keep_enrollments=True, email=False)


async def test_leaver_is_not_created_again(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    add_leaver(schoology_sandbox)
    planned = await lms_import(file_of(3), dry_run=True)
    assert planned.code == Exit.REJECTED
    assert "2 would be sent, 1 rejected" in planned.out
    assert "If the person came back, use --kind reactivate." in planned.err
    assert "If not, leave the row out with --where or [where]" in planned.err
    ran = await lms_import(None, update_existing=True)
    assert ran.statuses == {2: "done", 3: "rejected", 4: "done"}
    (row,) = [row for row in ran.results if row["status"] == "rejected"]
    assert (row["key"], row["error_code"]) == ("S00002", "inactive")
    assert schoology_sandbox.school.by_school_uid("S00002") is None


LEAVE: dict[str, Any] = {
    "kind": "deactivate",
    "options": KindOptions(keep_enrollments=True, notify=False),
    "yes": True,
}


async def test_leaver_who_came_back_leaves_again(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school
    await lms_import(file_of(3))
    leavers = "school_uid\nS00001\nS00002\n"
    for round_ in range(2):
        planned = await lms_import(leavers, dry_run=True, **LEAVE)
        left = await lms_import(None, **LEAVE)
        assert left.statuses == {2: "done", 3: "done"}, left.err
        assert school.by_school_uid("S00001") is None
        for ran in (planned, left):
            assert "This import removes 2 of 4 people." in ran.err
            assert ("Starting over" in ran.err) is bool(round_)
        assert "2 would be sent" in planned.out
        again = await lms_import(None, **LEAVE)
        assert [row["change"] for row in again.results] == ["unchanged"] * 2
        assert "This import removes" not in again.err
        came = await lms_import(leavers, kind="reactivate")
        assert came.statuses == {2: "done", 3: "done"}
        assert ("Starting over" in came.err) is bool(round_)
        assert school.by_school_uid("S00001") is not None


async def test_people_in_the_wanted_state_are_not_sent_and_not_counted(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(1))
    add_leaver(schoology_sandbox)
    ran = await lms_import("school_uid\nS00001\nS00002\n", **LEAVE)
    assert [row["change"] for row in ran.results] == ["updated", "unchanged"]
    assert "This import removes 1 of 2 people." in ran.err


async def test_row_without_a_response_is_not_sent_again(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    school = schoology_sandbox.school
    await lms_import(file_of(2))
    schoology_sandbox.faults.add(Fault.error(500, method="DELETE", path="users"))
    ran = await lms_import("school_uid\nS00001\n", **LEAVE)
    assert ran.statuses == {2: "unknown"}
    await lms_import("school_uid\nS00001\nS00002\n", **LEAVE)
    (uid,) = (uid for uid, one in school.inactive.items() if one.account.school_uid == "S00002")
    school.reactivate(uid, reenroll=False)
    ran = await lms_import(None, **LEAVE)
    assert "Starting over" not in ran.err
    assert ran.statuses[2] == "unknown"


async def test_many_leavers_who_came_back(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    """More than the SDK's own guard allows."""
    school = schoology_sandbox.school
    for number in range(501):
        school.add(school_uid=f"S{number}", name_first="A", name_last="B")
    leavers = "\n".join(["school_uid", *(f"S{number}" for number in range(501))])
    given = {**LEAVE, "max_removals": Guard(501)}
    assert (await lms_import(leavers, **given)).code == Exit.DONE
    for uid in list(school.inactive):
        school.reactivate(uid, reenroll=False)
    for dry_run in (True, False):
        ran = await lms_import(None, dry_run=dry_run, **given)
        assert ran.code == Exit.DONE, ran.err
    assert len(school.inactive) == 501


async def test_inactive_people_are_listed_only_if_someone_is_missing(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    await lms_import(file_of(2))
    schoology_sandbox.log.clear()
    await lms_import(None, update_existing=True, restart=True)
    assert schoology_sandbox.log.count("GET", "users/inactive") == 0


async def test_account_that_may_not_list_inactive_people(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.faults.add(Fault.error(403, method="GET", path="users/inactive"))
    planned = await lms_import(file_of(2), dry_run=True)
    assert planned.summary is not None
    assert planned.summary.changes == {Change.CREATED: 2}


async def test_several_people_with_one_id_name_the_column_for_the_id(
    lms_import: Import, schoology_sandbox: SchoologySandbox
) -> None:
    for name in ("Ada", "Ben"):
        uid = schoology_sandbox.school.add(school_uid="S1", name_first=name, name_last="B").uid
        schoology_sandbox.school.delete(uid, keep_enrollments=True, email=False)
    ran = await lms_import("school_uid\nS1\n", kind="reactivate")
    assert "several people of Schoology have this name. Use the id in the column uid" in ran.err
