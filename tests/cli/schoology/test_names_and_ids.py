"""What a row says about a record of Schoology before the record is looked up."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async.cli.kinds import KindOptions
from schoology_async.sandbox import School, SchoologySandbox
from tests.cli.conftest import Import

DRY: dict[str, Any] = {"environment": {}, "dry_run": True}
KEEP = KindOptions(keep_enrollments=True, notify=False)


@pytest.mark.parametrize("with_credentials", [True, False])
async def test_row_has_either_the_schools_id_or_schoologys(
    lms_import: Import, school: School, with_credentials: bool
) -> None:
    ran = await lms_import(
        "School Id,uid\nS00000,344232\nS00001,\n",
        kind="deactivate",
        options=KEEP,
        maps=["school_uid=School Id"],
        yes=True,
        **({} if with_credentials else DRY),
    )
    assert '("School Id") and uid name the same record. Fill in only one of them' in ran.err
    assert ran.summary is not None
    assert ran.summary.counts["rejected"] == 1
    assert [one.account.school_uid for one in school.inactive.values()] == (
        ["S00001"] if with_credentials else []
    )


@pytest.mark.parametrize("with_credentials", [True, False])
async def test_section_has_either_a_course_code_or_a_course_id(
    lms_import: Import, school: School, with_credentials: bool
) -> None:
    ran = await lms_import(
        "course_code,course_id,section_code,title,grading_periods\n"
        "C,9,7,Seven,13011\n,,8,Eight,13011\nC,,9,Nine,13011",
        kind="sections",
        **({} if with_credentials else DRY),
    )
    assert "course_code and course_id name the same record" in ran.err
    assert "course_code: is needed" in ran.err
    assert ran.summary is not None
    assert ran.summary.counts["rejected"] == 2


@pytest.mark.parametrize("with_credentials", [True, False])
async def test_missing_reference_is_found_without_credentials(
    lms_import: Import, schoology_sandbox: SchoologySandbox, with_credentials: bool
) -> None:
    content = (
        "school_uid,name_first,name_last,role_id,username\n"
        "X1,Lorraine,Baines,,lb\nX2,George,McFly,Student,gm"
    )
    given = {"dry_run": True} if with_credentials else DRY
    ran = await lms_import(content, kind="people", **given)
    assert "Row 2" in ran.err
    assert "role_id: is needed" in ran.err
    assert ran.summary is not None
    assert (ran.summary.counts["rejected"], ran.summary.counts["skipped"]) == (1, 1)


async def test_field_that_only_rejected_rows_have_is_not_looked_up(
    lms_import: Import, school: School
) -> None:
    ran = await lms_import("school_uid,uid\nS00000,\nS00000,\n,999999", kind="reactivate")
    assert [row["error_code"] for row in ran.results] == ["duplicate", "duplicate", "404"]
