"""The ids that were read so far, to find references to records that are not in the source."""

from __future__ import annotations

from collections.abc import Container, Iterable

import attrs

from .row import Row, RowLeftOut

#: How many zeros a spreadsheet may have removed from the start of an id.
_MOST_ZEROS = 8


class KnownPeople:
    """The ids of people, and the main role of each."""

    def __init__(self) -> None:
        #: The ids that may have lost zeros, whose rows were rejected.
        self.lost_zeros: Container[str] = frozenset()
        self._numbers: dict[str, int] = {}
        self._roles: list[str] = []

    def add(self, of: str, role: str) -> None:
        """Remember a person. ``role`` is ``""`` if it is not known."""
        self._numbers[of] = len(self._roles)
        self._roles.append(role)

    def __contains__(self, of: object) -> bool:
        return of in self._numbers

    def role(self, of: str) -> str:
        """Return the main role of a person, ``""`` if it is not known."""
        number = self._numbers.get(of)
        return "" if number is None else self._roles[number]

    def pair(self, one: str, other: str) -> object:
        """Return a small value that is equal for the same two people."""
        first, second = self._numbers.get(one), self._numbers.get(other)
        if first is None or second is None:
            return one, other
        return (first << 32) | second


@attrs.define
class Known:
    """The ids that were read. ``None`` where the source does not list all records of a kind."""

    orgs: set[str] | None = None
    terms: set[str] | None = None
    people: KnownPeople | None = None
    #: The titles of the courses by their ids.
    courses: dict[str, str] | None = None
    sections: set[str] | None = None


def need_known(
    row: Row,
    column: str,
    ids: Iterable[str],
    known: Container[str] | None,
    left_out: Container[str] = (),
) -> None:
    """Reject a row that refers to a record that the source does not have.

    :param known: all ids; ``None`` if they are not known, so that nothing is wrong.
    :param left_out: the ids of the records that the mapping leaves out.
    :raises RowRejected: the source does not have the record.
    :raises RowLeftOut: the mapping leaves the record out.
    """
    if known is None:
        return
    for of in ids:
        if of not in known:
            if of in left_out:
                raise RowLeftOut
            row.reject(column, "orphan", _why(of, known), orphan=True)


def warn_unknown(row: Row, column: str, ids: Iterable[str], known: Container[str] | None) -> bool:
    """Report references to records that the source does not have. Return whether all are there."""
    if known is None:
        return True
    for of in ids:
        if of not in known:
            row.warn(column, "unknown_reference", _why(of, known))
            return False
    return True


def _why(of: str, known: Container[str]) -> str:
    """Return why an id is not there, without the id."""
    rejected = known.lost_zeros if isinstance(known, KnownPeople) else ()
    if any(other in known or other in rejected for other in _with_other_zeros(of)):
        return "this id is there with other zeros at its start. A spreadsheet removed some."
    return "no record with this id was read."


def _with_other_zeros(of: str) -> Iterable[str]:
    if of.isascii() and of.isdigit():
        short = of.lstrip("0")
        for zeros in range(_MOST_ZEROS + 1):
            yield "0" * zeros + short
