"""The terms of a vendor, compared with those of a source by their days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from ..model import Term
from .target import Word

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


def nearest(term: Term, known: Iterable[VendorTerm]) -> list[VendorTerm]:
    """Return the vendor's terms by how near their days are to those of a term, the nearest first.

    :returns: none if the term does not have both days. Terms of the vendor without days are left
        out.
    """
    return [one for _, one in _with_distances(term, known)]


def most_alike(term: Term, known: Iterable[VendorTerm]) -> VendorTerm | None:
    """Return the vendor's term whose days are nearest to those of a term.

    :returns: ``None`` if this term has no day in common, or several are equally near.
    """
    found = _with_distances(term, known)
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    best = found[0][1]
    starts, ends = f"{term.starts}", f"{term.ends}"
    return best if best.starts <= ends and starts <= best.ends else None


def _with_distances(term: Term, known: Iterable[VendorTerm]) -> list[tuple[int, VendorTerm]]:
    """Return the vendor's terms with how many days their first and last days are away."""
    if term.starts is None or term.ends is None:
        return []
    found = []
    for one in known:
        if one.days is not None:
            first, last = one.days
            found.append((abs((first - term.starts).days) + abs((last - term.ends).days), one))
    return sorted(found, key=lambda each: each[0])
