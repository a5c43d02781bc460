"""School years, and the year in which somebody graduates."""

from __future__ import annotations

from datetime import date

import pytest

from lms_async.roster import Term
from lms_async.roster.comparing.school_years import SchoolYears, graduation_year

OLD = Term(
    id="y1",
    title="2025-2026",
    type="schoolYear",
    starts=date(2025, 8, 18),
    ends=date(2026, 6, 12),
    school_year=2026,
)
NEW = Term(
    id="y2",
    title="2026-2027",
    type="schoolYear",
    starts=date(2026, 8, 17),
    ends=date(2027, 6, 11),
    school_year=2027,
)


def years(day: date, *terms: Term) -> SchoolYears:
    made = SchoolYears(day)
    for term in terms:
        made.add(term)
    return made


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 6, 12), 2026),
        (date(2026, 7, 1), 2027),
        (date(2027, 1, 1), 2027),
        (date(2027, 7, 1), None),
    ],
)
def test_school_year_of_a_day(day: date, year: int | None) -> None:
    assert years(day, NEW, OLD).year_of_day() == year


def test_school_year_of_terms_is_that_of_their_parents() -> None:
    fall = Term(id="t1", title="Fall", type="semester", parent_id="y2")
    loop = Term(id="t2", title="Spring", type="semester", parent_id="t2")
    made = years(date(2026, 10, 1), OLD, NEW, fall, loop)
    assert made.year_of(["t1", "y2"]) == 2027
    assert made.year_of(["t1", "y1"]) is None
    assert made.year_of(["t2"]) is None
    assert made.year_of([]) is None


@pytest.mark.parametrize(
    ("grade", "year"),
    [
        ("12", 2027),
        ("09", 2030),
        ("Grade 9", 2030),
        ("KG", 2039),
        ("k", 2039),
        ("13", None),
        ("0", None),
        ("PS", None),
        ("9-10", None),
    ],
)
def test_year_of_graduation(grade: str, year: int | None) -> None:
    assert graduation_year(2027, grade, 12) == year
