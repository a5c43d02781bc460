"""``School.seeded`` with courses, sections and enrollments."""

import time
import tracemalloc
from collections import Counter
from datetime import date

import pytest

from schoology_async.sandbox import School


@pytest.mark.parametrize(
    ("people", "courses", "sections", "enrollments"),
    [(40, 1, 1, 1), (200, 7, 20, 500), (200, 3, 3, 3), (60, 5, 0, 0), (400, 4, 9, 1300)],
)
def test_a_seeded_roster_has_the_requested_size(
    people: int, courses: int, sections: int, enrollments: int
) -> None:
    school = School.seeded(
        people, seed=1, courses=courses, sections=sections, enrollments=enrollments
    )
    assert len(school.users) == people + 1
    assert (len(school.courses), len(school.sections)) == (courses, sections)
    assert len(school.enrollments) == enrollments
    assert all(one.uid in school.users for one in school.enrollments)
    assert not school.courses.creates
    assert not school.sections.creates
    assert not school.enrollments.creates


def test_a_seed_decides_the_whole_roster() -> None:
    size = {"courses": 10, "sections": 20, "enrollments": 300}
    one, same, other = (School.seeded(100, seed=seed, **size) for seed in (1, 1, 2))
    assert one.enrollments.by_id == same.enrollments.by_id
    assert one.sections.by_id == same.sections.by_id
    assert one.courses.by_id == same.courses.by_id
    assert one.enrollments.by_id != other.enrollments.by_id


def test_a_seeded_roster_is_realistic() -> None:
    school = School.seeded(300, seed=1, courses=10, sections=30, enrollments=600)
    sizes = Counter(one.realm_id for one in school.enrollments)
    assert set(sizes.values()) == {20}
    teachers = [one for one in school.enrollments if one.admin]
    assert {one.realm_id for one in teachers} == set(school.sections.by_id)
    assert {school.users[one.uid].role_id for one in teachers} == {1213}
    assert {school.users[one.uid].role_id for one in school.enrollments if not one.admin} == {1214}
    codes = {section.section_school_code for section in school.sections}
    assert len(codes) == 30
    for section in school.sections:
        course = school.courses[section.course_id]
        assert section.section_school_code.startswith(course.course_code)
    assert school.courses.by_code("ENG0001") is not None


@pytest.mark.parametrize(
    ("today", "title"), [("2026-07-31", "2025-2026"), ("2026-08-01", "2026-2027")]
)
def test_seeded_sections_are_in_the_current_school_year(today: str, title: str) -> None:
    school = School.seeded(10, courses=1, sections=1, today=date.fromisoformat(today))
    (section,) = school.sections
    (period,) = section.grading_periods
    assert school.grading_periods[str(period)].title == title
    assert school.grading_periods.current(section.grading_periods, today)
    assert len(school.grading_periods) == 4


@pytest.mark.parametrize(
    "size",
    [
        {"sections": 1},
        {"courses": 1, "enrollments": 1},
        {"courses": 1, "sections": 1, "enrollments": 1000},
    ],
)
def test_impossible_sizes_are_refused(size: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="enroll"):
        School.seeded(20, **size)


def test_seeding_a_large_school_takes_little_time_and_memory() -> None:
    tracemalloc.start()
    before = time.process_time()
    School.seeded(0)
    school = School.seeded(2000, courses=100, sections=300, enrollments=12_000)
    took = time.process_time() - before
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(school.enrollments) == 12_000
    assert took < 5  # a third of a second without tracemalloc
    assert used < 16 * 2**20
