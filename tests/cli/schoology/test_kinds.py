"""Each kind is imported into the sandbox: some rows, again with its journal, and from the start."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import attrs
import pytest

from lms_async.cli.kinds import KindOptions
from lms_async.cli.reporting.progress import Change
from schoology_async.sandbox import School, SchoologySandbox
from tests.cli.conftest import TARGET, Import

KINDS = {kind.name: kind for kind in TARGET.kinds}
DONE, REJECTED = "done", "rejected"


@attrs.frozen(kw_only=True)
class Case:
    """A file with two rows that Schoology takes and a third one that it refuses.

    :param read: returns what the import changes.
    :param code: the error code of the third row.
    :param again: the statuses if everything is sent again.
    """

    file: Callable[[School], str]
    read: Callable[[School], Any]
    code: str
    options: KindOptions = attrs.field(factory=KindOptions)
    again: tuple[str, str, str] = (DONE, DONE, REJECTED)


def uids(school: School, *school_uids: str) -> list[str]:
    accounts = map(school.by_school_uid, school_uids)
    return [account.uid for account in accounts if account is not None]


def with_twins(school: School) -> str:
    for _ in range(2):
        school.buildings.add(str(school.school_id), title="Twin")
    place = school.title
    return (
        "school_id,title,building_code,city\n"
        f"{place},North,N,Hill Valley\n{place},South,,\n{place},Twin,,Hill Valley"
    )


def leavers(school: School) -> str:
    return "school_uid\nS00000\nS00001\nS7"


def returning(school: School) -> str:
    both = uids(school, "S00000", "S00001")
    for uid in both:
        school.delete(uid, keep_enrollments=True, email=False)
    return "school_uid,option_reenroll\nS00000,1\nS00001,\nS7,"


def enrolled(school: School) -> list[Any]:
    return [
        (section.section_school_code, one.uid, one.admin)
        for section in school.sections
        for one in school.enrollments.of_realm("section", section.id)
    ]


UPDATE = KindOptions(update_existing=True)
CASES = {
    "people": Case(
        file=lambda school: (
            "school_uid,name_first,name_last,role_id,username\n"
            "X1,Lorraine,Baines,Student,lb\nX2,George,McFly,student,gm\n"
            "X3,Biff,Tannen,1214,mrstrickland"
        ),
        read=lambda school: list(school.users.values()),
        options=UPDATE,
        code="409",
    ),
    "buildings": Case(
        file=with_twins,
        read=lambda school: list(school.buildings),
        options=UPDATE,
        code="409",
    ),
    "grading-periods": Case(
        file=lambda school: (
            "title,start,end\nFall,2026-08-01,2026-12-31\nSpring,2027-01-01,2027-07-31\n"
            "Late,2027-07-31,2027-01-01"
        ),
        read=lambda school: list(school.grading_periods),
        options=UPDATE,
        code="400",
    ),
    "courses": Case(
        file=lambda school: "course_code,title,credits\nB1,Biology,0.5\nB2,Biology,\nC,Course,1",
        read=lambda school: [one for one in school.courses if one.course_code != "C"],
        again=(REJECTED, REJECTED, REJECTED),
        code="409",
    ),
    "sections": Case(
        file=lambda school: (
            "course_code,section_school_code,section_code,title,grading_periods,meeting_days\n"
            'C,C-8,8,Eight,"this year,Last year","1,3"\nC,C-9,9,Nine,This year,\n'
            "C,C-0,7,Zero,This year,"
        ),
        read=lambda school: list(school.sections),
        options=UPDATE,
        code="409",
    ),
    "enrollments": Case(
        file=lambda school: (
            "section_school_code,school_uid,admin\nC-0,S00000,1\nC-0,S00001,0\nC-7,S00001,0"
        ),
        read=enrolled,
        code="404",
    ),
    "course-enrollments": Case(
        file=lambda school: (
            "course_code,section_code,grading_periods,school_uid,admin\n"
            "C,0,This year,S00000,1\nC,0,this year,S00001,0\nC,0,Last year,S00001,0"
        ),
        read=enrolled,
        code="404",
    ),
    "parents": Case(
        file=lambda school: (
            "student_school_uid,parent_school_uid\nS00000,S00002\nS00001,S00002\nS00001,S7"
        ),
        read=lambda school: [school.parents.of(uid) for uid in school.users],
        code="404",
    ),
    "advisors": Case(
        file=lambda school: (
            "student_school_uid,advisor_school_uid\nS00000,S00002\nS00001,S00002\nS00001,S7"
        ),
        read=lambda school: [school.advisors.of(uid) for uid in school.users],
        code="404",
    ),
    "change-people": Case(
        file=lambda _: (
            "school_uid,username,building_id\n"
            "S00000,one,Sandbox Academy\nS00001,two,\nS00002,mrstrickland,\n"
        ),
        read=lambda school: [account.username for account in school.users.values()],
        code="409",
    ),
    "deactivate": Case(
        file=leavers,
        read=lambda school: sorted(school.inactive),
        options=KindOptions(keep_enrollments=True, notify=False),
        code="not_found",
    ),
    "reactivate": Case(
        file=returning,
        read=lambda school: sorted(school.users),
        code="not_found",
    ),
}


def writes(sandbox: SchoologySandbox) -> int:
    return sum(sandbox.log.count(method) for method in ("POST", "PUT", "DELETE"))


@pytest.mark.parametrize("name", CASES)
async def test_import(
    lms_import: Import, schoology_sandbox: SchoologySandbox, school: School, name: str
) -> None:
    case = CASES[name]
    content = case.file(school)
    before = deepcopy(case.read(school))
    given: dict[str, Any] = {"kind": name, "options": case.options, "yes": True}
    ran = await lms_import(content, **given)
    assert [row["status"] for row in ran.results] == [DONE, DONE, REJECTED], ran.err
    assert ran.results[2]["error_code"] == case.code
    assert all(row["id"] for row in ran.results[:2])
    after, sent = deepcopy(case.read(school)), writes(schoology_sandbox)
    assert after != before
    assert ran.summary is not None
    assert ran.summary.explained or case.code in ("400", "not_found")

    ran = await lms_import(content, **given)
    assert [row["status"] for row in ran.results] == [DONE, DONE, REJECTED]
    assert writes(schoology_sandbox) == sent

    if KINDS[name].read_existing is not None and name != "courses":  # those have their own test
        ran = await lms_import(content, dry_run=True, restart=True, **given)
        assert ran.summary is not None
        assert ran.summary.changes[Change.UNCHANGED] == 2, ran.summary.changes

    ran = await lms_import(content, restart=True, **given)
    assert tuple(row["status"] for row in ran.results) == case.again
    assert case.read(school) == after


async def test_existing_courses_are_updated(lms_import: Import, school: School) -> None:
    school.buildings.add(str(school.school_id), title="North")
    content = "course_code,title,credits,building_id\nC,Chemistry,0.5,north"
    ran = await lms_import(content, kind="courses", options=UPDATE)
    assert ran.code == 0
    assert [(one.title, one.credits) for one in school.courses] == [("Chemistry", 0.5)]
    ran = await lms_import(content, kind="courses", options=UPDATE, dry_run=True, restart=True)
    assert ran.summary is not None
    assert ran.summary.changes == {Change.UNCHANGED: 1}


async def test_enrollments_are_deleted_only_with_consent(
    lms_import: Import, school: School
) -> None:
    section = school.sections.by_school_code("C-0")
    assert section is not None
    for uid in uids(school, "S00000", "S00001"):
        school.enrollments.add("section", section.id, uid)
    content = "section_school_code,school_uid,delete\nC-0,S00000,1\nC-0,S00001,0"
    ran = await lms_import(content, kind="enrollments")
    assert "remove 1 enrollment." in ran.err
    assert len(enrolled(school)) == 2
    ran = await lms_import(content, kind="enrollments", yes=True)
    assert [row["status"] for row in ran.results] == [DONE, DONE]
    assert [uid for _, uid, _ in enrolled(school)] == uids(school, "S00001")


async def test_row_without_a_name_is_rejected_for_that_and_not_for_its_role(
    lms_import: Import, school: School
) -> None:
    header = "school_uid,name_first,name_last,role_id,username"
    content = f"{header}\nX1,,Baines,Teacher,lb\nX2,George,McFly,Student,gm"
    ran = await lms_import(content, kind="people")
    assert [row["status"] for row in ran.results] == [REJECTED, DONE]
    assert ran.results[0]["error"].startswith("name_first: ")


async def test_link_is_removed(lms_import: Import, school: School) -> None:
    school.parents.link(*uids(school, "S00000", "S00002"))
    content = "student_school_uid,parent_school_uid,delete\nS00000,S00002,1"
    ran = await lms_import(content, kind="parents", yes=True)
    assert ran.code == 0
    assert school.parents.of(*uids(school, "S00000")) == []


async def test_deactivation_needs_decisions(lms_import: Import, school: School) -> None:
    ran = await lms_import("school_uid\nS00000", kind="deactivate", yes=True)
    assert ran.code == 2
    assert "--keep-enrollments or --erase-enrollments" in ran.err
    assert not school.inactive


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("deactivate", "school_uid,uid\n,1 2", "uid"),
        ("sections", "course_code,section_code,title,grading_periods\n,1,One,13011", "course_code"),
        ("courses", "course_code,title,subject_area\nB1,Biology,science", "subject_area"),
    ],
)
async def test_row_that_is_not_valid_is_not_sent(
    lms_import: Import, school: School, name: str, content: str, field: str
) -> None:
    options = KindOptions()
    if name == "deactivate":
        options = KindOptions(keep_enrollments=True, notify=False)
    ran = await lms_import(content, kind=name, options=options)
    assert [row["error_code"] for row in ran.results] == ["invalid"]
    assert field in ran.results[0]["error"]
