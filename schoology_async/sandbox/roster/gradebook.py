"""Grades and attendance of sections. The sandbox only reads them; tests write them."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


class Gradebook:
    """Rows of grades, attendance and similar lists, in the form of the responses."""

    def __init__(self) -> None:
        self.grades: dict[str, list[Row]] = {}
        """The grades of each section, by its id."""
        self.periods: dict[str, list[Row]] = {}
        """The grading periods in the response with a section's grades, by the section's id."""
        self.final_grades: dict[str, list[Row]] = {}
        """The final grades of each section, by its id."""
        self.user_grades: dict[str, list[Row]] = {}
        """The grades of each person by ``uid``, with one row per section."""
        self.attendance: dict[str, list[Row]] = {}
        """The attendance of each section: ``enrollment_id``, ``date``, ``status``, ``comment``."""
        self.lists: dict[tuple[str, str], list[Row]] = {}
        """Other lists by section and name: ``grade_items``, ``grading_categories``,
        ``grading_scales``, ``completion``.
        """
