"""Propose the last grade, and tell from it in which year people of a grade graduate."""

from __future__ import annotations

import re

from ...roster import Word
from ...roster.comparing.school_years import graduation_year
from ...roster.mapping.mapping import LAST_GRADES
from .facts import Facts
from .part import Part, named

#: Grades before the first, in the order in which people are in them.
_BEFORE_FIRST = ("it", "pr", "pk", "tk", "kg", "k")
_CLASS_OF = re.compile(r"\bclass of (\d{4})\b", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"\d+", re.ASCII)


def school_order(grade: str) -> tuple[int, int, str]:
    """Return a key that sorts grades from kindergarten to the last one, and then other words."""
    word = grade.casefold().strip()
    if word in _BEFORE_FIRST:
        return 0, _BEFORE_FIRST.index(word), word
    number = _NUMBER.search(word)
    return (1, int(number[0]), word) if number else (2, 0, word)


def other_class(facts: Facts, grade: str, word: Word) -> int | None:
    """Return the year in which people of a grade graduate, if a word names another one.

    Year groups such as "Class of 2027" keep their name, so an old one can have the grade of a
    later one.

    :param word: the vendor's word for the grade.
    """
    named_year = _CLASS_OF.search(word.text)
    school_year = facts.source.years.year_of_day()
    if named_year is None or school_year is None:
        return None
    year = graduation_year(school_year, grade, _last_grade(facts))
    return None if year == int(named_year[1]) else year


def _last_grade(facts: Facts) -> int:
    grades = facts.source.words["grades"].shown()
    return max(LAST_GRADES) if str(max(LAST_GRADES)) in grades else min(LAST_GRADES)


def last_grade(facts: Facts) -> Part:
    """Propose the last grade if the vendor has years of graduation."""
    part = Part()
    part.comment(
        "The last grade of the school, 12 or 13. The year of graduation of students is computed "
        "from it. Without it, years of graduation are left alone."
    )
    grades = facts.source.words["grades"].shown()
    if grades:
        seen = named(f"{grade} ({grades[grade]:,})" for grade in sorted(grades, key=school_order))
        part.comment(f"Grades of people in the source: {seen}.")
    else:
        part.comment("The source has no grades of people.")
    last = _last_grade(facts)
    uses, why = _uses_years(facts)
    part.comment(why)
    if uses and grades:
        part.check(f"last_grade is {last}: is it the grade from which students graduate?")
        part.lines.append(f"last_grade = {last}")
    else:
        part.lines.append(f"# last_grade = {last}")
    return part


def _uses_years(facts: Facts) -> tuple[bool, str]:
    """Return whether the vendor has years of graduation, and a sentence about them."""
    vendor = facts.vendor
    if vendor is None:
        return False, f"With credentials, lms roster init asks if {facts.name} has years."
    people = vendor.capabilities.kinds.get("people")
    if people is None or "graduation_year" not in people.holds:
        return False, f"{facts.name} has no year of graduation."
    total, with_year = vendor.records["people"], vendor.graduation_years
    if total and not with_year:
        return False, f"{facts.name} has no person with a year of graduation, so none is proposed."
    return True, f"At {facts.name}, {with_year:,} of {total:,} people have a year of graduation."
