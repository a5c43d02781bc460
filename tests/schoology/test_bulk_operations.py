"""Run each bulk operation of the roster once, and check the sandbox's records."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async import Status
from schoology_async import Schoology, SectionCopy
from schoology_async.sandbox import School, SchoologySandbox
from tests.schoology.rosters import PERIOD, enrolled, fill, sections_of
from tests.schoology.scripted import Scripted


@pytest.fixture
def school(schoology_sandbox: SchoologySandbox) -> School:
    return fill(schoology_sandbox)


def course_of(school: School) -> str:
    return next(iter(school.courses)).id


def section_ids(school: School) -> list[str]:
    return [section.id for section in school.sections]


async def test_sections_create_many(schoology: Schoology, school: School) -> None:
    rows = sections_of("N", 60, course_id=course_of(school), section_code="")
    report = await schoology.sections.create_many(
        {**row, "section_code": f"N{number}"} for number, row in enumerate(rows)
    )
    report.raise_for_failures()
    assert len(section_ids(school)) == 64


async def test_sections_update_many(schoology: Schoology, school: School) -> None:
    changes = [{"id": id_, "title": "New"} for id_ in section_ids(school)]
    (await schoology.sections.update_many(changes)).raise_for_failures()  # type: ignore[arg-type]
    assert {section.title for section in school.sections} == {"New"}


async def test_sections_copy_many(scripted: Scripted) -> None:
    row = {"response_code": 200, "section_school_code": "C-copy", "transfer_url": "http://x/1"}
    scripted.answers["POST sections/copy"] = {"section": [row]}
    copy = SectionCopy(
        source_section_id=43,
        section_school_code="C-copy",
        course_code="C",
        title="Copy",
        grading_periods=[PERIOD],
    )
    report = await scripted.schoology.sections.copy_many([copy], enroll_user=True)
    report.raise_for_failures()
    assert scripted.last.query == {"enroll_user": "1"}
    (sent,) = scripted.last.body["sections"]["section"]
    assert (sent["source_section_id"], sent["grading_periods"]) == ("43", [PERIOD])


async def test_sections_delete_many(schoology: Schoology, school: School) -> None:
    first, *rest = section_ids(school)
    (await schoology.sections.delete_many([first])).raise_for_failures()
    assert section_ids(school) == rest


async def test_enrollments_create_update_and_delete_many(
    schoology: Schoology, school: School, schoology_sandbox: SchoologySandbox
) -> None:
    section, *_ = section_ids(school)
    uids = [uid for uid, one in school.users.items() if one.school_uid]
    report = await schoology.enrollments.create_many(
        {"uid": uid, "admin": False, "status": 1, "section_id": section} for uid in uids
    )
    report.raise_for_failures()
    assert len(enrolled(school)) == len(uids) == 30
    ids = [one.id for one in school.enrollments]
    changes = [{"id": id_, "status": 2} for id_ in ids]
    updated = await schoology.enrollments.update_many(changes, section_id=section)  # type: ignore[arg-type]
    updated.raise_for_failures()
    assert {int(one.status) for one in school.enrollments} == {2}
    (await schoology.enrollments.delete_many(ids)).raise_for_failures()
    assert enrolled(school) == set()
    sent = [(one.method, one.path) for one in schoology_sandbox.log]
    assert ("POST", "enrollments") in sent
    assert ("PUT", f"sections/{section}/enrollments") in sent
    assert ("DELETE", "enrollments") in sent


async def test_enrollments_import_by_school_code(schoology: Schoology, school: School) -> None:
    rows = [{"section_school_code": "C-0", "school_uid": f"S{n:05}"} for n in range(30)]
    (await schoology.enrollments.import_by_school_code(rows)).raise_for_failures()  # type: ignore[arg-type]
    assert enrolled(school) == {("C-0", row["school_uid"]) for row in rows}


async def test_enrollments_import_by_period(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, school: School
) -> None:
    def row(person: int, section: int, periods: object) -> Any:
        codes = {"course_code": "C", "section_code": str(section)}
        return {**codes, "school_uid": f"S{person:05}", "grading_periods": periods}

    rows = [row(0, 0, [PERIOD]), row(1, 1, f"435,{PERIOD}"), row(2, 0, [PERIOD, 435])]
    rows += [row(0, 1, [435]), row(1, 0, [])]
    report = await schoology.enrollments.import_by_period(rows)
    paths = {seen.path for seen in schoology_sandbox.log}
    assert paths == {f"enrollments/import/course/{ids}" for ids in ("435", f"435,{PERIOD}", PERIOD)}
    assert report.counts == {Status.DONE: 3, Status.REJECTED: 2}
    assert [one.index for one in report.rejected] == [3, 4]
    assert len(enrolled(school)) == 3


async def test_enrollments_import_by_course_code(schoology: Schoology, school: School) -> None:
    rows = [{"course_code": "C", "section_code": "1", "school_uid": f"S{n:05}"} for n in range(30)]
    report = await schoology.enrollments.import_by_course_code(rows, grading_period_ids=[PERIOD])  # type: ignore[arg-type]
    report.raise_for_failures()
    assert enrolled(school) == {("C-1", row["school_uid"]) for row in rows}
