"""Create, read, update, list and delete single records of the sandbox."""

from __future__ import annotations

from datetime import date

import pytest

from lms_async import NotFound
from lms_async.errors import BadRequest
from schoology_async import (
    CourseCreate,
    EnrollmentCreate,
    GradingPeriodCreate,
    GroupCreate,
    SchoolCreate,
    Schoology,
    SectionCreate,
)
from schoology_async.sandbox import SchoologySandbox
from tests.conftest import people


def known(made: str | None) -> str:
    assert made is not None
    return made


async def test_a_roster_is_created_and_deleted_one_record_at_a_time(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    period = await schoology.grading_periods.create(
        GradingPeriodCreate(title="Fall", start=date(2026, 9, 1), end=date(2026, 12, 20))
    )
    assert (period.title, period.start) == ("Fall", date(2026, 9, 1))
    (listed,) = await schoology.grading_periods.list(title="Fa", startswith=True)
    assert listed.id == period.id

    course = await schoology.courses.create(CourseCreate(title="Physics", course_code="PHY"))
    course_id = known(course.id)
    with pytest.raises(BadRequest):
        await schoology.courses.create(CourseCreate(title="Physics", course_code="PHY"))
    await schoology.courses.update(course_id, {"department": "Science", "credits": 0.5})
    got = await schoology.courses.get(course_id)
    assert (got.department, got.credits, got.course_code) == ("Science", 0.5, "PHY")
    assert [one.id for one in await schoology.courses.list()] == [course_id]

    section = await schoology.sections.create(
        course_id,
        SectionCreate(title="One", section_school_code="PHY/1", grading_periods=[period.id or ""]),
    )
    section_id = known(section.id)
    await schoology.sections.update(section_id, {"title": "First", "options": {"member_post": 1}})
    by_code = await schoology.sections.get_by_school_code("PHY/1")
    assert (by_code.id, by_code.section_title) == (section_id, "First")
    assert by_code.grading_periods == (period.id,)
    for listing in (
        schoology.sections.list(course_id, include_past=True),
        schoology.sections.list_by_school_codes(["PHY/1", "PHY/2"], include_past=True),
    ):
        assert [one.id for one in await listing] == [section_id]
    assert [one.id for one in await schoology.sections.grading_periods(section_id)] == [period.id]

    ada = await schoology.users.create(people(1)[0])
    uid = known(ada.uid)
    enrollment = await schoology.enrollments.create(
        EnrollmentCreate(uid=uid, admin=False, status=1), section_id=section_id
    )
    enrollment_id = known(enrollment.id)
    await schoology.enrollments.update(enrollment_id, {"admin": True}, section_id=section_id)
    (row,) = await schoology.enrollments.list(section_id=section_id, uids=[uid], type="admin")
    assert (row.id, row.uid, row.admin, row.status) == (enrollment_id, uid, True, 1)
    await schoology.enrollments.delete(enrollment_id, section_id=section_id)
    with pytest.raises(NotFound):
        await schoology.enrollments.get(enrollment_id, section_id=section_id)

    await schoology.sections.delete(section_id)
    with pytest.raises(NotFound):
        await schoology.sections.get(section_id)
    await schoology.courses.delete(course_id)
    assert await schoology.courses.list() == []


async def test_a_group_is_created_joined_and_deleted(schoology: Schoology) -> None:
    group = await schoology.groups.create(GroupCreate(title="Chess"))
    group_id = known(group.id)
    await schoology.groups.update(group_id, {"description": "On Fridays"})
    assert (await schoology.groups.get(group_id)).description == "On Fridays"
    assert [one.id for one in await schoology.groups.list()] == [group_id]
    ada = await schoology.users.create(people(1)[0])
    uid = known(ada.uid)
    await schoology.enrollments.create({"uid": uid, "admin": False, "status": 1}, group_id=group_id)
    (row,) = await schoology.enrollments.list(group_id=group_id, uids=[uid])
    assert row.uid == uid
    await schoology.groups.delete(group_id)
    with pytest.raises(NotFound):
        await schoology.groups.get(group_id)
    assert await schoology.groups.categories()


async def test_schools_buildings_and_roles(schoology: Schoology) -> None:
    (school,) = await schoology.schools.list()
    school_id = known(school.id)
    building = await schoology.buildings.create(
        school_id, SchoolCreate(title="North", building_code="N")
    )
    building_id = known(building.id)
    assert building_id in [one.id for one in await schoology.buildings.list(school_id)]
    await schoology.schools.update(building_id, {"city": "Salem"})
    assert (await schoology.schools.get(building_id)).city == "Salem"
    await schoology.schools.delete(building_id)
    with pytest.raises(NotFound):
        await schoology.schools.get(building_id)
    roles = await schoology.roles.list()
    assert roles
    assert (await schoology.roles.get(roles[0].id or "")).title == roles[0].title
