"""Warn of terms of the source that lead to a term of the vendor with other days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from ...roster import Deleted, Org, ReadingReport, RosterMapping, Source, Term, Word
from ..vendor_terms import term_of_word


def read_terms(source: Source) -> list[Term]:
    """Read the terms of a source, and nothing that comes after them.

    :raises SourceRefused: the source can't be read.
    """
    found: list[Term] = []
    records = source.read(ReadingReport())
    for record in records:
        if isinstance(record, Term):
            found.append(record)
        elif not isinstance(record, Org | Deleted):
            break
    return found


def other_days(
    terms: Sequence[Term],
    mapping: RosterMapping,
    words: Mapping[str, Sequence[Word]],
    as_of: date,
    vendor: str,
) -> Iterator[str]:
    """Yield a line for each term whose term of the vendor is over, or has other days.

    :param terms: the terms of the source. Those that are over on the day are left out.
    :param words: the vendor's words, by the table that leads to them.
    :param as_of: the day of the plan.
    """
    known = {word.text: term_of_word(word) for word in words.get("terms", ())}
    for term in terms:
        found = known.get(mapping.terms.get(term.title, term.title))
        if found is None or (term.ends is not None and term.ends < as_of):
            continue
        if fault := found.fault(term, as_of):
            days = f"{found.starts or '?'} to {found.ends or '?'}"
            yield (
                f"The term {term.title} of the source, {term.starts or '?'} to {term.ends or '?'}, "
                f"is {found.title} of {vendor}, {days}, which {fault}. Set the right term in "
                "[terms] of the mapping."
            )
