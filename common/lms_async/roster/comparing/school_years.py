"""The school years and terms of a school, and what follows from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import attrs

from ..model import Term

_NUMBER = re.compile(r"(?:grade\s*)?(\d{1,2})", re.ASCII | re.IGNORECASE)
_KINDERGARTEN = frozenset({"k", "kg"})


@attrs.frozen
class Days:
    """The first and the last day of a school year."""

    first: date
    last: date


class SchoolYears:
    """Knows the terms of the source.

    :param as_of: the day for which the plan is made.
    """

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self._terms: dict[str, Term] = {}
        self._of_day: int | None = None
        self._is_known = False
        self._days: dict[int, Days | None] = {}

    def add(self, term: Term) -> None:
        """Add a term. All terms must be added before the methods below are called."""
        self._terms[term.id] = term

    def terms(self, ids: Iterable[str]) -> list[Term]:
        """Return the terms with these ids, without those that the source does not have."""
        return [self._terms[id_] for id_ in ids if id_ in self._terms]

    def year_of(self, ids: Iterable[str]) -> int | None:
        """Return the school year of all these terms; ``None`` if they have none, or several."""
        years = {self._year(term) for term in self.terms(ids)}
        return years.pop() if len(years) == 1 else None

    def days_of(self, year: int) -> Days | None:
        """Return the days of a school year; ``None`` if its terms have no dates.

        :param year: the year in which it ends.
        """
        if year not in self._days:
            of_year = [term for term in self._terms.values() if self._year(term) == year]
            starts = [term.starts for term in of_year if term.starts]
            ends = [term.ends for term in of_year if term.ends]
            self._days[year] = Days(min(starts), max(ends)) if starts and ends else None
        return self._days[year]

    def has_ended(self, *terms: Term) -> bool:
        """Return whether all these terms are over. Without terms, nothing is."""
        return bool(terms) and all(term.ends and term.ends < self._as_of for term in terms)

    def nearest_term(self) -> Term | None:
        """Return the term that is nearest to the day.

        :returns: ``None`` if a term contains the day, or if no term has a first and a last day.
        """
        distances = [
            (max((term.starts - self._as_of).days, (self._as_of - term.ends).days), term.id)
            for term in self._terms.values()
            if term.starts and term.ends
        ]
        distance, id_ = min(distances, default=(0, ""))
        return self._terms[id_] if distance > 0 else None

    def year_of_day(self) -> int | None:
        """Return the school year of the day, and in the holidays the one that begins next.

        :returns: the year in which it ends; ``None`` if no such term has a year and dates.
        """
        if not self._is_known:
            later = [
                (term.starts, year)
                for term in self._terms.values()
                if term.starts and term.ends and term.ends >= self._as_of
                if (year := self._year(term))
            ]
            self._of_day = min(later)[1] if later else None
            self._is_known = True
        return self._of_day

    def _year(self, term: Term) -> int | None:
        """Return the school year of a term, or of the first of its parents that has one."""
        passed = set()
        at: Term | None = term
        while at is not None and at.id not in passed:
            if at.school_year is not None:
                return at.school_year
            passed.add(at.id)
            at = self._terms.get(at.parent_id)
        return None


@lru_cache(maxsize=128)  # a school has few grades
def graduation_year(school_year: int, grade: str, last_grade: int) -> int | None:
    """Return the year in which somebody graduates.

    :param school_year: the year in which the present school year ends.
    :param grade: the present grade, such as ``09``, ``Grade 9`` or ``KG``.
    :param last_grade: the grade from which people graduate.
    :returns: ``None`` if the grade is not one of the grades from kindergarten to the last.
    """
    if grade.casefold() in _KINDERGARTEN:
        return school_year + last_grade
    found = _NUMBER.fullmatch(grade)
    if found is None or not 1 <= int(found[1]) <= last_grade:
        return None
    return school_year + last_grade - int(found[1])
