"""Compare the sandbox's imports of enrollments with the samples of the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient
from .rosters import sample_roster

BY_CODES = {"course_code": "CC106", "section_code": "SC101"}


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)
    for school_uid in ("s2", "s3"):
        sandbox.school.add(school_uid=school_uid)


async def imported(raw: RawClient, path: str, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    body = {"enrollments": {"enrollment": list(rows)}}
    got = await raw("POST", f"enrollments/import/course{path}", body)
    assert got.status == 207
    found: list[dict[str, Any]] = got.json["enrollments"]["enrollment"]
    return found


def members(sandbox: SchoologySandbox, section_id: str) -> dict[str, tuple[int, int]]:
    users = sandbox.school.users
    found = sandbox.school.enrollments.of_realm("section", section_id)
    return {users[one.uid].school_uid: (one.admin, one.status) for one in found}


def location(sandbox: SchoologySandbox, section_id: str, school_uid: str) -> str:
    account = sandbox.school.by_school_uid(school_uid)
    assert account is not None
    one = sandbox.school.enrollments.between("section", section_id, account.uid)
    assert one is not None
    return f"{sandbox.base_url}sections/{section_id}/enrollments/{one.id}"


async def test_by_section_school_code(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rows = [{"section_school_code": "SI200", "school_uid": uid} for uid in ("s2", "s3")]
    rows[1]["admin"] = "1"
    got = await imported(raw, "", *rows)
    assert got == [
        {
            "response_code": 200,
            "location": location(sandbox, "4318461", uid),
            "school_uid": uid,
            "section_school_code": "SI200",
            "course_code": "CC106",
            "section_code": "",
        }
        for uid in ("s2", "s3")
    ]
    assert members(sandbox, "4318461") == {"s2": (0, 1), "s3": (1, 1)}


async def test_by_course_and_section_code(raw: RawClient, sandbox: SchoologySandbox) -> None:
    rows = [BY_CODES | {"school_uid": uid} for uid in ("s2", "s3")]
    got = await imported(raw, "/13011", *rows)
    assert got == [
        {
            "response_code": 200,
            "location": location(sandbox, "3719526", uid),
            "school_uid": uid,
            "course_code": "CC106",
            "section_code": "SC101",
        }
        for uid in ("s2", "s3")
    ]
    # The section is not in this grading period. With both periods, it is found once.
    (row,) = await imported(raw, "/435", rows[0])
    assert row["response_code"] == 404
    (row,) = await imported(raw, "/435,13011", rows[0])
    assert row["response_code"] == 200
    assert set(members(sandbox, "3719526")) == {"s2", "s3"}


async def test_several_grading_periods_match_the_sections_of_each(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    other = sandbox.school.sections.add("1407691", section_code="SC101", grading_periods=[435])
    await imported(raw, "/13011,435", BY_CODES | {"school_uid": "s2"})
    assert set(members(sandbox, other.id)) == set(members(sandbox, "3719526")) == {"s2"}


async def test_importing_again_updates_and_does_not_create(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    row = {"section_school_code": "SI200", "school_uid": "s2"}
    for admin in ("0", "0", "1"):
        (result,) = await imported(raw, "", row | {"admin": admin})
        assert result["response_code"] == 200
    assert members(sandbox, "4318461") == {"s2": (1, 1)}
    assert list(sandbox.school.enrollments.creates.values()) == [1]


@pytest.mark.parametrize(("revives", "status"), [(True, 1), (False, 2)])
async def test_an_import_may_reactivate_expired_enrollments(
    raw: RawClient, sandbox: SchoologySandbox, revives: bool, status: int
) -> None:
    sandbox.quirks.import_revives = revives
    account = sandbox.school.by_school_uid("s2")
    assert account is not None
    sandbox.school.enrollments.add("section", "4318461", account.uid, status=2)
    await imported(raw, "", {"section_school_code": "SI200", "school_uid": "s2"})
    assert members(sandbox, "4318461") == {"s2": (0, status)}


@pytest.mark.parametrize("absent", [404, 200])
async def test_delete(raw: RawClient, sandbox: SchoologySandbox, absent: Any) -> None:
    sandbox.quirks.absent_unenrolled = absent
    row = {"section_school_code": "SI200", "school_uid": "s2"}
    await imported(raw, "", row)
    results = await imported(raw, "", row | {"delete": "1"}, row | {"delete": 1})
    assert [result["response_code"] for result in results] == [200, absent]
    assert members(sandbox, "4318461") == {}
    assert list(sandbox.school.enrollments.deletes.values()) == [1]


async def test_one_rejected_row_does_not_reject_the_others(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    good = {"section_school_code": "SI200", "school_uid": "s2"}
    rows = [
        good | {"school_uid": "nobody"},
        good | {"section_school_code": "si200"},  # case-sensitive
        {"school_uid": "s2"},
        {"section_school_code": "SI200"},
        good | {"admin": "2"},
        good,
    ]
    got = await imported(raw, "", *rows)
    assert [row["response_code"] for row in got] == [404, 404, 400, 400, 400, 200]
    assert got[0]["school_uid"] == "nobody"
    assert "nobody" in got[0]["message"]
    got = await imported(raw, "/13011", BY_CODES | {"course_code": "cc106", "school_uid": "s2"})
    assert got[0]["response_code"] == 404
    assert members(sandbox, "4318461") == {"s2": (0, 1)}


async def test_invalid_imports_are_refused_as_a_whole(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    row = {"section_school_code": "SI200", "school_uid": "s2"}
    many = {"enrollments": {"enrollment": [row] * 51}}
    assert (await raw("POST", "enrollments/import/course", many)).status == 400
    one = {"enrollments": {"enrollment": row}}  # one row may have no list around it
    assert (await raw("POST", "enrollments/import/course/999", one)).status == 404
    assert (await raw("POST", "enrollments/import/course", {"enrollment": [row]})).status == 400
    assert (await raw("POST", "enrollments/import/course", one)).status == 207
    assert members(sandbox, "4318461") == {"s2": (0, 1)}
