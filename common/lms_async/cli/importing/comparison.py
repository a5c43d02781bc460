"""Compare the rows of a file with what the vendor has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import Any

import attrs

from ...errors import InvalidInput
from ...outcome import RowError
from ..files.rows import InputRow
from ..kinds import INACTIVE, Kind, Row
from ..reporting.progress import Change
from .lost_letters import fields_with_lost_letters, lost_letters


@attrs.frozen
class Comparison:
    """The change of each valid row, by row number, and the vendor's ids of unchanged records.

    Rows that remove a record are not among them. Rows with ``errors`` must not be sent.
    """

    changes: Mapping[int, Change] = attrs.field(factory=dict)
    ids: Mapping[int, str] = attrs.field(factory=dict)
    errors: Mapping[int, RowError] = attrs.field(factory=dict)

    def without(self, errors: Mapping[int, RowError]) -> Comparison:
        """Return the comparison with more rows that must not be sent."""
        changes = {number: one for number, one in self.changes.items() if number not in errors}
        return Comparison(changes, self.ids, {**self.errors, **errors})


async def compare(client: Any, kind: Kind, rows: Collection[InputRow]) -> Comparison:
    """Read the records that the rows name, and compare their fields.

    A field that the vendor does not show, such as a password, counts as changed. If the vendor has
    several records for a row, the row changes nothing only if none of them differs. If several rows
    name one record, all of them change it, because one can undo what another finds there.

    :param rows: the valid rows, with the vendor's ids in them.
    :raises LmsError: the records could not be read.
    """
    assert kind.read_existing is not None  # noqa: S101 - the caller checks it
    compared = [row for row in rows if not kind.removes(row.values)]
    if not compared:
        return Comparison()
    named: dict[Hashable, list[InputRow]] = {}
    for row in compared:
        for name in _names(kind, row.values, row.identity):
            named.setdefault(name, []).append(row)
    changes = {row.number: Change.CREATED for row in compared}
    ids: dict[int, str] = {}
    sure: dict[int, int] = {}
    inactive: dict[int, bool] = {}
    damaged: dict[int, list[str]] = {}
    async for record in kind.read_existing(client, [row.identity for row in compared]):
        key = tuple(record.get(field, "") for field in key_fields(kind))
        for name in _names(kind, record, key):
            rank = name[0]
            for row in named.get(name, ()):
                if rank > sure.get(row.number, rank) or _is_another(kind, row.values, record, rank):
                    continue
                same = _is_same(kind, row.values, record)
                is_inactive = bool(record.get(INACTIVE))
                if rank == sure.get(row.number):
                    same = same and changes[row.number] is Change.UNCHANGED
                    is_inactive = is_inactive and inactive[row.number]
                inactive[row.number] = is_inactive
                damaged[row.number] = fields_with_lost_letters(row.values, record)
                sure[row.number] = rank
                changes[row.number] = Change.UNCHANGED if same else Change.UPDATED
                ids[row.number] = record.get("id", "")
    if "update_existing" in kind.options:
        rows_of_id = Counter(filter(None, ids.values()))
        changes |= {n: Change.UPDATED for n, id_ in ids.items() if rows_of_id[id_] > 1}
    errors = {n: lost_letters(fields) for n, fields in damaged.items() if fields}
    error = _inactive(kind)
    errors |= {n: error for n, yes in inactive.items() if yes}
    return Comparison(changes, ids).without(
        {n: one for n, one in errors.items() if changes[n] is not Change.UNCHANGED}
    )


def _inactive(kind: Kind) -> RowError:
    """Return why a row is not sent whose record is inactive.

    Nobody documents whether the vendor would create a second record.
    """
    how = f"use --kind {kind.activated_by}" if kind.activated_by else "make the record active"
    why = (
        f"the record is inactive. If the person came back, {how}. If not, leave the row out with "
        "--where or [where]"
    )
    return RowError("inactive", f"{kind.key[0]}: {why}", {kind.key[0]: why})


def _names(kind: Kind, values: Row, key: tuple[str, ...]) -> Iterator[tuple[int, Hashable]]:
    """Yield what a row or record is recognized by, the surest first, each with its rank."""
    if not kind.recognized_by:
        yield 0, kind.normalize_key(key)
    for rank, (field, plain) in enumerate(kind.recognized_by.items()):
        if value := values.get(field):
            yield rank, plain(value)


def _is_another(kind: Kind, wanted: Row, record: Row, rank: int) -> bool:
    """Return whether row and record differ in a field that is surer than the one with ``rank``."""
    return any(
        wanted.get(field) and record.get(field) and plain(wanted[field]) != plain(record[field])
        for field, plain in list(kind.recognized_by.items())[:rank]
    )


def key_fields(kind: Kind) -> Iterable[str]:
    """Yield the fields of a kind's key, with the vendor's ids instead of names."""
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
