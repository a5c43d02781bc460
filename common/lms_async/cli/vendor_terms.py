"""The terms of a vendor, compared with those of a source by their days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from ..roster import Term, Word

_DAYS = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)", re.ASCII)
#: Schools and vendors seldom agree on the first and last day of a term. Further apart, they are
#: different terms.
_MOST = timedelta(days=31)


@attrs.frozen
class VendorTerm:
    """A term of the vendor. The days are written as ``2027-06-11``, or empty."""

    title: str
    starts: str
    ends: str

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day; ``None`` if the vendor does not say both."""
        if not (self.starts and self.ends):
            return None
        return date.fromisoformat(self.starts), date.fromisoformat(self.ends)

    def fault(self, term: Term, as_of: date) -> str:
        """Return why a term of the source is hardly this one; ``""`` if it may be.

        :param as_of: the day of the plan.
        """
        if "" != self.ends < as_of.isoformat():
            return f"is over on {as_of}"
        if self.days is None or term.starts is None or term.ends is None:
            return ""
        first, last = self.days
        if max(abs(first - term.starts), abs(last - term.ends)) > _MOST:
            return "has other days"
        return ""


def term_of_word(word: Word) -> VendorTerm:
    """Return a word of the vendor as a term. The note has its days, if the vendor has only one."""
    days = _DAYS.fullmatch(word.note)
    return VendorTerm(word.text, days[1] if days else "", days[2] if days else "")


def most_alike(term: Term, known: Iterable[VendorTerm]) -> VendorTerm | None:
    """Return the term of the vendor that has the most days in common with a term of the source.

    Of terms that have the same number in common, it is the one with the fewest other days.

    :returns: ``None`` if no term has a day in common, or several are equally alike.
    """
    if term.starts is None or term.ends is None:
        return None
    alike = []
    for one in known:
        if one.days is None:
            continue
        first, last = one.days
        common = (min(last, term.ends) - max(first, term.starts)).days + 1
        if common > 0:
            alike.append(((common, -(last - first).days), one))
    best = max((rank for rank, _ in alike), default=None)
    found = [one for rank, one in alike if rank == best]
    return found[0] if len(found) == 1 else None
