"""Read the settings of a roster from a TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import attrs

from ...errors import InvalidInput
from ..administrators import administers
from ..guarding.guard import GuardSettings
from ..guarding.rules import Mode
from ..model import KINDS
from .mapping import KEY_FIELDS, Keys, RosterMapping
from .mapping_source import read_source
from .scope import Scope
from .toml_table import TomlTable

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
#: The bounds that are whole numbers.
_COUNTS = frozenset({"min_records", "max_removed_people"})
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
    :func:`~lms_async.roster.mapping.mapping_source.read_source`.

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
    return _mapping(TomlTable(path, text, (), data))


def _mapping(file: TomlTable) -> RosterMapping:
    file.check_names(_TOP)
    settings: dict[str, Any] = {table: file.each(table, file.text_in) for table in _WORDS}
    for role, word in settings["roles"].items():
        if administers(role) or administers(word):
            raise file.wrong(
                "can't be translated, because lms never changes administrators: remove this line",
                "roles",
                role,
            )
    if "year_in_section_keys" in file.values:
        settings["year_in_section_keys"] = file.boolean("year_in_section_keys")
    if "last_grade" in file.values:
        settings["last_grade"] = file.whole_number("last_grade")
    try:
        return RosterMapping(
            keys=_keys(file.table("keys", tuple(KEY_FIELDS))),
            role_order=tuple(file.texts("role_order")),
            scope=_scope(file.table("scope", _SCOPE)),
            guard=_guard(file),
            source=read_source(file.values, file.file_text, file.path),
            **settings,
        )
    except InvalidInput as error:
        if error.what.startswith(str(file.path)):
            raise
        raise InvalidInput(f"{file.path}: {error.what}", hint=error.hint) from None


def _keys(table: TomlTable) -> Keys:
    return Keys(
        **{
            kind: table.one_of_in(KEY_FIELDS[kind], value, kind)
            for kind, value in table.values.items()
        }
    )


def _scope(table: TomlTable) -> Scope:
    return Scope(**{name: frozenset(table.texts(name)) for name in table.values})


def _guard(file: TomlTable) -> GuardSettings:
    table = file.table("guard", _GUARD)
    bounds: dict[str, Any] = {
        name: table.whole_number(name) if name in _COUNTS else table.number(name)
        for name in table.values
    }
    kinds = [kind.plural for kind in KINDS]
    removals = [file.one_of_in(kinds, kind, "removals") for kind in file.texts("removals")]
    mode = file.one_of_in(tuple(_MODES), file.values.get("mode", "all"), "mode")
    return GuardSettings(removals=frozenset(removals), mode=_MODES[mode], **bounds)
