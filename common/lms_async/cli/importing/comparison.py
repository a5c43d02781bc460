"""Compare the rows of a file with what the vendor has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any

import attrs

from ...errors import InvalidInput
from ..files.rows import InputRow
from ..kinds import Kind, Row
from ..reporting.progress import Change


@attrs.frozen
class Comparison:
    """The change of each valid row, by row number, and the vendor's ids of unchanged records."""

    changes: Mapping[int, Change] = attrs.field(factory=dict)
    ids: Mapping[int, str] = attrs.field(factory=dict)

    def count(self) -> Counter[Change]:
        """Return how many rows change what."""
        return Counter(self.changes.values())


async def compare(client: Any, kind: Kind, rows: Collection[InputRow]) -> Comparison:
    """Read the records that the rows name, and compare their fields.

    A field that the vendor does not show, such as a password, counts as changed.

    :param rows: the valid rows, with the vendor's ids in them.
    :raises LmsError: the records could not be read.
    """
    assert kind.read_existing is not None  # noqa: S101 - the caller checks it
    named: dict[Hashable, list[InputRow]] = {}
    for row in rows:
        named.setdefault(kind.normalize_key(row.identity), []).append(row)
    changes = {row.number: Change.CREATED for row in rows}
    ids: dict[int, str] = {}
    async for record in kind.read_existing(client, [row.identity for row in rows]):
        key = kind.normalize_key(tuple(record.get(field, "") for field in _key_of(kind)))
        for row in named.get(key, ()):
            same = _is_same(kind, row.values, record)
            changes[row.number] = Change.UNCHANGED if same else Change.UPDATED
            ids[row.number] = record.get("id", "")
    return Comparison(changes, ids)


def _key_of(kind: Kind) -> Iterable[str]:
    for field in kind.key:
        reference = kind.references.get(field)
        yield field if reference is None else reference.becomes or field


def _is_same(kind: Kind, wanted: Row, record: Row) -> bool:
    """Return whether the row would not change the record.

    The two can have one value in different forms, such as the date 2011-02-28 and 28.02.2011. So
    fields that differ are compared in the form in which they are sent.
    """
    if not record.keys() >= wanted.keys():
        return False
    shown = {field: record[field] for field in wanted}
    different = [field for field in wanted if shown[field] != wanted[field]]
    if not different:
        return True
    try:
        sent, there = kind.check_row(wanted), kind.check_row(shown)
    except InvalidInput:  # the vendor shows a value that it does not accept
        return False
    if not isinstance(sent, Mapping) or not isinstance(there, Mapping):
        return False
    return all(
        field in sent and field in there and sent[field] == there[field] for field in different
    )
