"""``schoology.sections`` in bulk: rows of many courses, grouped by course."""

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
from schoology_async.models import SectionCreate
from schoology_async.sandbox import School, SchoologySandbox
from tests.outcomes import code_of, ended, fields_of

from .rosters import PERIOD, periods, sections_of


def with_courses(sandbox: SchoologySandbox, count: int) -> tuple[School, list[str]]:
    periods(sandbox.school)
    made = [sandbox.school.courses.add(title="C", course_code=f"C{n}") for n in range(count)]
    return sandbox.school, [course.id for course in made]


def rows_of(course_ids: list[str], each: int) -> list[Any]:
    """Rows of all courses in turn, so that each request's rows come from all over the input."""
    of_course = [sections_of(f"C{id_}", each, course_id=id_) for id_ in course_ids]
    return [rows[number] for number in range(each) for rows in of_course]


async def test_create_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school, course_ids = with_courses(schoology_sandbox, 3)
    outcomes = await ended(schoology.sections.create_many(rows_of(course_ids, 60)))
    assert [outcome.index for outcome in outcomes] == list(range(180))
    for outcome in outcomes:
        assert outcome.status is Status.DONE
        made = school.sections[outcome.id or ""]
        assert made.course_id == outcome.item["course_id"]
        assert made.section_school_code == outcome.item["section_school_code"]
    # Two requests for each course, and nothing else.
    assert len(schoology_sandbox.log) == 6


async def test_create_many_takes_models_and_sections_with_one_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school, (course_id,) = with_courses(schoology_sandbox, 1)
    rows = [
        SectionCreate(title="A", section_code="1", grading_periods=[PERIOD], course_id=course_id),
        SectionCreate(
            title="B", section_school_code="B", grading_periods=[PERIOD], course_id=course_id
        ),
        SectionCreate(title="C", section_code="1", grading_periods=[435], course_id=course_id),
    ]
    outcomes = await ended(schoology.sections.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    assert [school.sections[outcome.id or ""].title for outcome in outcomes] == ["A", "B", "C"]


async def test_one_rejected_row_does_not_reject_the_others(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    _, course_ids = with_courses(schoology_sandbox, 2)
    rows = rows_of(course_ids, 3)
    rows[2]["grading_periods"] = [999]
    rows += sections_of("Cx", 2, course_id=999)  # there is no such course
    outcomes = await ended(schoology.sections.create_many(rows))
    expected = ["done"] * 2 + ["rejected"] + ["done"] * 3 + ["rejected"] * 2
    assert [outcome.status for outcome in outcomes] == expected
    assert [code_of(outcome) for outcome in outcomes if outcome.error] == ["400", "404", "404"]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"course_id": None}, {"course_id"}),
        ({"course_id": "maths"}, {"course_id"}),
        ({"title": " "}, {"title"}),
        ({"section_code": "", "section_school_code": ""}, {"section_code"}),
        ({"grading_periods": []}, {"grading_periods"}),
        ({"grading_periods": ["fall"]}, {"grading_periods"}),
        ({"start_time": "25:00"}, {"start_time"}),
        ({"options": {"member_post": 7}}, {"options.member_post"}),
    ],
)
async def test_an_invalid_row_is_rejected_without_being_sent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, change: Any, fields: set[str]
) -> None:
    row: Any = {**sections_of("C", 1, course_id=7)[0], **change}
    row = {name: value for name, value in row.items() if value is not None}
    (outcome,) = await ended(schoology.sections.create_many([row]))
    assert (outcome.status, code_of(outcome)) == (Status.REJECTED, "invalid")
    assert fields_of(outcome) == fields
    assert len(schoology_sandbox.log) == 0


async def test_two_rows_with_the_same_code_are_duplicates(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    _, course_ids = with_courses(schoology_sandbox, 2)
    rows = rows_of(course_ids, 2)
    coded = {"title": "T", "section_code": "7", "course_id": course_ids[0]}
    rows += [coded | {"grading_periods": [PERIOD, 435]}, coded | {"grading_periods": [435, PERIOD]}]
    outcomes = await ended(schoology.sections.create_many([*rows, rows[0]]))
    assert [outcome.status for outcome in outcomes] == ["done"] * 5 + ["rejected"] * 2
    assert [code_of(outcome) for outcome in outcomes[5:]] == ["duplicate", "duplicate"]


async def test_update_existing(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school, course_ids = with_courses(schoology_sandbox, 2)
    rows = rows_of(course_ids, 3)
    await schoology.sections.create_many(rows)
    again = [row | {"title": "New"} for row in rows]
    report = await schoology.sections.create_many(again)
    assert report.counts == {Status.REJECTED: 6}
    report = await schoology.sections.create_many(again, update_existing=True)
    assert report.counts == {Status.DONE: 6}
    assert {section.title for section in school.sections} == {"New"}


async def test_a_second_run_sends_only_rows_without_a_result(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school, course_ids = with_courses(schoology_sandbox, 2)
    rows = rows_of(course_ids, 60)
    journal = Journal(tmp_path / "sections.db")
    schoology_sandbox.faults.add(Fault.error(401, method="POST", skip=2))
    first = await schoology.sections.create_many(rows, journal=journal)
    assert first.counts[Status.SKIPPED] > 0
    schoology_sandbox.faults.clear()
    report = await schoology.sections.create_many(rows, journal=journal)
    assert report.counts == {Status.DONE: 120}
    assert report.earlier == {Status.DONE: first.counts[Status.DONE]}
    assert set(school.sections.creates.values()) == {1}


@pytest.mark.parametrize("update_existing", [False, True])
async def test_sections_without_a_school_code_are_looked_up_in_their_course(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, update_existing: bool
) -> None:
    school, course_ids = with_courses(schoology_sandbox, 1)
    rows = rows_of(course_ids, 3)
    for row in rows:
        del row["section_school_code"]
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST", times=9))
    report = await schoology.sections.create_many(rows, update_existing=update_existing)
    assert report.counts == {Status.DONE: 3}
    assert set(school.sections.creates.values()) == {1}


async def test_a_section_that_is_not_in_the_list_of_its_course_is_unknown(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    _, course_ids = with_courses(schoology_sandbox, 1)
    rows = rows_of(course_ids, 2)
    del rows[1]["section_school_code"]
    schoology_sandbox.faults.add(Fault.cut(method="POST"))
    outcomes = await ended(schoology.sections.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["done", "unknown"]
    assert code_of(outcomes[1]) == "lost"


async def test_a_section_that_the_list_omits_is_read_by_its_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    """Whether the list has sections of later grading periods is not documented."""
    school, course_ids = with_courses(schoology_sandbox, 1)
    rows = rows_of(course_ids, 3)
    for row in rows:
        row["section_school_code"] = f"{row['section_school_code']},A/ß"
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    report = await schoology.sections.create_many(rows)
    assert report.counts == {Status.DONE: 3}
    assert set(school.sections.creates.values()) == {1}
    assert schoology_sandbox.log.count("POST") == 1


async def test_a_row_is_unknown_if_a_section_of_another_course_has_its_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school, course_ids = with_courses(schoology_sandbox, 2)
    rows = rows_of(course_ids[:1], 3)
    school.sections.add(course_ids[1], rows[0])
    school.sections.add(course_ids[0], rows[1] | {"title": "Another"})
    schoology_sandbox.faults.add(Fault.cut(method="POST"))
    outcomes = await ended(schoology.sections.create_many(rows))
    assert [outcome.status for outcome in outcomes] == ["unknown", "unknown", "done"]
    assert [code_of(outcome) for outcome in outcomes[:2]] == ["lost", "exists"]


async def test_update_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school, course_ids = with_courses(schoology_sandbox, 2)
    await schoology.sections.create_many(rows_of(course_ids, 60))
    changes: list[Any] = [{"id": section.id, "title": "New"} for section in school.sections]
    changes += [{"id": "1", "title": "x"}, {"id": "x", "title": "x"}, {"title": "x"}, {"id": 1}]
    outcomes = await ended(schoology.sections.update_many(changes))
    assert [o.status for o in outcomes] == ["done"] * 120 + ["rejected"] * 4
    assert [code_of(o) for o in outcomes[120:]] == ["404", "invalid", "invalid", "invalid"]
    assert {section.title for section in school.sections} == {"New"}
    assert schoology_sandbox.log.count("PUT") == 3


async def test_delete_many(schoology: Schoology, schoology_sandbox: SchoologySandbox) -> None:
    school, course_ids = with_courses(schoology_sandbox, 2)
    await schoology.sections.create_many(rows_of(course_ids, 60))
    outcomes = await ended(schoology.sections.delete_many([*school.sections.by_id, 999, "x"]))
    assert [o.status for o in outcomes] == ["done"] * 120 + ["rejected"] * 2
    assert [code_of(o) for o in outcomes[120:]] == ["404", "invalid"]
    assert fields_of(outcomes[121]) == {"section_id"}
    assert len(school.sections) == 0


async def test_a_guard_prevents_the_deletion_of_too_many_sections(schoology: Schoology) -> None:
    with pytest.raises(InvalidInput, match="3 would be removed"):
        await schoology.sections.delete_many([1, 2, 3], guard=Guard(2))
    with pytest.raises(InvalidInput, match="501 would be removed"):
        await schoology.sections.delete_many(range(501))
    with pytest.raises(InvalidInput, match="guard"):
        schoology.sections.delete_many([1], guard=Guard("5%"))


@pytest.mark.parametrize("after", [False, True])
async def test_a_lost_deletion_is_looked_up_and_not_resent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, after: bool
) -> None:
    school, course_ids = with_courses(schoology_sandbox, 1)
    await schoology.sections.create_many(rows_of(course_ids, 3))
    schoology_sandbox.faults.add(Fault.cut(after=after, method="DELETE"))
    report = await schoology.sections.delete_many(list(school.sections.by_id))
    assert report.counts == {Status.DONE if after else Status.UNKNOWN: 3}
    assert schoology_sandbox.log.count("DELETE") == 1


def copies(count: int) -> list[Any]:
    return [
        {
            "title": f"Copy {number}",
            "source_section_school_code": "C-0",
            "section_school_code": f"N-{number}",
            "course_code": "C0",
            "grading_periods": [PERIOD],
        }
        for number in range(count)
    ]


async def test_copy_many(connect: Callable[..., Schoology]) -> None:
    """As in the documents' sample, the response has no ids, since the copies are made later."""
    queries = []

    async def copy(request: web.Request) -> web.Response:
        queries.append(dict(request.query))
        items = [
            {
                "section_school_code": row["section_school_code"],
                "grading_periods": row["grading_periods"],
                "title": row["title"],
                "transfer_url": "https://schoology.example/settings/transfers",
                "response_code": 200 if row["source_section_school_code"] == "C-0" else 404,
            }
            for row in (await request.json())["sections"]["section"]
        ]
        return web.json_response({"section": items[::-1]})

    rows = copies(60)
    rows[7]["source_section_school_code"] = "nowhere"
    app = web.Application()
    app.router.add_post("/v1/sections/copy", copy)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        outcomes = await ended(client.sections.copy_many(rows, enroll_user=True))
    assert [o.index for o in outcomes if o.status is not Status.DONE] == [7]
    assert outcomes[7].status is Status.REJECTED
    assert {o.id for o in outcomes} == {None}
    assert queries == [{"enroll_user": "1"}] * 2


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ("source_section_school_code", "source_section_id"),
        ("section_school_code", "section_id"),
        ("course_code", "course_id"),
    ],
)
async def test_a_copy_needs_a_source_a_target_and_a_course(
    schoology: Schoology, field: str, named: str
) -> None:
    (row,) = copies(1)
    del row[field]
    (outcome,) = await ended(schoology.sections.copy_many([row]))
    assert (outcome.status, fields_of(outcome)) == (Status.REJECTED, {named})


async def test_copies_into_several_courses_may_have_one_section_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    """A section code is unique in its course and grading periods only."""
    school, course_ids = with_courses(schoology_sandbox, 2)
    school.sections.add(course_ids[0], sections_of("C", 1)[0])
    rows = copies(4)
    for row, course in zip(rows, ("C0", "C1", "C0", "nowhere"), strict=True):
        del row["section_school_code"]
        row |= {"section_code": "7", "course_code": course}
    outcomes = await ended(schoology.sections.copy_many(rows))
    assert [code_of(outcome) for outcome in outcomes] == [None, None, "duplicate", "404"]
    assert [len(list(school.sections.of_course(id_))) for id_ in course_ids] == [2, 1]


async def test_a_lost_copy_is_unknown_and_not_resent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    with_courses(schoology_sandbox, 1)
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST", times=9))
    report = await schoology.sections.copy_many([*copies(2), copies(1)[0]])
    assert report.counts == {Status.UNKNOWN: 2, Status.REJECTED: 1}
    assert len(schoology_sandbox.log) == 1


async def test_items_with_other_codes_than_their_rows_are_matched(
    connect: Callable[..., Schoology],
) -> None:
    """An item may lack a code that was sent, or have a code that was not sent."""

    async def create(_: web.Request) -> web.Response:
        items = [
            {"response_code": 200, "id": "2", "section_code": "1", "grading_periods": [PERIOD]},
            {"response_code": 200, "id": "1", "section_code": "0", "section_school_code": "new"},
            {"response_code": 409, "section_code": "2", "message": "exists"},
            {"response_code": 200, "id": "9", "section_school_code": "somebody else's"},
        ]
        return web.json_response({"section": items}, status=207)

    rows = sections_of("C", 4, course_id=7)
    for row in rows[:3]:
        del row["section_school_code"]
    app = web.Application()
    app.router.add_post("/v1/courses/7/sections", create)
    async with TestServer(app) as server:
        client = connect(base_url=str(server.make_url("/v1/")))
        outcomes = await ended(client.sections.create_many(rows))
    assert [outcome.id for outcome in outcomes[:2]] == ["1", "2"]
    assert [outcome.status for outcome in outcomes] == ["done", "done", "rejected", "unknown"]
