"""The terms of ManageBac, by the words that a mapping has for them.

Each program has its own academic years and terms. The word for a term is the name of its year and
its own name, such as ``2026-2027 Semester 1``. The name of the year alone means all of its terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from lms_async.errors import InvalidInput

from ..models.academic import AcademicTerm, AcademicYear


@attrs.frozen
class _Term:
    id: str
    word: str
    year: str
    program: str
    starts_on: str
    ends_on: str


class Terms:
    """The terms of all programs.

    :param years: the academic years by the code of their program.
    """

    def __init__(self, years: Mapping[str, Sequence[AcademicYear]]) -> None:
        found = [
            _term(program, year, term)
            for program, some in years.items()
            for year in some
            for term in year.academic_terms or ()
        ]
        self._terms = sorted(found, key=lambda term: (term.starts_on, term.ends_on))
        self._by_id = {term.id: term for term in self._terms}

    def words(self) -> dict[str, str]:
        """Return all words with their dates, or ``""`` if they differ between programs."""
        days: dict[str, set[str]] = {}
        for term in self._terms:
            year = self._range(term.program, [term.year], field="terms")
            for word, first, last in ((term.year, year[0], year[-1]), (term.word, term, term)):
                days.setdefault(word, set()).add(f"{first.starts_on} to {last.ends_on}")
        return {word: some.pop() if len(some) == 1 else "" for word, some in days.items()}

    def words_of(self, first_id: str | None, last_id: str | None) -> list[str]:
        """Return the words for the terms from the first to the last one of a class, and for their
        years."""
        first, last = self._by_id.get(first_id or ""), self._by_id.get(last_id or "")
        if first is None or last is None:
            return []
        words = {
            word
            for term in self._terms
            if term.program == first.program
            and first.starts_on <= term.starts_on
            and term.ends_on <= last.ends_on
            for word in (term.word, term.year)
        }
        return sorted(words)

    def is_over(self, last_id: str | None, day: date) -> bool:
        """Return whether the last term of a class is over on a day."""
        last = self._by_id.get(last_id or "")
        return last is not None and "" != last.ends_on < day.isoformat()

    def ids(self, program: str, words: Iterable[str], *, field: str) -> tuple[int, int]:
        """Return the ids of the first and the last of the terms that the words mean.

        :param program: the code of the program of the class.
        :param field: the field of the change that has the words, for the error.
        :raises InvalidInput: there are no words, or the program has no term with one of them.
        """
        terms = self._range(program, words, field=field)
        return int(terms[0].id), int(terms[-1].id)

    def _range(self, program: str, words: Iterable[str], *, field: str) -> list[_Term]:
        wanted = set(words)
        found = [
            term
            for term in self._terms
            if term.program == program and not wanted.isdisjoint((term.word, term.year))
        ]
        missing = wanted - {word for term in found for word in (term.word, term.year)}
        if found and not missing:
            return found
        if wanted:
            names = ", ".join(sorted(missing))
            fault = f"program {program} in ManageBac has no term {names}: set it in terms of the "
            fault += "mapping"
        else:
            fault = "is needed for a new class"
        raise InvalidInput("the change can't be sent", fields={field: fault})


def _term(program: str, year: AcademicYear, term: AcademicTerm) -> _Term:
    name = (year.name or "").strip()
    return _Term(
        id=term.id or "",
        word=f"{name} {(term.name or '').strip()}".strip(),
        year=name,
        program=program,
        starts_on=term.starts_on or "",
        ends_on=term.ends_on or "",
    )
