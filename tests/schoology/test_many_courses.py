"""``schoology.courses`` in bulk: one outcome per course, with the results of its sections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import Guard, InvalidInput, Journal, Status
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.models import CourseCreate, SectionCreate
from schoology_async.sandbox import SchoologySandbox
from tests.outcomes import code_of, ended

from .rosters import PERIOD, courses, periods, sections_of
from .scripted import Scripted


async def test_create_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = schoology_sandbox.school
    periods(school)
    outcomes = await ended(schoology.courses.create_many(courses(120, sections=3)))
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert [outcome.id for outcome in outcomes] == [course.id for course in school.courses]
    for outcome in outcomes:
        made = school.sections.of_course(outcome.id or "")
        assert [part.id for part in outcome.parts] == [section.id for section in made]
        assert {part.status for part in outcome.parts} == {Status.DONE}
    assert len(school.sections) == 360
    assert schoology_sandbox.log.count("POST") == 3
    assert len(schoology_sandbox.log) == 3


async def test_create_many_takes_models_and_courses_without_sections(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    periods(schoology_sandbox.school)
    section = SectionCreate(title="S", section_code="1", grading_periods=[PERIOD])
    rows = [
        CourseCreate(title="A", course_code="A", sections=[section]),
        CourseCreate(title="B", course_code="B", sections=[]),
        CourseCreate(title="C", course_code="C"),
    ]
    outcomes = await ended(schoology.courses.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    assert [len(outcome.parts) for outcome in outcomes] == [1, 0, 0]


async def test_a_course_with_a_rejected_section_is_not_done(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = schoology_sandbox.school
    periods(school)
    rows = courses(3, sections=3)
    rows[1]["sections"][2]["grading_periods"] = [999]
    journal = Journal(tmp_path / "courses.db", keep_reasons=True)
    report = await schoology.courses.create_many(rows, journal=journal)
    assert report.counts == {Status.DONE: 2, Status.REJECTED: 1}
    (outcome,) = report.rejected
    assert outcome.error is not None
    assert outcome.error.code == "incomplete"
    assert list(outcome.error.fields) == ["sections[2]"]
    assert "no grading period 999" in outcome.error.fields["sections[2]"]
    assert outcome.id in school.courses
    assert [part.status for part in outcome.parts] == ["done", "done", "rejected"]
    assert len(school.sections.of_course(outcome.id or "")) == 2
    # A second run sends nothing, since the journal has the result of each course.
    again = await ended(schoology.courses.create_many(rows, journal=journal))
    assert [one.status for one in again] == ["done", "rejected", "done"]
    assert code_of(again[1]) == "incomplete"
    assert again[1].id == outcome.id
    assert schoology_sandbox.log.count("POST") == 1


async def test_one_rejected_course_does_not_reject_the_others(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    periods(schoology_sandbox.school)
    schoology_sandbox.school.courses.add(title="Old", course_code="C0001")
    outcomes = await ended(schoology.courses.create_many(courses(3, sections=1)))
    assert [outcome.status for outcome in outcomes] == ["done", "rejected", "done"]
    assert code_of(outcomes[1]) == "409"
    assert len(schoology_sandbox.school.sections) == 2


async def test_update_existing(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = schoology_sandbox.school
    periods(school)
    rows = courses(3, sections=2)
    await schoology.courses.create_many(rows)
    for row in rows:
        row["title"] = "New"
        row["sections"].append(sections_of(row["course_code"], 3)[2])
    report = await schoology.courses.create_many(rows, update_existing=True)
    assert report.counts == {Status.DONE: 3}
    assert {course.title for course in school.courses} == {"New"}
    assert len(school.sections) == 9


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"title": "A"}, {"course_code"}),
        ({"course_code": "A"}, {"title"}),
        ({"title": "A", "course_code": "A", "subject_area": 10}, {"subject_area"}),
        (
            {"title": "A", "course_code": "A", "sections": [{"title": "S"}]},
            {"sections[0].grading_periods"},
        ),
        (
            {
                "title": "A",
                "course_code": "A",
                "sections": [{"title": "S", "grading_periods": [PERIOD]}],
            },
            {"sections[0].section_code"},
        ),
        (
            {"title": "A", "course_code": "A", "sections": sections_of("A", 1) * 2},
            {"sections[1]"},
        ),
        (
            {"title": "A", "course_code": "A", "sections": sections_of("A", 1, course_id=7)},
            {"sections[0].course_id"},
        ),
        ({"title": "A", "course_code": "A", "sections": "1,2"}, {"sections"}),
    ],
)
async def test_an_invalid_row_is_rejected_without_being_sent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, row: Any, fields: set[str]
) -> None:
    (outcome,) = await ended(schoology.courses.create_many([row]))
    assert outcome.status is Status.REJECTED
    assert outcome.error is not None
    assert (outcome.error.code, set(outcome.error.fields)) == ("invalid", fields)
    assert len(schoology_sandbox.log) == 0


async def test_two_rows_with_the_same_code_are_duplicates(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    rows = [*courses(60), {"title": "Once more", "course_code": "C0003"}]
    report = await schoology.courses.create_many(rows, update_existing=True)
    assert report.counts == {Status.DONE: 60, Status.REJECTED: 1}
    assert report.rejected[0].error is not None
    assert report.rejected[0].error.code == "duplicate"
    assert report.rejected[0].error.other_index == 3
    assert not schoology_sandbox.school.courses.updates


@pytest.mark.parametrize("shape", ["none", "list", "one", "one in a list", "other order", "short"])
async def test_all_forms_of_sections_in_a_response_are_read(
    connect: Callable[..., Schoology], shape: str
) -> None:
    """The documents do not show these forms. Sections that are not mentioned are looked up."""
    looked_up = []

    def result(number: int) -> dict[str, Any]:
        return {"response_code": 200, "id": f"7{number}", "section_school_code": f"C0000-{number}"}

    def inside(count: int) -> Any:
        results = [result(number) for number in range(count)]
        return {
            "none": {},
            "list": {"sections": results},
            "one": {"sections": {"section": results[0]}},
            "one in a list": {"sections": [results[0]]},
            "other order": {"sections": {"section": results[::-1]}},
            "short": {"sections": {"section": results[1:]}},
        }[shape]

    count = 1 if shape.startswith("one") else 3

    async def create(_: web.Request) -> web.Response:
        row = {"response_code": 200, "id": "5", "course_code": "C0000", **inside(count)}
        return web.json_response({"course": [row]}, status=207)

    async def read(request: web.Request) -> web.Response:
        looked_up.append(request.path)
        course = {"id": 5, "course_code": "C0000", "title": "Course 0"}
        sections = [
            {
                "id": f"7{number}",
                "course_id": "5",
                "section_title": f"Section {number}",
                "section_school_code": f"C0000-{number}",
                "grading_periods": [PERIOD],
            }
            for number in range(count)
        ]
        rows = {"course": [course]} if "courses" in request.path else {"section": sections}
        return web.json_response({**rows, "links": {"self": ""}})

    app = web.Application()
    app.router.add_post("/v1/courses", create)
    app.router.add_get("/v1/{tail:.*}", read)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        (outcome,) = await ended(client.courses.create_many(courses(1, sections=count)))
    assert outcome.status is Status.DONE
    assert [part.id for part in outcome.parts] == [f"7{number}" for number in range(count)]
    assert looked_up == (["/v1/courses", "/v1/sections"] if shape in ("none", "short") else [])


async def test_a_course_is_unknown_if_one_of_its_sections_is_not_found(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    """The lost request created both courses, but not one of the sections."""
    school = schoology_sandbox.school
    periods(school)
    rows = courses(2, sections=2)
    rows[1]["sections"][1]["grading_periods"] = [999]
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    outcomes = await ended(schoology.courses.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "unknown"]
    assert code_of(outcomes[1]) == "incomplete"
    assert [part.status for part in outcomes[1].parts] == ["done", "unknown"]
    assert outcomes[1].id in school.courses
    assert schoology_sandbox.log.count("POST") == 1


async def test_a_course_is_unknown_if_a_section_has_no_school_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    periods(schoology_sandbox.school)
    rows = courses(2, sections=2)
    del rows[1]["sections"][0]["section_school_code"]
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    outcomes = await ended(schoology.courses.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "unknown"]
    assert code_of(outcomes[1]) == "lost"


@pytest.mark.parametrize("coded", [False, True])
async def test_update_existing_is_resent_only_if_every_section_has_a_section_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, coded: bool
) -> None:
    """Schoology finds a section to update by its ``section_code``, not by its school code."""
    school = schoology_sandbox.school
    periods(school)
    rows = courses(2, sections=2)
    if not coded:
        del rows[1]["sections"][0]["section_code"]
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    report = await schoology.courses.create_many(rows, update_existing=True)
    assert report.counts == {Status.DONE: 2}
    assert schoology_sandbox.log.count("POST") == (2 if coded else 1)
    assert set(school.sections.creates.values()) == {1}


async def test_a_lost_update_is_not_done_if_the_course_shows_other_values(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    """The course can't be sent again, since one of its sections has no ``section_code``."""
    school = schoology_sandbox.school
    periods(school)
    (row,) = courses(1, sections=1)
    del row["sections"][0]["section_code"]
    await schoology.courses.create_many([row | {"description": "Old"}])
    schoology_sandbox.faults.add(Fault.cut(method="POST"))
    changed = [row | {"description": "New"}]
    (outcome,) = await ended(schoology.courses.create_many(changed, update_existing=True))
    assert {course.description for course in school.courses} == {"Old"}
    assert (outcome.status, code_of(outcome)) == (Status.UNKNOWN, "exists")


def refused_with_its_section(section: dict[str, Any]) -> dict[str, Any]:
    inside = {"section": [{"section_school_code": "C0000-0", **section}]}
    return {"response_code": 400, "course_code": "C0000", "sections": inside}


@pytest.mark.parametrize(
    ("section", "status", "code"),
    [
        ({"response_code": 500}, Status.UNKNOWN, "incomplete"),
        ({"response_code": 200, "id": "7"}, Status.REJECTED, "incomplete"),
        ({"response_code": 400}, Status.REJECTED, "400"),
        ({}, Status.REJECTED, "400"),
    ],
)
async def test_a_refused_course_whose_section_may_exist_is_not_rejected(
    scripted: Scripted, section: dict[str, Any], status: Status, code: str
) -> None:
    scripted.answers["POST courses"] = {"course": [refused_with_its_section(section)]}
    (outcome,) = await ended(scripted.schoology.courses.create_many(courses(1, sections=1)))
    assert (outcome.status, code_of(outcome)) == (status, code)


async def test_two_sections_that_the_vendor_takes_for_one_are_not_both_done(
    scripted: Scripted,
) -> None:
    inside = [{"response_code": 200, "id": "7", "section_code": code} for code in ("A", "a")]
    course = {"response_code": 200, "id": "5", "course_code": "C0000"}
    scripted.answers["POST courses"] = {"course": [{**course, "sections": {"section": inside}}]}
    (row,) = courses(1, sections=2)
    for section, code in zip(row["sections"], ("A", "a"), strict=True):
        del section["section_school_code"]
        section["section_code"] = code
    (outcome,) = await ended(scripted.schoology.courses.create_many([row], update_existing=True))
    assert (outcome.status, code_of(outcome)) == (Status.UNKNOWN, "incomplete")
    assert [part.status for part in outcome.parts] == ["done", "unknown"]


async def test_a_course_that_may_have_existed_before_is_unknown(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    schoology_sandbox.school.courses.add(title="Another", course_code="C0001")
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    outcomes = await ended(schoology.courses.create_many(courses(3)))
    assert [outcome.status for outcome in outcomes] == ["done", "unknown", "done"]
    assert code_of(outcomes[1]) == "exists"


async def test_a_look_up_reads_the_list_only_until_all_courses_are_found(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    (await schoology.courses.create_many(courses(50))).raise_for_failures()
    for number in range(2000):
        schoology_sandbox.school.courses.add(title="Other", course_code=f"X{number}")
    schoology_sandbox.faults.add(Fault.cut(method="POST", times=9))
    await schoology.courses.create_many(courses(50), update_existing=True)
    assert schoology_sandbox.log.count("GET") <= 4 * 4  # the client reads some pages ahead


async def test_update_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = schoology_sandbox.school
    await schoology.courses.create_many(courses(120))
    changes: list[Any] = [{"id": course.id, "title": "New"} for course in school.courses]
    changes += [{"id": "1", "title": "x"}, {"id": "x", "title": "x"}, {"title": "x"}, {"id": 1}]
    outcomes = await ended(schoology.courses.update_many(changes))
    assert [o.status for o in outcomes] == ["done"] * 120 + ["rejected"] * 4
    assert [code_of(o) for o in outcomes[120:]] == ["404", "invalid", "invalid", "invalid"]
    assert {course.title for course in school.courses} == {"New"}
    assert schoology_sandbox.log.count("PUT") == 3


async def test_delete_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school = schoology_sandbox.school
    await schoology.courses.create_many(courses(120))
    ids: list[Any] = [*school.courses.by_id, "999", "x", "1,2", ""]
    outcomes = await ended(schoology.courses.delete_many(ids))
    assert [o.status for o in outcomes] == ["done"] * 120 + ["rejected"] * 4
    assert [code_of(o) for o in outcomes[120:]] == ["404", "invalid", "invalid", "invalid"]
    assert outcomes[-1].error is not None
    assert set(outcomes[-1].error.fields) == {"course_id"}
    assert len(school.courses) == 0


@pytest.mark.parametrize("rows", [False, True])
async def test_delete_many_with_and_without_rows_in_the_response(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, rows: bool
) -> None:
    schoology_sandbox.quirks.bulk_delete_rows = rows
    await schoology.courses.create_many(courses(3))
    report = await schoology.courses.delete_many(list(schoology_sandbox.school.courses.by_id))
    assert report.counts == {Status.DONE: 3}


@pytest.mark.parametrize("guard", [Guard(4), Guard("40%")])
async def test_a_guard_prevents_the_deletion_of_too_many_courses(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, guard: Guard
) -> None:
    await schoology.courses.create_many(courses(10))
    ids = list(schoology_sandbox.school.courses.by_id)
    with pytest.raises(InvalidInput, match="5 would be removed"):
        await schoology.courses.delete_many(ids[:5], guard=guard)
    assert len(schoology_sandbox.school.courses) == 10
    report = await schoology.courses.delete_many(ids[:4], guard=guard)
    assert report.counts == {Status.DONE: 4}
    with pytest.raises(InvalidInput, match="501 would be removed"):
        await schoology.courses.delete_many(range(501))


@pytest.mark.parametrize("after", [False, True])
async def test_a_lost_deletion_is_looked_up_and_not_resent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, after: bool
) -> None:
    await schoology.courses.create_many(courses(3))
    schoology_sandbox.faults.add(Fault.cut(after=after, method="DELETE"))
    report = await schoology.courses.delete_many(list(schoology_sandbox.school.courses.by_id))
    assert report.counts == {Status.DONE if after else Status.UNKNOWN: 3}
    assert schoology_sandbox.log.count("DELETE") == 1
