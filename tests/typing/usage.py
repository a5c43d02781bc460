"""Code that users write, with the types that a type checker must find. Checked by mypy, not run."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime, time
from typing import Any, assert_type

import aiohttp

from lms_async import (
    Bulk,
    Guard,
    LearnedLimit,
    LmsError,
    Outcome,
    Pages,
    RateLimited,
    Report,
    Response,
    RetryPolicy,
    RowError,
    RowResult,
    Status,
    Unset,
)
from lms_async.events import Event, Refused
from lms_async.telemetry import Telemetry
from manabac_async import (
    AcademicYear,
    Changes,
    Class,
    ClassStudent,
    ClientCredentials,
    ManageBac,
    ManageBacV1,
    Membership,
    Parent,
    SchoolSubject,
    Student,
    StudentCreate,
    StudentPlace,
    TeacherClass,
    TeacherPlace,
    TeacherPlaceDict,
    UserV1,
    UserV1Create,
    YearGroup,
)
from schoology_async import (
    UNSET,
    AdvisorPair,
    Course,
    CourseCreate,
    CourseCreateDict,
    CourseUpdate,
    Enrollment,
    FoundUsers,
    InactiveUser,
    NetworkUser,
    Role,
    School,
    Schoology,
    Section,
    SectionCreate,
    SectionOptions,
    User,
    UserCreate,
    UserCreateDict,
    UserUpdate,
    Window,
)


def watch(event: Event) -> None:
    if isinstance(event, Refused):
        assert_type(event.seconds, float)


async def one_person(schoology: Schoology) -> None:
    user = await schoology.users.get(45552)
    assert_type(user, User)
    assert_type(user.role_id, str | None)
    assert_type(user.name_title_show, bool | None)
    assert_type(user.additional_buildings, tuple[str, ...] | None)
    await schoology.users.update(user.uid or "", UserUpdate(name_last="Okafor", grad_year=2029))
    await schoology.users.update("45552", {"position": None})
    # A misspelled key is a type error.
    await schoology.users.update("45552", {"positoin": "Pupil"})  # type: ignore[arg-type]
    await schoology.users.delete("45552", keep_enrollments=True, notify=False)


async def lists(schoology: Schoology) -> None:
    pages = schoology.users.list(role_ids=["2451"], building_id=7)
    assert_type(pages, Pages[User])
    assert_type(await pages, list[User])
    async for user in pages:
        assert_type(user, User)
    async for page in pages.pages():
        assert_type(page, list[User])
    assert_type(await schoology.users.list_inactive(), list[InactiveUser])


async def rows() -> AsyncIterator[UserCreate]:
    yield UserCreate(
        school_uid="S1", name_first="Ada", name_last="Okafor", role_id=2451, username="ada"
    )


async def many(schoology: Schoology) -> None:
    bulk = schoology.users.create_many(rows(), update_existing=True)
    async for outcome in bulk:
        assert_type(outcome.status, Status)
        assert_type(outcome.error, RowError | None)
        assert_type(outcome.item, UserCreate | UserCreateDict)
    schoology.users.update_many([{"id": "1", "position": "Pupil"}])
    schoology.users.update_many([{"id": "1", "positoin": "Pupil"}])  # type: ignore[list-item]
    row: UserCreateDict = {"school_uid": "S1", "name_first": "A", "name_last": "B", "role_id": 7}
    report = await schoology.users.create_many([row])
    report.raise_for_failures()
    schoology.users.create_many([{"school_uid": "S1", "role_id": 7}])  # type: ignore[list-item]
    # A type checker does not know the keys of rows from a file.
    from_file: Iterable[Any] = csv.DictReader([])
    schoology.users.create_many(from_file)
    assert_type(report.counts[Status.DONE], int)
    deleted = schoology.users.delete_many(["1", 2], keep_enrollments=True, notify=False)
    assert_type(deleted, Bulk[str | int])
    assert_type(await deleted, Report[str | int])
    outcomes: list[Outcome[str | int]] = (await deleted).rejected
    assert outcomes
    await schoology.users.import_advisors(
        [AdvisorPair(student_school_uid="S1", advisor_school_uid="T1")]
    )


def narrowing(update: UserUpdate) -> str:
    if update.username is UNSET:
        unset: Unset = update.username
        return str(unset)
    assert_type(update.username, str | None)
    return update.username or ""


async def main() -> None:
    async with (
        aiohttp.ClientSession() as session,
        Schoology(
            key="k",
            secret="s",
            limiter=Window.together(Window(15, per=5), Window(1000, per=3600)),
            retry=RetryPolicy(tries=3),
            session=session,
            events=[watch, Telemetry().account("north")],
        ) as schoology,
    ):
        try:
            await one_person(schoology.with_options(timeout=5))
        except RateLimited as refused:
            assert_type(refused.retry_after, float)
        web = schoology.with_options(priority="interactive")
        assert_type(web, Schoology)
        learning = Window(50, per=5, learn=LearnedLimit(13, refused=14), events=[watch])
        assert_type(learning.learned_limit, LearnedLimit | None)


async def roster(schoology: Schoology) -> None:
    assert_type(await schoology.roles.list(), list[Role])
    assert_type(await schoology.buildings.list(1), list[School])
    course = await schoology.courses.create({"title": "Physics", "course_code": "PHY"})
    assert_type(course, Course)
    await schoology.courses.create({"title": "Physics"})  # type: ignore[arg-type]
    await schoology.courses.update("1", CourseUpdate(subject_area=10))  # type: ignore[arg-type]
    section = SectionCreate(
        title="One", section_code="1", grading_periods=[1, "2"], start_time=time(8, 30)
    )
    assert_type(await schoology.sections.create(1, section), Section)
    inline = CourseCreate(title="Physics", course_code="PHY", sections=[section])
    schoology.courses.create_many([inline])
    row: CourseCreateDict = {"title": "P", "course_code": "P", "sections": [section]}
    schoology.courses.create_many([row])
    schoology.sections.create_many([{"title": "S", "grading_periods": [1]}])
    schoology.sections.create_many([{"title": "S"}])  # type: ignore[list-item]
    by_code = schoology.enrollments.import_by_school_code(
        [{"section_school_code": "A", "school_uid": "S1", "admin": True}]
    )
    async for outcome in by_code:
        assert_type(outcome.parts, tuple[RowResult, ...])
    schoology.enrollments.import_by_school_code([{"school_uid": "S1"}])  # type: ignore[list-item]
    async for found in schoology.sections.list_by_school_codes(["A", "B"]):
        assert_type(found.grading_periods, tuple[str, ...] | None)
        assert_type(found.options, SectionOptions | None)
    enrolled = schoology.enrollments.list(section_id=1, enrollment_status=[1, 5])
    assert_type(enrolled, Pages[Enrollment])
    schoology.enrollments.list(section_id=1, enrollment_status=[6])  # type: ignore[list-item]
    await schoology.enrollments.create({"uid": 1, "admin": False, "status": 1}, group_id="2")
    await schoology.groups.update(1, {"options": {"invite_type": 2}})
    assert_type(await schoology.users.network(7), list[NetworkUser])
    schoology.users.invites(7, "courses")  # type: ignore[arg-type]
    assert_type((await schoology.search("Ada")).users, FoundUsers | None)


async def managebac_v2() -> None:
    credentials = ClientCredentials("id", "secret")
    async with ManageBac(credentials, region="cn", version="v2p3") as managebac:
        assert_type(await managebac.classes.list_students(1), list[ClassStudent])
        bulk = managebac.classes.update_students(1, [StudentPlace(id=7, level="HL")])
        async for outcome in bulk:
            assert_type(outcome.id, str | None)
        teachers = await managebac.classes.set_teachers(1, [TeacherPlace(id=123)])
        assert_type(teachers, Report[TeacherPlace | TeacherPlaceDict])
        managebac.classes.update_students(1, [{"id": 7, "levle": "HL"}])  # type: ignore[list-item]
        managebac.memberships.update_many([{"class_id": 1, "student_id": 7, "level": None}])
        since = datetime(2026, 1, 1, tzinfo=UTC)
        async for membership in managebac.memberships.list(modified_since=since, class_ids=[1]):
            assert_type(membership, Membership)
        assert_type((await managebac.students.memberships("7")).classes[0].name, str | None)


async def managebac_people(managebac: ManageBac, since: datetime) -> None:
    students = managebac.students.list(status="enrolled", modified_since=since)
    assert_type(students, Pages[Student])
    student = await managebac.students.get(7)
    assert_type(student, Student)
    assert_type(student.parent_ids, tuple[str, ...] | None)
    new = StudentCreate(email="a@b.example", last_name="Okafor", birthday=date(2010, 4, 1))
    assert_type(await managebac.students.create(new, send_welcome_email=True), Student)
    await managebac.students.create({"email": "a@b.example", "last_name": "Okafor"})
    await managebac.students.create({"email": "a@b.example"})  # type: ignore[arg-type]
    await managebac.students.update(7, {"nickname": "", "nationalities": ["NG"]})
    await managebac.students.update(7, {"nickname": None})  # type: ignore[arg-type]
    await managebac.students.update(7, {"nickame": "Ada"})  # type: ignore[arg-type]
    await managebac.students.archive(7, withdrawn_on=date(2024, 5, 1))
    await managebac.teachers.update(7, {"student_id": "S1"})  # type: ignore[arg-type]
    assert_type(await managebac.teachers.classes(7), list[TeacherClass])
    assert_type(await managebac.parents.get("7"), Parent)
    await managebac.children.add(7, {"id": 8, "relationship": "Mother"})
    await managebac.children.add(7, {"id": 8, "relationship": "Mum"})  # type: ignore[arg-type]
    await managebac.children.update(7, 8, "Mum")  # type: ignore[arg-type]
    changes = managebac.students.changes(since)
    assert_type(changes, Changes[Student])
    async for change in changes:
        assert_type(change.record, Student)
        assert_type(change.deleted, bool)
    found = await managebac.classes.changes(since)
    assert_type(found.changed, list[Class])
    assert_type(found.next_since, datetime)


async def managebac_many(managebac: ManageBac) -> None:
    new = StudentCreate(email="a@b.example", last_name="Okafor")
    async for outcome in managebac.students.create_many(
        [new, {"email": "a@b.example", "last_name": "B"}]
    ):
        assert_type(outcome.id, str | None)
    managebac.students.create_many([{"email": "a@b.example"}])  # type: ignore[list-item]
    managebac.parents.update_many([{"id": 7, "employer": ""}])
    managebac.teachers.update_many([{"id": 7, "employer": ""}])  # type: ignore[list-item]
    managebac.students.archive_many([{"id": 7, "graduated_on": date(2026, 6, 30)}])
    assert_type(managebac.parents.archive_many([7, "8"], guard=Guard("5%")), Bulk[str | int])
    managebac.children.add_many([{"parent_id": 7, "child_id": 8, "relationship": "Aunt"}])
    managebac.children.replace_many(
        [{"parent_id": 7, "children": [{"id": 8, "relationship": "Mum"}]}]  # type: ignore[list-item]
    )
    managebac.classes.upsert_many([{"id": 7, "archived": True}, {"program": "myp"}])
    managebac.classes.add_teachers_many([{"class_id": 7, "student_id": 8}])  # type: ignore[list-item]
    managebac.year_groups.add_students_many([{"year_group_id": 7, "student_id": 8}])


async def managebac_school(managebac: ManageBac) -> None:
    years = await managebac.academic_years.list(program_code="myp")
    assert_type(years, dict[str, list[AcademicYear]])
    await managebac.academic_years.create(
        "myp", [{"name": "Autumn", "starts_on": "2024-08-01", "ends_on": date(2024, 12, 20)}]
    )
    assert_type(await managebac.school.subjects(), dict[str, list[SchoolSubject]])
    assert_type(await managebac.auth.permissions(), list[str])
    assert_type(managebac.year_groups.list(archived=None), Pages[YearGroup])
    made = await managebac.classes.update("7", {"archived": True, "subject_ids": [1, "2"]})
    assert_type(made, Class)
    assert_type(await managebac.reports.download("myp", 1, "pdf"), bytes)
    async for piece in managebac.reports.download("myp", 1, "term_grades"):
        assert_type(piece, bytes)
    managebac.reports.download("myp", 1, "docx")  # type: ignore[arg-type]


async def managebac_v1() -> None:
    async with ManageBacV1("myschool", "token") as legacy:
        user = UserV1Create(type="parent", first_name="A", last_name="B", email="a@b.c")
        assert_type(await legacy.users.create(user), str)
        report = await legacy.users.create_many([user])
        report.raise_for_failures()
        assert_type(await legacy.users.list("student"), list[UserV1])
        assert_type((await legacy.users.get(1)).birthday, date | None)
        await legacy.users.update(1, {"nicname": "Zo"})  # type: ignore[arg-type]
        await legacy.groups.add_members(1, [2, "3"])


async def not_wrapped(schoology: Schoology) -> None:
    assert_type(schoology.pages("GET", "users", key="user", model=User), Pages[User])
    assert_type(await schoology.pages("GET", "users", key="user", model=User), list[User])
    response = await schoology.request("GET", "schools", idempotent=True)
    assert_type(response, Response)
    try:
        await schoology.with_options(deadline=5).users.me()
    except LmsError as error:
        if error.response is not None:
            assert_type(error.response.status, int)
            assert_type(error.response.body, bytes)


def options() -> None:
    Schoology.from_env(deadlne=5)  # type: ignore[call-arg]
    Schoology("k", "s", tiemout=5)  # type: ignore[call-arg]
    ManageBac("t", timeout="5")  # type: ignore[arg-type]
    assert_type(ManageBacV1.from_env(allow_http=True), ManageBacV1)
