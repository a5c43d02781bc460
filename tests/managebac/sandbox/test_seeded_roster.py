"""A seeded school of ManageBac has everything that a roster has, and is quick to make."""

from __future__ import annotations

import time

from manabac_async.sandbox import RELATIONSHIPS, School

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
