"""The order of grades in a proposed mapping."""

from __future__ import annotations

from lms_async.cli.roster_init.grades import school_order


def test_grades_are_sorted_from_kindergarten_to_the_last() -> None:
    grades = ["UG", "10", "9", "Grade 11", "01", "KG", "PK"]
    assert sorted(grades, key=school_order) == ["PK", "KG", "01", "9", "10", "Grade 11", "UG"]
