"""Read the values of a table of a TOML file, and say on which line one is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import attrs

from ...errors import InvalidInput
from ...toml_lines import line_of

_T = TypeVar("_T")


@attrs.frozen
class TomlTable:
    """A table of a TOML file, whose values are checked one by one.

    Methods raise ``InvalidInput`` if a value is not what it must be, and say on which line it is.

    :param file_text: the part of the file that has it, after blank lines instead of other parts.
    :param names: its name, such as ``("source", "files")``; empty for the whole file.
    """

    path: Path
    file_text: str = attrs.field(repr=False)
    names: tuple[str, ...]
    values: Any = attrs.field(repr=False)

    def table(self, name: str, allowed: Collection[str]) -> TomlTable:
        """Return the table with this name, without settings if there is none."""
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            raise self.wrong("must be a table", name)
        table = TomlTable(self.path, self.file_text, (*self.names, name), values)
        table.check_names(allowed)
        return table

    def tables(self, name: str, allowed: Collection[str]) -> list[TomlTable]:
        """Return the tables ``[[source.NAME]]``."""
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong(f"must be tables: write [[source.{name}]] above each", name)
        texts = _texts_of_tables(self.file_text, (*self.names, name), len(found))
        tables = [
            TomlTable(self.path, text, (*self.names, name), values)
            for text, values in zip(texts, found, strict=True)
        ]
        for table in tables:
            table.check_names(allowed)
        return tables

    def each(self, name: str, read: Callable[..., _T]) -> dict[str, _T]:
        """Return the values of the table with this name.

        :param read: called with the value, ``name`` and the name of the value, for messages.
        """
        table = self.values.get(name, {})
        if not isinstance(table, dict):
            raise self.wrong('must be a table, such as { "A" = "B" }', name)
        return {key: read(value, name, key) for key, value in table.items()}

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        if name not in self.values:
            raise InvalidInput(f"{self.at(name)} is missing")
        return self.text_in(self.values[name], name)

    def text_in(self, value: Any, *names: str) -> str:
        """Return a value that must be text. ``names`` say where it is in this table."""
        if not isinstance(value, str):
            raise self.wrong("must be text in quotation marks", *names)
        if not value.strip():
            raise self.wrong("is blank", *names)
        return value.strip()

    def value_in(self, value: Any, *names: str) -> str:
        """Return a value of any kind as the text that a cell would have."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return str(value)
        if _is_date(value):
            return str(value.isoformat())
        return self.text_in(value, *names)

    def texts_in(self, value: Any, *names: str) -> list[str]:
        """Return a value that must be a list of texts."""
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong('must be a list of texts, such as ["A", "B"]', *names)
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts that are not blank. It is empty if it is not there."""
        found = self.texts_in(self.values.get(name, []), name)
        return [self.text_in(text, name) for text in found]

    def one_of_in(self, allowed: Collection[str], value: Any, *names: str) -> str:
        """Return a value that must be one of some words."""
        if value not in allowed:
            words = f"{', '.join(list(allowed)[:-1])} or {list(allowed)[-1]}"
            raise self.wrong(f"must be {words}", *names)
        return str(value)

    def date(self, name: str) -> date:
        """Return a date."""
        value = self.values[name]
        if not _is_date(value):
            raise self.wrong("must be a date without quotation marks, such as 2026-08-17", name)
        found: date = value
        return found

    def whole_number(self, name: str) -> int:
        """Return a whole number."""
        value = self.values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong("must be a whole number", name)
        return value

    def number(self, name: str) -> float:
        """Return a number."""
        value = self.values[name]
        # In Python, True is also a number.
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.wrong("must be a number", name)
        return value

    def boolean(self, name: str) -> bool:
        """Return a value that is true or false."""
        value = self.values[name]
        if not isinstance(value, bool):
            raise self.wrong("must be true or false", name)
        return value

    def check_names(self, allowed: Collection[str]) -> None:
        """Check that the table has no other settings."""
        for name in self.values:
            if name not in allowed:
                near = difflib.get_close_matches(name, allowed, n=1)
                raise InvalidInput(
                    f"{self.at(name)} is not a setting",
                    hint=f"did you mean {near[0]}?" if near else f"write {', '.join(allowed)}",
                )

    def wrong(self, what: str, *names: str) -> InvalidInput:
        """Return the error for a wrong value."""
        return InvalidInput(f"{self.at(*names)} {what}")

    def at(self, *names: str) -> str:
        """Name a setting and its line, or the line of the table if the setting has none."""
        line = next(
            (
                line
                for end in range(len(names), -1, -1)
                if (at := (*self.names, *names[:end])) and (line := self._line_of(at))
            ),
            None,
        )
        place = f", line {line}" if line else ""
        tables = ".".join((*self.names, *names[:-1]))
        return f"{self.path}{place}, {f'[{tables}] ' if tables else ''}{names[-1]}"

    def _line_of(self, names: tuple[str, ...]) -> int | None:
        return line_of(self.file_text, names[:-1], names[-1])


def _is_date(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _texts_of_tables(text: str, names: tuple[str, ...], number: int) -> list[str]:
    """Return the text of each table of an array, with blank lines in place of what is before.

    If the array is not written as ``[[source.files]]``, each text is the whole file.
    """
    header = re.compile(r"\s*\[\[\s*" + r"\s*\.\s*".join(map(re.escape, names)) + r"\s*\]\]")
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if header.match(line)]
    if not starts or len(starts) != number:
        return [text] * number
    ends = [*starts[1:], len(lines)]
    return [
        "\n".join([""] * start + lines[start:end]) for start, end in zip(starts, ends, strict=True)
    ]
