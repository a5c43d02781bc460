"""Look at all rows before they are checked: how many are left out, and which words are unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import attrs

from ..exit_codes import CommandError
from ..files.columns import Columns, folded
from ..files.table import Table
from ..wording import counted, listed, quoted
from .field_mapping import FieldMapping
from .words import Words

#: How many rows are read at a time. In between, the event loop handles Ctrl-C and the screen.
_ROWS_PER_TURN = 2000
_MOST_NAMED = 10


@attrs.define
class Survey:
    """What the rows have in common.

    :param left_out: how many rows the conditions of ``--where`` leave out.
    """

    left_out: int = 0
    _rows: int = 0
    _unmatched: dict[str, set[str]] = attrs.field(factory=dict, repr=False)
    _unknown: dict[str, _UnknownWords] = attrs.field(factory=dict, repr=False)

    def faults(self, columns: Columns, mapping: FieldMapping) -> list[str]:
        """Return why the import cannot start."""
        if self.left_out and not self._rows:
            names = listed([quoted(column) for column in mapping.where])
            return [
                f"No row is selected: all {counted(self.left_out, 'row')} have other values in "
                f"{names}. Check --where, or [where] in the mapping file."
            ]
        faults = []
        for field, unknown in self._unknown.items():
            faults += unknown.faults(columns.called.get(field, field), mapping.values[field], field)
        return faults

    def notes(self) -> list[str]:
        """Return what the user should know. The values themselves may be personal data."""
        return [
            f"{counted(len(words), 'value')} for {quoted(column)} matched no row. "
            "Check --where, or [where] in the mapping file."
            for column, words in self._unmatched.items()
            if words and self.left_out
        ]


async def survey(
    table: Table, columns: Columns, mapping: FieldMapping, references: Collection[str] = ()
) -> Survey:
    """Read all rows, if the mapping has translations or conditions.

    :param references: the fields whose words the vendor may know without a translation.

    :raises CommandError: a word has no translation, or no row is selected.
    """
    places = {field: position for position, field in columns.fields}
    found = Survey()
    # An empty cell is no word that could be spelled wrong.
    found._unmatched = {
        name: set(filter(None, map(folded, words))) for name, words in mapping.where.items()
    }
    found._unknown = {field: _UnknownWords() for field in mapping.values if field not in references}
    if not (found._unmatched or found._unknown):
        return found
    seen = 0
    for number, cells in table.rows():
        seen += 1
        if seen % _ROWS_PER_TURN == 0:
            await asyncio.sleep(0)
        if not columns.selects(cells):
            found.left_out += 1
            continue
        found._rows += 1
        if len(cells) != columns.width:
            continue  # the check of the row rejects it
        for (position, _), words in zip(columns.where, found._unmatched.values(), strict=True):
            words.discard(folded(cells[position]))
        for field, unknown in found._unknown.items():
            if cell := cells[places[field]].strip():
                unknown.add(number, cell, mapping.values[field])
    if faults := found.faults(columns, mapping):
        raise CommandError(*faults)
    return found


class _UnknownWords:
    """The words of a column that have no translation."""

    def __init__(self) -> None:
        self._all = Words()
        self._rows: list[int] = []
        self._count = 0
        self._words: set[str] = set()

    def add(self, row: int, cell: str, known: Mapping[str, str]) -> None:
        self._all.add(cell)
        if folded(cell) in known:
            return
        self._count += 1
        if len(self._rows) < _MOST_NAMED:
            self._rows.append(row)
        self._words.add(folded(cell))

    def faults(self, called: str, known: Mapping[str, str], field: str) -> list[str]:
        if not self._count:
            return []
        shown = self._all.codes()
        words = (
            f": {', '.join(quoted(word) for word in shown if folded(word) in self._words)}"
            if shown
            else ""
        )
        rows = ", ".join(map(str, self._rows))
        more = self._count - len(self._rows)
        translated = ", ".join(quoted(word) for word in list(known)[:_MOST_NAMED]) or "none"
        return [
            f"{called}: {counted(len(self._words), 'word')} without a translation{words} "
            f"({'row' if self._count == 1 else 'rows'} {rows}"
            f"{f' and {more:,} more' if more else ''}). Translated words: {translated}.",
            f"Add each word below [values.{field}] in the mapping file, or add "
            f"--value {field}:WORD=VALUE. A word without a value leaves the field out: "
            f"--value {field}:WORD=",
        ]
