"""Read the settings of a roster from a TOML file."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import attrs

from ..errors import InvalidInput
from ..toml_lines import line_of
from .guard import GuardSettings
from .mapping import KEY_FIELDS, Keys, RosterMapping
from .mapping_source import read_source
from .model import KINDS
from .rules import Mode
from .scope import Scope

#: The names of the modes in the file.
_MODES = {
    "all": Mode.NORMAL,
    "additions_only": Mode.ADDITIONS_ONLY,
    "new_school_year": Mode.NEW_SCHOOL_YEAR,
}
#: Tables of texts: translations of the source's words, and the target's settings.
_WORDS = (
    *("roles", "enrollment_roles", "buildings", "terms", "grades", "subjects", "course_prefixes"),
    "target",
)
_SCOPE = tuple(field.name for field in attrs.fields(Scope))
_GUARD = tuple(
    field.name for field in attrs.fields(GuardSettings) if field.name not in ("removals", "mode")
)
_TOP = (
    "mode",
    "removals",
    "role_order",
    "year_in_section_keys",
    "last_grade",
    "keys",
    *_WORDS,
    "scope",
    "guard",
    "source",
)
#: A mapping has one line per word or school. A file this large is something else.
_LARGEST = 1 << 20


def read_mapping(path: Path) -> RosterMapping:
    """Read the settings of a roster.

    The file has the settings of :class:`~lms_async.roster.RosterMapping` by name. ``removals``,
    a list of kinds, and ``mode``, which is ``all``, ``additions_only`` or ``new_school_year``,
    stand at the top, and the bounds of :class:`~lms_async.roster.GuardSettings` in ``[guard]``.
    ``[source]`` says what the columns of CSV files mean; see
    :func:`~lms_async.roster.mapping_source.read_source`.

    :param path: a TOML file.
    :raises InvalidInput: the file can't be read, has an unknown setting, or a wrong value. The
        message says on which line.
    """
    try:
        with path.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise InvalidInput(f"{path} is too large for the settings of a roster")
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not UTF-8 text", hint="save the file as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"{path} is not valid TOML: {error or 'it is nested too deeply'}",
            hint='write one setting per line, and text in quotation marks: student = "Student"',
        ) from None
    return _Settings(path, text, data).mapping()


@attrs.frozen
class _Settings:
    path: Path
    text: str = attrs.field(repr=False)
    data: Mapping[str, Any] = attrs.field(repr=False)

    def mapping(self) -> RosterMapping:
        self._check_names(self.data, _TOP)
        settings: dict[str, Any] = {table: self._words(table) for table in _WORDS}
        if "year_in_section_keys" in self.data:
            settings["year_in_section_keys"] = self._is(
                bool, "true or false", self.data["year_in_section_keys"], "year_in_section_keys"
            )
        if "last_grade" in self.data:
            settings["last_grade"] = self._is(
                int, "a whole number", self.data["last_grade"], "last_grade"
            )
        try:
            return RosterMapping(
                keys=self._keys(),
                role_order=tuple(self._list("role_order")),
                scope=self._scope(),
                guard=self._guard(),
                source=read_source(self.data, self.text, self.path),
                **settings,
            )
        except InvalidInput as error:
            if error.what.startswith(str(self.path)):
                raise
            raise InvalidInput(f"{self.path}: {error.what}", hint=error.hint) from None

    def _keys(self) -> Keys:
        table = self._table("keys", tuple(KEY_FIELDS))
        return Keys(
            **{
                kind: self._one_of(KEY_FIELDS[kind], value, kind, "keys")
                for kind, value in table.items()
            }
        )

    def _scope(self) -> Scope:
        table = self._table("scope", _SCOPE)
        return Scope(**{name: frozenset(self._texts(table[name], name, "scope")) for name in table})

    def _guard(self) -> GuardSettings:
        bounds = {
            name: self._is(int | float, "a number", value, name, "guard")
            for name, value in self._table("guard", _GUARD).items()
        }
        for name in ("min_records", "max_removed_people"):
            if name in bounds:
                self._is(int, "a whole number", bounds[name], name, "guard")
        kinds = [kind.plural for kind in KINDS]
        removals = [self._one_of(kinds, kind, "removals") for kind in self._list("removals")]
        mode = self._one_of(tuple(_MODES), self.data.get("mode", "all"), "mode")
        return GuardSettings(removals=frozenset(removals), mode=_MODES[mode], **bounds)

    def _words(self, table: str) -> dict[str, str]:
        words = self._is(dict, "a table", self.data.get(table, {}), table)
        return {word: self._text(value, word, table) for word, value in words.items()}

    def _table(self, name: str, allowed: Collection[str]) -> dict[str, Any]:
        table: dict[str, Any] = self._is(dict, "a table", self.data.get(name, {}), name)
        self._check_names(table, allowed, name)
        return table

    def _list(self, name: str) -> list[str]:
        return self._texts(self.data.get(name, []), name)

    def _texts(self, value: Any, name: str, *tables: str) -> list[str]:
        texts = self._is(list, 'a list of texts, such as ["A", "B"]', value, name, *tables)
        return [self._text(text, name, *tables) for text in texts]

    def _text(self, value: Any, name: str, *tables: str) -> str:
        text: str = self._is(str, "text in quotation marks", value, name, *tables)
        if not text.strip():
            raise InvalidInput(f"{self._where(name, *tables)} is blank")
        return text.strip()

    def _one_of(self, allowed: Collection[str], value: Any, name: str, *tables: str) -> str:
        if value not in allowed:
            words = f"{', '.join(list(allowed)[:-1])} or {list(allowed)[-1]}"
            raise InvalidInput(f"{self._where(name, *tables)} must be {words}")
        return str(value)

    def _is(self, kind: Any, what: str, value: Any, name: str, *tables: str) -> Any:
        # In Python, True is also a number.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidInput(f"{self._where(name, *tables)} must be {what}")
        return value

    def _check_names(self, names: Collection[str], allowed: Collection[str], *tables: str) -> None:
        for name in names:
            if name in allowed:
                continue
            near = difflib.get_close_matches(name, allowed, n=1)
            raise InvalidInput(
                f"{self._where(name, *tables)} is not a setting",
                hint=f"did you mean {near[0]}?" if near else f"write {', '.join(allowed)}",
            )

    def _where(self, name: str, *tables: str) -> str:
        """Name a setting and its line, as in ``roster.toml, line 7, [keys] people``."""
        line = line_of(self.text, tables, name)
        place = f", line {line}" if line else ""
        table = f"[{'.'.join(tables)}] " if tables else ""
        return f"{self.path}{place}, {table}{name}"
