"""The fault table for the bulk methods of courses, sections and enrollments.

Each test runs one bulk method with one fault. See also ``test_fault_table.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lms_async import Guard
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox
from tests.http.bulk_faults import (
    LOOKS_UP,
    REPEATS,
    REPORTS,
    Kind,
    check_failing_look_up,
    check_fault_on_every_request,
    check_one_fault,
)
from tests.http.fault_cases import CASES, Case, timeout_for
from tests.schoology.rosters import PERIOD, by_codes, courses, fill, sections_of

RosterKind = Kind[School]


def in_course(school: School, **more: Any) -> list[Any]:
    """Return rows of 60 sections of a new course."""
    course = school.courses.add(title="New", course_code="N")
    return sections_of("N", 60, course_id=course.id, **more)


def by_ids(school: School) -> list[Any]:
    uids = [uid for uid, one in school.users.items() if one.school_uid.startswith("S")]
    return [
        {"section_id": section.id, "uid": uid, "admin": 0, "status": 1}
        for section in school.sections
        for uid in uids
    ]


def enroll_all(school: School) -> list[str]:
    """Enroll all people in all sections, and return the ids of the enrollments."""
    return [
        school.enrollments.add("section", row["section_id"], row["uid"]).id
        for row in by_ids(school)
    ]


def by_course_codes() -> list[Any]:
    rows = []
    for row in by_codes(4, 30):
        course, _, section = row["section_school_code"].partition("-")
        person = row["school_uid"]
        rows.append({"course_code": course, "section_code": section, "school_uid": person})
    return rows


def more_courses(school: School) -> list[str]:
    return [school.courses.add(row).id for row in courses(120)]


def more_sections(school: School) -> list[str]:
    return [school.sections.add(row["course_id"], row).id for row in in_course(school)]


def update_enrollments(schoology: Schoology, school: School) -> Any:
    enroll_all(school)
    rows: list[Any] = [
        {"id": one.id, "section_id": one.realm_id, "status": 2} for one in school.enrollments
    ]
    return schoology.enrollments.update_many(rows)


def remove_by_codes(schoology: Schoology, school: School) -> Any:
    enroll_all(school)
    rows = by_codes(4, 30, delete="1")
    return schoology.enrollments.import_by_school_code(rows, removals=Guard(120))


KINDS = {
    "courses": RosterKind(
        "POST",
        LOOKS_UP,
        lambda schoology, _: schoology.courses.create_many(courses(120, sections=2)),
        lambda school: school.courses.creates + school.sections.creates,
        lambda school: len(school.sections) == 244,
        can_look_up=True,
    ),
    "courses, updating": RosterKind(
        "POST",
        REPEATS,
        lambda schoology, _: schoology.courses.create_many(
            courses(120, sections=2), update_existing=True
        ),
        lambda school: school.courses.creates + school.sections.creates,
        lambda school: len(school.sections) == 244,
        can_look_up=True,
    ),
    "sections": RosterKind(
        "POST",
        LOOKS_UP,
        lambda schoology, school: schoology.sections.create_many(in_course(school)),
        lambda school: school.sections.creates,
        lambda school: len(school.sections) == 64,
        can_look_up=True,
    ),
    "sections, updating": RosterKind(
        "POST",
        REPEATS,
        lambda schoology, school: schoology.sections.create_many(
            in_course(school), update_existing=True
        ),
        lambda school: school.sections.creates,
        lambda school: len(school.sections) == 64,
        can_look_up=True,
    ),
    "enrollments": RosterKind(
        "POST",
        LOOKS_UP,
        lambda schoology, school: schoology.enrollments.create_many(by_ids(school)),
        lambda school: school.enrollments.creates,
        lambda school: len(school.enrollments) == 120,
        can_look_up=True,
    ),
    "enrollments of one section": RosterKind(
        "POST",
        LOOKS_UP,
        lambda schoology, school: schoology.enrollments.create_many(
            by_ids(school)[:30], section_id=next(iter(school.sections)).id
        ),
        lambda school: school.enrollments.creates,
        lambda school: len(school.enrollments) == 30,
        can_look_up=True,
    ),
    "enrollments, updating": RosterKind(
        "POST",
        REPEATS,
        lambda schoology, school: schoology.enrollments.create_many(
            by_ids(school), update_existing=True
        ),
        lambda school: school.enrollments.creates,
        lambda school: len(school.enrollments) == 120,
        can_look_up=True,
    ),
    "import by school codes": RosterKind(
        "POST",
        REPEATS,
        lambda schoology, _: schoology.enrollments.import_by_school_code(by_codes(4, 30)),
        lambda school: school.enrollments.creates,
        lambda school: len(school.enrollments) == 120,
        can_look_up=True,
    ),
    "import by course codes": RosterKind(
        "POST",
        REPEATS,
        lambda schoology, _: schoology.enrollments.import_by_course_code(
            by_course_codes(), grading_period_ids=[PERIOD]
        ),
        lambda school: school.enrollments.creates,
        lambda school: len(school.enrollments) == 120,
    ),
    "removals by school codes": RosterKind(
        "POST",
        REPEATS,
        remove_by_codes,
        lambda school: school.enrollments.deletes,
        lambda school: not len(school.enrollments),
        can_look_up=True,
    ),
    "courses, changed": RosterKind(
        "PUT",
        REPEATS,
        lambda schoology, school: schoology.courses.update_many(
            [{"id": id_, "title": "New"} for id_ in more_courses(school)]
        ),
        holds=lambda school: sum(one.title == "New" for one in school.courses) == 120,
    ),
    "sections, changed": RosterKind(
        "PUT",
        REPEATS,
        lambda schoology, school: schoology.sections.update_many(
            [{"id": id_, "title": "New"} for id_ in more_sections(school)]
        ),
        holds=lambda school: sum(one.title == "New" for one in school.sections) == 60,
    ),
    "enrollments, changed": RosterKind(
        "PUT",
        REPEATS,
        update_enrollments,
        holds=lambda school: {one.status for one in school.enrollments} == {2},
    ),
    "courses, removed": RosterKind(
        "DELETE",
        REPORTS,
        lambda schoology, school: schoology.courses.delete_many(more_courses(school)),
        lambda school: school.courses.deletes,
        can_look_up=True,
    ),
    "sections, removed": RosterKind(
        "DELETE",
        REPORTS,
        lambda schoology, school: schoology.sections.delete_many(more_sections(school)),
        lambda school: school.sections.deletes,
        can_look_up=True,
    ),
    "enrollments, removed": RosterKind(
        "DELETE",
        REPORTS,
        lambda schoology, school: schoology.enrollments.delete_many(enroll_all(school)),
        lambda school: school.enrollments.deletes,
    ),
}
#: The kinds that meet a vendor that hangs, which takes a second each: one of each way.
HANGING = ("courses", "import by school codes", "enrollments, removed")
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@pytest.fixture
def client(request: pytest.FixtureRequest, connect: Callable[..., Schoology]) -> Schoology:
    return connect(timeout=timeout_for(request))


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        pytest.param(kind, case, id=f"{case_name}-{name}")
        for name, kind in KINDS.items()
        for case_name, case in CASES.items()
        if name in HANGING or not case_name.startswith("hang")
    ],
)
async def test_one_fault(
    kind: RosterKind, case: Case, client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    await check_one_fault(kind, case, kind.start(client, school), school, schoology_sandbox)


@pytest.mark.parametrize("after", [False, True])
@kinds
async def test_a_fault_on_every_request(
    kind: RosterKind, after: bool, client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    bulk = kind.start(client, school)
    await check_fault_on_every_request(kind, bulk, school, schoology_sandbox, after=after)


@pytest.mark.parametrize("after", [False, True])
@kinds
async def test_rows_are_unknown_if_the_look_up_fails_too(
    kind: RosterKind, after: bool, client: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    bulk = kind.start(client, school)
    await check_failing_look_up(kind, bulk, school, schoology_sandbox, after=after)
