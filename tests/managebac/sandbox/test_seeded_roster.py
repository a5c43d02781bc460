"""A seeded school of ManageBac has everything that a roster has, and is quick to make."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from manabac_async.cli.serving import school_year_of, served
from manabac_async.sandbox import RELATIONSHIPS, ManageBacSandbox, School

from .raw import RawClient


def test_seeded_school_is_complete() -> None:
    school = School.seeded(
        students=90, teachers=10, classes=12, parents=40, members=5, year_groups=8
    )
    assert len(school.ib_groups) == 8
    assert len({group.name for group in school.ib_groups.values()}) == 8
    assert all(group.advisors for group in school.ib_groups.values())
    terms, subjects = school.terms, school.academics.subjects
    for of in school.classes.values():
        assert of.start_term_id in terms
        assert of.end_term_id in terms
        assert [subjects[number].program for number in of.subject_ids] == ["diploma"]
        assert len(school.class_teachers(of.id)) == 1
        assert len(school.members(of.id)) == 5
    for parent in school.parents.values():
        for child in parent.kin:
            assert school.relations.kind(parent, child) in RELATIONSHIPS
    assert all(student.homeroom_advisor for student in school.students.values())
    assert {report.program for report in school.academics.reports.values()} == {
        *("diploma", "myp", "pyp")
    }
    assert not school.students.creates


def test_last_grade_graduates_when_the_school_year_ends() -> None:
    groups = School.seeded(year_groups=6, school_year=2031).ib_groups.values()
    years = {group.grade: group.graduation_year for group in groups}
    assert (years["Grade 12"], years["Grade 7"]) == (2032, 2037)


def test_terms_are_those_of_the_school_year_and_the_one_before() -> None:
    terms = School.seeded(school_year=2031).academics.terms.values()
    assert min(term.starts_on for term in terms) == date(2030, 8, 20)
    assert max(term.ends_on for term in terms) == date(2032, 6, 19)


@pytest.mark.parametrize(
    ("day", "year"), [(date(2031, 7, 1), 2031), (date(2032, 6, 30), 2031), (date(2032, 1, 1), 2031)]
)
def test_school_year_of_a_day(day: date, year: int) -> None:
    assert school_year_of(day) == year


async def test_lms_sandbox_has_the_terms_of_this_school_year() -> None:
    year = school_year_of(datetime.now(UTC).date())
    async with served(people=1, limit=None, latency=None, host="127.0.0.1", port=0) as running:
        assert isinstance(running.server, ManageBacSandbox)
        terms = running.server.school.academics.terms.values()
    assert max(term.ends_on.year for term in terms) == year + 1


def test_large_school_is_generated_in_a_few_seconds() -> None:
    started = time.process_time()
    school = School.seeded(
        students=10_000, teachers=600, classes=400, parents=12_000, members=100, year_groups=30
    )
    assert time.process_time() - started < 10
    assert (len(school.students), len(school.parents)) == (10_000, 12_000)
    assert len(school.ledger.live) == 40_400  # with a teacher in each class


async def test_every_list_of_a_seeded_school_is_served(call: RawClient) -> None:
    call.sandbox.school = School.seeded(students=30, teachers=3, classes=4, parents=9, members=5)
    for path, many, count in (
        ("students", "students", 30),
        ("teachers", "teachers", 3),
        ("parents", "parents", 9),
        ("classes", "classes", 4),
        ("year-groups", "year_groups", 6),
        ("memberships", "memberships", 24),
        ("school/programs/diploma/subjects", "subjects", 12),
        ("school/programs/diploma/subject-groups", "subject_groups", 4),
        ("school/programs/diploma/reports", "term_reports", 1),
    ):
        got = (await call("GET", path)).json
        assert len(got[many]) == got["meta"]["total_count"] == count
