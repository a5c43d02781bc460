"""Read the options of ``lms import`` that decide how columns become fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import attrs

from ..exit_codes import CommandError
from ..files.columns import folded
from ..files.dates import read_date_format
from ..files.encodings import checked_name
from ..kinds import Kind
from ..target import Target, find_kind, require_target
from ..wording import column_name, quoted, typed
from .field_mapping import FieldMapping
from .mapping_file import MappingFile
from .suggestions import spelling_hint


@attrs.frozen(kw_only=True)
class MappingOptions:
    """The options as they were typed."""

    maps: Collection[str] = ()
    sets: Collection[str] = attrs.field(default=(), repr=False)
    values: Collection[str] = attrs.field(default=(), repr=False)
    wheres: Collection[str] = attrs.field(default=(), repr=False)
    ignored: Collection[str] = ()
    ignore_rest: bool = False
    date_format: str | None = None
    encoding: str | None = None


def choose(
    to: str | None, kind: str | None, path: Path | None, options: MappingOptions
) -> tuple[Target, Kind, FieldMapping]:
    """Return the target, the kind and the mapping that the user asks for.

    :param to: the value of ``--to``.
    :param kind: the value of ``--kind``.
    :param path: the value of ``--mapping``.
    :raises CommandError: they contradict each other, or one of them is not valid.
    """
    file = None if path is None else MappingFile.read(path)
    if file is not None:
        to = _agreed("target", "--to", to, file.target, file)
        kind = _agreed("kind", "--kind", kind, file.kind, file)
    target = require_target(to, "--to TARGET")
    found = find_kind(target, kind)
    base = FieldMapping() if file is None else file.mapping_for(found)
    return target, found, with_options(base, options, found)


def _agreed(
    key: str, option: str, given: str | None, in_file: str | None, file: MappingFile
) -> str | None:
    if given is not None and in_file is not None and given != in_file:
        raise CommandError(
            f"{file.where(key)} is {quoted(in_file)}, but {option} is {quoted(given)}. "
            f"Remove {option}, or use another mapping file."
        )
    return given if in_file is None else in_file


def with_options(base: FieldMapping, options: MappingOptions, kind: Kind) -> FieldMapping:
    """Return ``base`` with the options, which take precedence over it.

    :raises CommandError: an option is not valid, or is given twice.
    """
    maps = read_maps(options.maps, kind.fields)
    sets = _read_sets(options.sets, kind.fields)
    if both := [field for field in maps if field in sets]:
        raise CommandError(f"{both[0]} has both --map and --set. Remove one.")
    ignored = list(map(column_name, options.ignored))
    kept = {
        field: column
        for field, column in base.columns.items()
        if field not in sets and column not in ignored
    }
    columns = {**kept, **maps}
    # A column whose field comes from elsewhere now is known, and is not read.
    replaced = [name for name in base.columns.values() if name not in columns.values()]
    return FieldMapping(
        columns=columns,
        constants={f: v for f, v in base.constants.items() if f not in maps} | sets,
        values=_merged(base.values, _read_values(options.values, kind.fields)),
        ignored=[
            *(name for name in base.ignored if name not in maps.values() and name not in ignored),
            *(name for name in dict.fromkeys(replaced) if name not in ignored),
            *ignored,
        ],
        ignore_rest=base.ignore_rest or options.ignore_rest,
        where={**base.where, **_read_wheres(options.wheres)},
        date_format=base.date_format
        if options.date_format is None
        else read_date_format(options.date_format),
        encoding=base.encoding if options.encoding is None else checked_name(options.encoding),
    )


def _merged(
    one: Mapping[str, Mapping[str, str]], other: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    return {
        field: {**one.get(field, {}), **other.get(field, {})}
        for field in dict.fromkeys([*one, *other])
    }


def read_maps(given: Collection[str], fields: Collection[str]) -> dict[str, str]:
    """Read the values of ``--map FIELD=COLUMN`` and return the columns by field.

    :raises CommandError: one is not valid, names an unknown field, or repeats another one.
    """
    faults: list[str] = []
    columns: dict[str, str] = {}
    for one in given:
        field, equals, column = (column_name(part) for part in one.partition("="))
        if not (field and equals and column):
            faults.append(f'--map {quoted(one)} is not valid. Write --map FIELD="Column".')
        elif field not in fields and column in fields:
            faults.append(
                f"--map takes the field first, then the column. Use --map {column}={typed(field)}"
            )
        elif field not in fields:
            faults.append(unknown_field("--map", field, fields))
        elif field in columns:
            faults.append(f"--map is given twice for the field {field}. Remove one.")
        else:
            columns[field] = column
    if faults:
        raise CommandError(*faults)
    return columns


def unknown_field(where: str, field: str, fields: Collection[str]) -> str:
    """Say that there is no such field, and which is meant.

    :param where: the option, or the place in the mapping file.
    """
    return f"{where}: There is no field {quoted(field)}. {spelling_hint(field, fields)}"


def _read_sets(given: Collection[str], fields: Collection[str]) -> dict[str, str]:
    """Read ``--set FIELD=VALUE``. The messages leave out the value, which may be a password."""
    constants: dict[str, str] = {}
    for field, value in _parts("--set FIELD=VALUE", given, fields, column_name):
        if "password" in field:
            raise CommandError(
                f"--set {field}: Passwords are not read from the command line, because other "
                "users of this machine could see them.",
                "Write the password below [set] in a mapping file, or in a column of the file.",
            )
        if field in constants:
            raise CommandError(f"--set is given twice for the field {field}. Remove one.")
        if not value:
            raise CommandError(f"--set {field}= has no value. Write --set {field}=VALUE.")
        constants[field] = value
    return constants


def _read_values(given: Collection[str], fields: Collection[str]) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = {}
    for named, value in _parts("--value FIELD:WORD=VALUE", given):
        field, colon, word = named.partition(":")
        field, word = field.strip(), folded(word)
        if not (colon and field and word):
            raise CommandError(
                f"--value {quoted(named)} is not valid. Write --value FIELD:WORD=VALUE, for "
                'example --value gender:"Female"=F.'
            )
        if field not in fields:
            raise CommandError(unknown_field("--value", field, fields))
        if word in values.setdefault(field, {}):
            raise CommandError(
                f"--value is given twice for the word {quoted(word)} of {field}. Remove one."
            )
        values[field][word] = value
    return values


def _read_wheres(given: Collection[str]) -> dict[str, list[str]]:
    where: dict[str, list[str]] = {}
    for column, value in _parts("--where COLUMN=VALUE", given):
        name = column_name(column)
        if folded(value) in map(folded, where.setdefault(name, [])):
            raise CommandError(
                f"--where is given twice for the column {quoted(name)} with the same value. "
                "Remove one."
            )
        where[name].append(value)
    return where


def _parts(
    usage: str,
    given: Collection[str],
    fields: Collection[str] | None = None,
    clean: Callable[[str], str] = str.strip,
) -> Iterator[tuple[str, str]]:
    """Yield what is before and after the first ``=`` of each option.

    :param fields: the names that can stand before it; ``None`` for any.
    """
    option = usage.split()[0]
    for one in given:
        name, equals, value = one.partition("=")
        name = clean(name)
        if not (equals and name):
            raise CommandError(f"A value of {option} is not valid. Write {usage}.")
        if fields is not None and name not in fields:
            raise CommandError(unknown_field(option, name, fields))
        yield name, value.strip()
