"""The parents of orgs and terms: they must be there, and must not lead back to the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .row import Row


def parents_of(rows: Iterable[Row], id_field: str, parent_field: str) -> dict[str, str]:
    """Return the parent of each record, ``""`` for none. Files of orgs and terms are small."""
    return {row[id_field]: row[parent_field] for row in rows}


def checked_parent(
    row: Row, id_field: str, parent_field: str, parents: Mapping[str, str], *, whole: bool
) -> str:
    """Return the parent of a record, ``""`` if it is not there.

    :param whole: whether ``parents`` has all records, so that an unknown parent is a mistake.
    :raises RowRejected: the parents lead back to the record.
    """
    parent = at = row[parent_field]
    passed = set()
    while at and at not in passed:
        if at == row[id_field]:
            text = "the parents of this record lead back to the record."
            row.reject(parent_field, "loop", text, orphan=True)
        passed.add(at)
        at = parents.get(at, "")
    if parent and parent not in parents and whole:
        text = "no record with this id is in the file. The record is read without a parent."
        row.warn(parent_field, "unknown_reference", text)
        return ""
    return parent
