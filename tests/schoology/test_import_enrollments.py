"""``schoology.enrollments`` in bulk, by the school's own codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async import Guard, InvalidInput, Journal, Status
from lms_async.sandbox import Fault
from schoology_async import Schoology
from schoology_async.models import EnrollmentByCourseCode, EnrollmentBySchoolCode
from schoology_async.sandbox import SchoologySandbox
from tests.outcomes import code_of, ended, fields_of

from .rosters import PERIOD, by_codes, enrolled, fill
from .scripted import Scripted


def by_course(sections: int, persons: int, **more: Any) -> list[Any]:
    """Return the rows of ``by_codes`` with ``course_code`` and ``section_code``."""
    rows = []
    for row in by_codes(sections, persons, **more):
        course, _, section = row.pop("section_school_code").partition("-")
        rows.append({"course_code": course, "section_code": section, **row})
    return rows


async def test_import_by_school_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    rows = [*by_codes(4, 30)]
    rows[3]["admin"] = "1"
    outcomes = await ended(schoology.enrollments.import_by_school_code(rows))
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert {outcome.id for outcome in outcomes} == set(school.enrollments.by_id)
    assert enrolled(school) == {(r["section_school_code"], r["school_uid"]) for r in rows}
    assert school.enrollments[outcomes[3].id or ""].admin == 1
    assert len(schoology_sandbox.log) == 3
    # A second import updates the same enrollments.
    again = [EnrollmentBySchoolCode(**row) for row in rows]
    report = await schoology.enrollments.import_by_school_code(again)
    assert report.counts == {Status.DONE: 120}
    assert set(school.enrollments.creates.values()) == {1}


async def test_import_by_course_code(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    bulk = schoology.enrollments.import_by_course_code(
        by_course(4, 30), grading_period_ids=[PERIOD, "435"]
    )
    outcomes = await ended(bulk)
    assert {outcome.status for outcome in outcomes} == {Status.DONE}
    assert len(enrolled(school)) == 120
    paths = {seen.path for seen in schoology_sandbox.log}
    assert paths == {f"enrollments/import/course/{PERIOD},435"}
    model = EnrollmentByCourseCode(course_code="C", section_code="9", school_uid="S00000")
    bulk = schoology.enrollments.import_by_course_code([model], grading_period_ids=[PERIOD])
    (outcome,) = await ended(bulk)
    assert (outcome.status, code_of(outcome)) == (Status.REJECTED, "404")


@pytest.mark.parametrize("ids", [[], ["fall"], [""], ["1,2"], "435"])
async def test_grading_periods_are_numbers(schoology: Schoology, ids: Any) -> None:
    with pytest.raises(InvalidInput, match="grading_period_ids"):
        schoology.enrollments.import_by_course_code([], grading_period_ids=ids)


async def test_one_rejected_row_does_not_reject_the_others(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    fill(schoology_sandbox)
    rows = by_codes(1, 4)
    rows[1]["school_uid"] = "nobody"
    rows[2]["section_school_code"] = "nowhere, or elsewhere"
    outcomes = await ended(schoology.enrollments.import_by_school_code(rows))
    assert [code_of(outcome) for outcome in outcomes] == [None, "404", "404", None]
    assert outcomes[1].error is not None
    assert "no user" in outcomes[1].error.message


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"section_school_code": " "}, {"section_school_code"}),
        ({"school_uid": None}, {"school_uid"}),
        ({"school_uid": "#N/A"}, {"school_uid"}),
        ({"admin": "teacher"}, {"admin"}),
        ({"delete": "yes"}, {"delete"}),
        ({"delete": "1"}, {"delete"}),  # the call has no `removals`
    ],
)
async def test_an_invalid_row_is_rejected_without_being_sent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, change: Any, fields: set[str]
) -> None:
    good, row = by_codes(2, 1)
    row = {name: value for name, value in {**row, **change}.items() if value is not None}
    fill(schoology_sandbox)
    outcomes = await ended(schoology.enrollments.import_by_school_code([good, row]))
    assert [outcome.status for outcome in outcomes] == [Status.DONE, Status.REJECTED]
    assert (code_of(outcomes[1]), fields_of(outcomes[1])) == ("invalid", fields)


async def test_the_same_person_and_section_twice_is_a_duplicate(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    fill(schoology_sandbox)
    rows = by_codes(4, 30)
    rows.append(rows[0] | {"delete": "1"})
    bulk = schoology.enrollments.import_by_school_code(rows, removals=Guard(1))
    outcomes = await ended(bulk)
    assert [outcome.status for outcome in outcomes[:-1]] == ["done"] * 120
    assert code_of(outcomes[-1]) == "duplicate"


@pytest.mark.parametrize("delete", ["1", 1, True])
async def test_removals_are_counted_before_anything_is_sent(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, delete: Any
) -> None:
    school = fill(schoology_sandbox)
    await schoology.enrollments.import_by_school_code(by_codes(3, 30))
    rows = [*by_codes(3, 30)[30:], *by_codes(1, 30, delete=delete)]
    schoology_sandbox.log.clear()
    with pytest.raises(InvalidInput, match="30 would be removed"):
        await schoology.enrollments.import_by_school_code(rows, removals=Guard(29))
    assert len(schoology_sandbox.log) == 0
    with pytest.raises(InvalidInput, match="guard"):
        schoology.enrollments.import_by_school_code(rows, removals=Guard("5%"))
    report = await schoology.enrollments.import_by_school_code(rows, removals=Guard(30))
    assert report.counts == {Status.DONE: 90}
    assert {section for section, _ in enrolled(school)} == {"C-1", "C-2"}
    models = [EnrollmentBySchoolCode(**row) for row in by_codes(2, 30, delete=delete)]
    with pytest.raises(InvalidInput, match="60 would be removed"):
        await schoology.enrollments.import_by_school_code(models, removals=Guard(59))


@pytest.mark.parametrize("absent", [200, 404])
async def test_a_lost_removal_is_done_if_the_person_is_not_enrolled(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, absent: Any
) -> None:
    """The vendor may reject the second request, because the first one removed the people."""
    school = fill(schoology_sandbox)
    schoology_sandbox.quirks.absent_unenrolled = absent
    await schoology.enrollments.import_by_school_code(by_codes(2, 20))
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    rows = by_codes(1, 20, delete="1")
    report = await schoology.enrollments.import_by_school_code(rows, removals=Guard(20))
    assert report.counts == {Status.DONE: 20}
    assert {section for section, _ in enrolled(school)} == {"C-1"}


async def test_a_lost_removal_is_not_done_if_the_vendor_hides_school_uids(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    await schoology.enrollments.import_by_school_code(by_codes(1, 5))
    section = school.sections.by_school_code("C-0")
    assert section is not None
    school.enrollments.add("section", section.id, school.add(name_last="Without an id").uid)
    schoology_sandbox.faults.add(Fault.cut(after=True, method="POST"))
    rows = by_codes(1, 5, delete="1")
    report = await schoology.enrollments.import_by_school_code(rows, removals=Guard(5))
    assert report.counts == {Status.UNKNOWN: 5}


async def test_a_lost_removal_is_not_done_if_the_person_may_be_there_under_a_similar_id(
    scripted: Scripted,
) -> None:
    """The vendor may treat ``S1`` and ``s1`` as the same person."""
    section = {"id": "5", "section_school_code": "C-0"}
    person = {"id": "1", "uid": "2", "school_uid": "s1 ", "admin": 0, "status": "1"}
    scripted.answers |= {
        "POST enrollments/import/course": 503,
        "GET sections": {"section": [section], "links": {}},
        "GET sections/5/enrollments": {"enrollment": [person], "links": {}},
    }
    row: Any = {"section_school_code": "C-0", "school_uid": "S1", "delete": "1"}
    bulk = scripted.schoology.enrollments.import_by_school_code([row], removals=Guard(1))
    assert (await bulk).counts == {Status.UNKNOWN: 1}


@pytest.mark.parametrize("location", ["http://x/v1/sections/5/enrollments/7", "http://x/v1/none"])
async def test_two_rows_that_the_vendor_takes_for_one_are_not_both_done(
    scripted: Scripted, location: str
) -> None:
    rows: list[Any] = [
        {"section_school_code": "C-0", "school_uid": school_uid, "admin": admin}
        for school_uid, admin in (("S1", 1), ("s1", 0))
    ]
    items = [{**row, "response_code": 200, "location": location} for row in rows]
    answer = {"enrollments": {"enrollment": items}}
    scripted.answers["POST enrollments/import/course"] = answer
    outcomes = await ended(scripted.schoology.enrollments.import_by_school_code(rows))
    named = location.endswith("7")  # a location that ends in no id names no record
    assert [outcome.id for outcome in outcomes] == (["7", "7"] if named else [None, None])
    assert [code_of(outcome) for outcome in outcomes] == [None, "same_record" if named else None]


async def test_a_row_that_differs_from_the_enrollment_is_sent_again(
    schoology: Schoology, schoology_sandbox: SchoologySandbox
) -> None:
    school = fill(schoology_sandbox)
    await schoology.enrollments.import_by_school_code(by_codes(1, 3))
    first, second, _ = school.enrollments
    school.enrollments.update(first.id, {"status": 2})
    school.enrollments.update(second.id, {"admin": 1})
    schoology_sandbox.faults.add(Fault.cut(method="POST", times=5))
    rows = by_codes(1, 3, admin=0)
    report = await schoology.enrollments.import_by_school_code(rows)
    assert report.counts == {Status.DONE: 3}
    assert {(one.admin, one.status) for one in school.enrollments} == {(0, 1)}


async def test_a_second_run_sends_only_rows_without_a_result(
    schoology: Schoology, schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    school = fill(schoology_sandbox)
    rows = by_codes(4, 30)
    journal = Journal(tmp_path / "rows.db")
    schoology_sandbox.faults.add(Fault.error(401, method="POST", skip=1))
    first = await schoology.enrollments.import_by_school_code(rows, journal=journal)
    assert first.counts[Status.SKIPPED] > 0
    schoology_sandbox.faults.clear()
    report = await schoology.enrollments.import_by_school_code(rows, journal=journal)
    assert report.counts == {Status.DONE: 120}
    assert report.earlier == {Status.DONE: first.counts[Status.DONE]}
    assert set(school.enrollments.creates.values()) == {1}
    assert not school.enrollments.updates
