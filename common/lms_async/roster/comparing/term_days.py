"""Warn of terms of the source that lead to a term of the vendor with other days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ..mapping.mapping import RosterMapping
from ..model import Term
from ..problems import ReadingReport, Severity
from ..targets.target import Word
from ..targets.vendor_terms import term_of_word


def warn_of_other_days(
    terms: Iterable[Term],
    mapping: RosterMapping,
    words: Mapping[str, Sequence[Word]],
    as_of: date,
    report: ReadingReport,
) -> None:
    """Add a warning for each term whose term of the vendor is over, or has other days.

    :param terms: the terms of the source. Those that are over on the day are left out.
    :param words: the vendor's words, see :meth:`lms_async.roster.Target.words`.
    :param as_of: the day of the plan.
    """
    known = {word.text: term_of_word(word) for word in words.get("terms", ())}
    for term in terms:
        found = known.get(mapping.terms.get(term.title, term.title))
        if found is None or (term.ends is not None and term.ends < as_of):
            continue
        if fault := found.fault(term, as_of):
            days = f"{found.starts or '?'} to {found.ends or '?'}"
            text = (
                f"The term {term.title} of the source, {term.starts or '?'} to {term.ends or '?'}, "
                f"is {found.title} of the vendor, {days}, which {fault}. Set the right term in "
                "[terms] of the mapping."
            )
            report.add(Severity.WARNING, "", 0, "", "other_days", text)
