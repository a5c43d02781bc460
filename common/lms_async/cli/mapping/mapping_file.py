"""Read a mapping file: TOML with the columns, constants and translations of one kind of export."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from ...toml_lines import line_of
from ..exit_codes import CommandError
from ..files.columns import folded
from ..files.dates import read_date_format
from ..files.encodings import checked_name
from ..kinds import Kind
from ..wording import column_name, quoted
from .field_mapping import FieldMapping
from .suggestions import spelling_hint

T = TypeVar("T")

#: The keys of a mapping file, and what each holds.
KEYS = {
    "target": "text",
    "kind": "text",
    "encoding": "text",
    "date_format": "text",
    "ignore_rest": "true or false",
    "ignore": "a list of columns",
    "columns": "a table: field = column",
    "set": "a table: field = value",
    "values": "tables: [values.FIELD], with word = value",
    "where": "a table: column = list of values",
}
#: A mapping file has one line per column or word. A file this large is something else.
_LARGEST = 1 << 20


@attrs.frozen
class MappingFile:
    """A mapping file whose keys are known. Its fields are checked when the kind is known."""

    path: Path
    _text: str = attrs.field(repr=False)
    _data: Mapping[str, Any] = attrs.field(repr=False)

    @classmethod
    def read(cls, path: Path) -> MappingFile:
        """Read the file.

        :raises CommandError: it cannot be read, is not TOML, or has an unknown key.
        """
        try:
            with path.open("rb") as opened:
                content = opened.read(_LARGEST + 1)
            if len(content) > _LARGEST:
                raise CommandError(f"{path} is too large for a mapping file.")
            text = content.decode("utf-8-sig").replace("\r\n", "\n")
            data = tomllib.loads(text)
        except OSError as error:
            raise CommandError(f"{path} could not be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(
                f"{path} is not UTF-8 text. Save the mapping file as UTF-8."
            ) from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise CommandError(
                f"{path} is not valid TOML: {error or 'it is nested too deeply'}.",
                "Write one setting per line, and text in quotation marks: "
                'school_uid = "Student ID"',
            ) from None
        file = cls(path, text, data)
        for key in data:
            if key not in KEYS:
                near = difflib.get_close_matches(key, KEYS, n=1)
                hint = f" Did you mean {quoted(near[0])}?" if near else ""
                raise CommandError(
                    f"{file.where(key)}: There is no such setting.{hint}",
                    f"A mapping file can have: {', '.join(KEYS)}.",
                )
        return file

    @property
    def target(self) -> str | None:
        """The target, if the file names one."""
        return self._text_of("target")

    @property
    def kind(self) -> str | None:
        """The kind, if the file names one."""
        return self._text_of("kind")

    def mapping_for(self, kind: Kind) -> FieldMapping:
        """Return the mapping.

        :raises CommandError: a value has the wrong type, or a field does not exist.
        """
        columns = self._by_field("columns", kind.fields, self._column)
        constants = self._by_field("set", kind.fields, self._value)
        for field, value in constants.items():
            if field in columns:
                raise CommandError(
                    f"{self.where(field, 'set')}: {field} is also in [columns]. Remove one."
                )
            if not value:
                raise CommandError(f"{self.where(field, 'set')} has no value.")
        encoding, date_format = self._text_of("encoding"), self._text_of("date_format")
        return FieldMapping(
            columns=columns,
            constants=constants,
            values=self._by_field("values", kind.fields, self._words),
            ignored=tuple(map(column_name, self._list(self._data.get("ignore", []), "ignore"))),
            ignore_rest=self._flag("ignore_rest"),
            where=self._where(),
            date_format=None
            if date_format is None
            else read_date_format(date_format, self.where("date_format")),
            encoding=None if encoding is None else checked_name(encoding),
        )

    def where(self, key: str, *tables: str) -> str:
        """Name a key and its line for a message: ``people.toml, line 7, [set] role_id``."""
        line = line_of(self._text, tables, key)
        place = f", line {line}" if line else ""
        table = f"[{'.'.join(tables)}] " if tables else ""
        return f"{self.path}{place}, {table}{quoted(key)}"

    def _text_of(self, key: str) -> str | None:
        value = self._data.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self._wrong_type(key)
        return value.strip()

    def _flag(self, key: str) -> bool:
        value = self._data.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong_type(key)
        return value

    def _list(self, value: Any, key: str, *tables: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise CommandError(
                f'{self.where(key, *tables)} must be a list of texts, such as ["A", "B"].'
            )
        return value

    def _table(self, key: str) -> dict[str, Any]:
        value = self._data.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong_type(key)
        return value

    def _by_field(
        self, table: str, fields: Collection[str], read: Callable[[Any, str, str], T]
    ) -> dict[str, T]:
        found = {}
        for field, value in self._table(table).items():
            if field not in fields:
                hint = (
                    f"Move it above the first line with [ ]. It does not belong to [{table}]."
                    if field in KEYS
                    else spelling_hint(field, fields)
                )
                raise CommandError(f"{self.where(field, table)}: There is no such field. {hint}")
            found[field] = read(value, field, table)
        return found

    def _column(self, value: Any, key: str, *tables: str) -> str:
        name = column_name(value) if isinstance(value, str) else ""
        if not name:
            raise CommandError(f'{self.where(key, *tables)} must be a column, such as "Name".')
        return name

    def _value(self, value: Any, key: str, *tables: str) -> str:
        """Return a value as text. A number without quotation marks is clear, so it is taken."""
        if type(value) is int:
            return str(value)
        if not isinstance(value, str):
            raise CommandError(f'{self.where(key, *tables)} must be text, such as "Student".')
        return value.strip()

    def _words(self, value: Any, field: str, table: str) -> dict[str, str]:
        if not isinstance(value, dict):
            raise CommandError(
                f"{self.where(field, table)} must be a table: write [values.{field}], and below it "
                'lines such as "Student" = "1214".'
            )
        words: dict[str, str] = {}
        for word, meant in value.items():
            if not folded(word):
                raise CommandError(f"{self.where(word, table, field)}: the word is empty.")
            if folded(word) in words:
                raise CommandError(
                    f"{self.where(word, table, field)}: this word is there twice. Upper and lower "
                    "case are the same."
                )
            words[folded(word)] = self._value(meant, word, table, field)
        return words

    def _where(self) -> dict[str, list[str]]:
        where: dict[str, list[str]] = {}
        for column, words in self._table("where").items():
            name = self._column(column, column, "where")
            where[name] = self._list(words, column, "where")
            if not words:
                raise CommandError(f"{self.where(column, 'where')} has no values.")
        return where

    def _wrong_type(self, key: str) -> CommandError:
        return CommandError(f"{self.where(key)} must be {KEYS[key]}.")
