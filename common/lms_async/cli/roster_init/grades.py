"""Propose the last grade, from which years of graduation are computed."""

from __future__ import annotations

from ...roster.mapping.mapping import LAST_GRADES
from .facts import Facts
from .part import Part, named


def last_grade(facts: Facts) -> Part:
    """Propose the last grade if the vendor has years of graduation."""
    part = Part()
    part.comment(
        "The last grade of the school, 12 or 13. The year of graduation of students is computed "
        "from it. Without it, years of graduation are left alone."
    )
    grades = facts.source.words["grades"].shown()
    if grades:
        seen = named(f"{grade} ({count:,})" for grade, count in sorted(grades.items()))
        part.comment(f"Grades of people in the source: {seen}.")
    else:
        part.comment("The source has no grades of people.")
    last = max(LAST_GRADES) if str(max(LAST_GRADES)) in grades else min(LAST_GRADES)
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
