"""Grades and attendance of sections: stored as they are, because nothing here writes them."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


class Gradebook:
    """Grades, attendance and the like. Tests put the rows in."""

    def __init__(self) -> None:
        self.grades: dict[str, list[Row]] = {}
        """The grades of each section, by its id."""
        self.periods: dict[str, list[Row]] = {}
        """The grading periods that a section's grades are shown with."""
        self.final_grades: dict[str, list[Row]] = {}
        """The final grades of each section."""
        self.user_grades: dict[str, list[Row]] = {}
        """The grades of each person, one row a section, by ``uid``."""
        self.attendance: dict[str, list[Row]] = {}
        """The attendance of each section: ``enrollment_id``, ``date``, ``status``, ``comment``."""
        self.lists: dict[tuple[str, str], list[Row]] = {}
        """Other lists by section and name: ``grade_items``, ``grading_categories``,
        ``grading_scales``, ``completion``.
        """
