"""The ids that were read so far, to find references to records that are not in the source."""

from __future__ import annotations

from collections.abc import Container, Iterable

import attrs

from .row import Row, RowLeftOut

#: How many zeros a spreadsheet may have removed from the start of an id.
_MOST_ZEROS = 8
_OTHER_ZEROS = "this id is there with other zeros at its start. A spreadsheet removed some."
#: What messages call one record of a kind.
_NOUNS = {
    "orgs": "org",
    "terms": "term",
    "people": "person",
    "courses": "course",
    "sections": "section",
}


class KnownPeople(dict[str, int]):
    """The ids of people, each with a number, and the main role of each."""

    def __init__(self) -> None:
        super().__init__()
        #: The ids that may have lost zeros, whose rows were rejected.
        self.lost_zeros: Container[str] = frozenset()
        self._roles: list[str] = []

    def add(self, of: str, role: str) -> None:
        """Remember a person. ``role`` is ``""`` if it is not known."""
        self[of] = len(self._roles)
        self._roles.append(role)

    def role(self, of: str) -> str:
        """Return the main role of a person, ``""`` if it is not known."""
        number = self.get(of)
        return "" if number is None else self._roles[number]

    def pair(self, one: str, other: str) -> object:
        """Return a small value that is equal for the same two people."""
        first, second = self.get(one), self.get(other)
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
    #: The ids of the records that the mapping leaves out, by kind.
    left_out: dict[str, set[str]] = attrs.field(factory=dict)
    #: The names of the files of each kind, for messages.
    files: dict[str, list[str]] = attrs.field(factory=dict)

    def ids(self, kind: str) -> Container[str] | None:
        """Return the ids of a kind."""
        found: Container[str] | None = getattr(self, kind)
        return found

    def where(self, kind: str) -> str:
        """Return the names of the files in which the records of a kind are."""
        return " or ".join(self.files.get(kind, ())) or "the mapping"


def need_known(row: Row, column: str, of: str, known: Known, kind: str) -> None:
    """Reject a row that refers to a record that the source does not have.

    :param of: the id of the record.
    :param kind: the kind of the record. If its ids are not known, nothing is wrong.
    :raises RowRejected: the source does not have the record.
    :raises RowLeftOut: the mapping leaves the record out.
    """
    there = known.ids(kind)
    if there is None or of in there:
        return
    if of in known.left_out.get(kind, ()):
        raise RowLeftOut
    if _is_there_with_other_zeros(of, there):
        row.reject(column, "other_zeros", _OTHER_ZEROS, orphan=True)
    row.reject(column, "orphan", _not_read(known, kind), orphan=True)


def warn_unknown(row: Row, column: str, ids: Iterable[str], known: Known, kind: str) -> bool:
    """Report references to records that the source does not have. Return whether all are there."""
    there = known.ids(kind)
    if there is None:
        return True
    for of in ids:
        if of not in there:
            zeros = _is_there_with_other_zeros(of, there)
            text = _OTHER_ZEROS if zeros else _not_read(known, kind)
            row.warn(column, "unknown_reference", text)
            return False
    return True


def _not_read(known: Known, kind: str) -> str:
    return f"no {_NOUNS[kind]} with this id was read from {known.where(kind)}."


def _is_there_with_other_zeros(of: str, there: Container[str]) -> bool:
    rejected = there.lost_zeros if isinstance(there, KnownPeople) else ()
    return any(other in there or other in rejected for other in _with_other_zeros(of))


def _with_other_zeros(of: str) -> Iterable[str]:
    if of.isascii() and of.isdigit():
        short = of.lstrip("0")
        for zeros in range(_MOST_ZEROS + 1):
            yield "0" * zeros + short
