"""Compare the sandbox's copies of sections with the vendor's documents."""

from __future__ import annotations

from typing import Any

import pytest

from schoology_async.sandbox import SchoologySandbox

from .raw import RawClient
from .rosters import sample_roster

SCI2A: dict[str, Any] = {
    "source_section_id": 4318461,
    "title": "Section 2A",
    "description": "Science Section 2A",
    "section_school_code": "SCI2A",
    "course_id": 1407691,
    "grading_periods": [435, 13011],
}


@pytest.fixture(autouse=True)
def roster(sandbox: SchoologySandbox) -> None:
    sample_roster(sandbox)


async def copied(raw: RawClient, *rows: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    got = await raw("POST", "sections/copy", {"sections": {"section": list(rows)}}, **query)
    assert got.status == 207
    found: list[dict[str, Any]] = got.json["section"]
    return found


async def test_copy_into_new_sections(raw: RawClient, sandbox: SchoologySandbox) -> None:
    by_codes = {
        "source_section_school_code": "SI200",
        "title": "Section 3A",
        "section_school_code": "SCI3A",
        "course_code": "BC101",
        "grading_periods": [435],
    }
    got = await copied(raw, SCI2A, by_codes)
    assert got[0] == {
        "section_school_code": "SCI2A",
        "grading_periods": [435, 13011],
        "title": "Section 2A",
        "transfer_url": "https://schoology.com/settings/transfers",
        "response_code": 200,
        "description": "Science Section 2A",
    }
    section = sandbox.school.sections.by_school_code("SCI3A")
    assert section is not None
    assert (section.course_id, section.options["member_post"]) == ("5614935", 1)
    assert sandbox.school.sections.creates == {"SCI2A": 1, "SCI3A": 1}
    assert len(sandbox.school.enrollments) == 0


async def test_copying_twice_is_rejected(raw: RawClient, sandbox: SchoologySandbox) -> None:
    codes = [row["response_code"] for row in await copied(raw, SCI2A, SCI2A)]
    assert codes == [200, 400]  # the section has content now
    assert sandbox.school.sections.creates == {"SCI2A": 1}


async def test_copy_into_an_existing_section_and_enroll(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    row = SCI2A | {"section_id": 3719526, "section_school_code": ""}
    assert [each["response_code"] for each in await copied(raw, row, enroll_user=1)] == [200]
    enrollment = sandbox.school.enrollments.between("section", "3719526", "45552")
    assert enrollment is not None
    assert enrollment.admin == 1
    assert sandbox.school.sections["3719526"].title == "Section 8i"


async def test_invalid_copies_are_rejected(raw: RawClient) -> None:
    rows = [
        SCI2A | {"source_section_id": 1},
        SCI2A | {"section_id": 1},
        SCI2A | {"course_id": 1},
        SCI2A | {"course_id": "", "course_code": "none"},
        SCI2A | {"section_school_code": ""},
    ]
    assert [row["response_code"] for row in await copied(raw, *rows)] == [404, 404, 404, 404, 400]
