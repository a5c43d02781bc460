"""What the columns of well-known exports mean: one TOML file for each kind of export.

A file has a ``name``; ``signs``, the columns that only this export has together; ``meanings`` by
column; and ``not_proposed``, columns whose names could be mistaken for something else. ``prefixes``
are the names of tables that may stand before each column. ``where`` has the words of the rows that
are in use: others are of people who left, or were deleted. ``gone`` has the words
of the rows of people who left, for kinds that remove records. Both are there only if the meaning of
the words is documented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import attrs

from ...meanings import Meaning
from ...wording import plain


@attrs.frozen
class Preset:
    """A well-known export.

    :param name: what messages call it.
    :param signs: its columns that recognize it, in lower case. Their punctuation matters, because
        several exports have a column like "student number".
    :param meanings: what its columns mean. ``None`` for a column that is not proposed.
    :param prefixes: what may stand before a column.
    :param where: by column, the words of the rows to import.
    :param gone: by column, the words of the rows that an import of leavers removes.
    """

    name: str
    signs: Collection[str]
    meanings: Mapping[str, Meaning | None]
    prefixes: Collection[str]
    where: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    gone: Mapping[str, Sequence[str]] = attrs.field(factory=dict)

    def knows(self, column: str) -> bool:
        """Return whether the export has this column."""
        return any(name in self.meanings for name in self._names(column))

    def refuses(self, column: str) -> bool:
        """Return whether the column must not be proposed as a field, whatever its name is."""
        return self.knows(column) and self.meaning(column) is None

    def meaning(self, column: str) -> Meaning | None:
        """Return what a column means, or ``None``."""
        known = (self.meanings.get(name) for name in self._names(column))
        return next((meaning for meaning in known if meaning), None)

    def condition(self, column: str, *, gone: bool = False) -> Sequence[str]:
        """Return the words of this column that select the rows to import; empty for all rows.

        :param gone: select the rows of people who left instead.
        """
        conditions = self.gone if gone else self.where
        known = (conditions.get(name, ()) for name in self._names(column))
        return next((words for words in known if words), ())

    def fits(self, header: Collection[str]) -> bool:
        """Return whether the header has all signs."""
        names = {name.casefold() for column in header for name in self._spellings(column)}
        return names.issuperset(self.signs)

    def _names(self, column: str) -> list[str]:
        return list(map(plain, self._spellings(column)))

    def _spellings(self, column: str) -> list[str]:
        """Return the column with and without the name of its table."""
        low = column.casefold()
        starts = [prefix for prefix in self.prefixes if low.startswith(prefix.casefold())]
        return [column, *(column[len(prefix) :] for prefix in starts)]


def recognize(header: Collection[str]) -> Preset | None:
    """Return the export that the header is from, if it is a well-known one."""
    fitting = [preset for preset in presets() if preset.fits(header)]
    return max(fitting, key=lambda preset: sum(map(preset.knows, header)), default=None)


def presets() -> Iterator[Preset]:
    """Yield all presets."""
    for file in sorted(files(__name__).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            yield _preset(tomllib.loads(file.read_text("utf-8")))


def _preset(data: Mapping[str, Any]) -> Preset:
    meanings: dict[str, Meaning | None] = {plain(name): None for name in data["not_proposed"]}
    meanings |= {plain(name): meaning for name, meaning in data["meanings"].items()}
    signs = {name.casefold() for name in data["signs"]}
    where, gone = (
        {plain(name): words for name, words in data.get(table, {}).items()}
        for table in ("where", "gone")
    )
    return Preset(data["name"], signs, meanings, data.get("prefixes", ()), where, gone)
