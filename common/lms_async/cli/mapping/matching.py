"""Match the columns of a file with the fields of a kind."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from ..exit_codes import CommandError
from ..files.columns import Columns, Conversion, folded
from ..kinds import Reference
from ..wording import column_name, listed, quoted, typed
from .field_mapping import FieldMapping
from .suggestions import proposed_fields, spelling_hint, unknown_column

#: How many columns with the same problem are named.
_MOST_FAULTS = 50


def match_columns(
    header: Sequence[str],
    *,
    fields: Mapping[str, str],
    required: Sequence[Sequence[str]],
    mapping: FieldMapping,
    aliases: Mapping[str, str] | None = None,
    dates: Collection[str] = (),
    references: Mapping[str, Reference] | None = None,
    different: Collection[str] = (),
    exact_ids: bool = False,
) -> Columns:
    """Find the field of each column.

    :param mapping: the user's decisions.
    :param aliases: fields by common names of columns. They are suggested, never used silently.
    :param dates: the fields that contain a date.
    :param references: the fields whose words the vendor may know without a translation.
    :param different: the fields that have another value in each row. No constant is suggested.
    :param exact_ids: whether ids are sent even if they look like an error value.
    :raises CommandError: lists every problem with the columns.
    """
    mapped, constants = mapping.columns, mapping.constants
    ignored = list(map(column_name, mapping.ignored))
    faults = _some(_doubled(header)) + _absent(header, mapping, ignored)
    by_column: dict[str, list[str]] = {}
    for field, column in mapped.items():
        by_column.setdefault(column, []).append(field)
    found: dict[str, int] = {}
    unknown: list[str] = []
    for position, column in enumerate(header):
        if not column or column in ignored:
            continue
        if column in by_column:
            for field in by_column[column]:
                found.setdefault(field, position)
        elif column not in fields:
            if column not in mapping.where:
                unknown.append(column)
        elif column in mapped:
            faults.append(
                f"{column} is read from {quoted(mapped[column])}, but the file has a column "
                f"{column} too. Add --ignore {column}, or do not map {column}."
            )
        elif column in constants:
            faults.append(
                f"{column} is set to one value for all rows, but the file has a column {column} "
                f"too. Add --ignore {column}, or do not set {column}."
            )
        else:
            found.setdefault(column, position)
    if not found and any(_is_data(column) for column in header):
        raise CommandError(
            "Row 1 has no known column and looks like a person. Is the header missing?",
            "Add a first row with the column names.",
        )
    there = {*found, *constants}
    first = [field for group in required for field in group]
    free = [
        field for field in [*first, *(f for f in fields if f not in first)] if field not in there
    ]
    proposed = proposed_fields(unknown, free, aliases or {})
    lacking = {f for group in required if not there.intersection(group) for f in group}
    if mapping.ignore_rest:
        proposed = {name: one for name, one in proposed.items() if one.field in lacking}
        unknown = [column for column in unknown if column in proposed]
    # Columns with a suggestion come first, because a long list is cut off at the end.
    unknown.sort(key=lambda column: column not in proposed)
    faults += _some(
        [unknown_column(column, fields, proposed.get(column), lacking) for column in unknown]
    )
    there |= {proposal.field for proposal in proposed.values()}
    missing = [group for group in required if not there.intersection(group)]
    faults += [_missing(group, fields, different) for group in missing]
    if missing and any(column not in proposed for column in unknown):
        faults.append(f"Required fields: {_groups(required)}")
    faults += [
        f"The mapping translates words of {field}, but no column is read into {field}. "
        f'Name its column: --map {field}="Column"'
        for field in mapping.values
        if field not in found
    ]
    if len(proposed) > 1:
        maps = (f"--map {one.field}={typed(column)}" for column, one in proposed.items())
        faults.append(f"If all these suggestions are right, add: {' '.join(maps)}")
    if faults:
        raise CommandError(*faults)
    return Columns(
        len(header),
        tuple((position, field) for field, position in found.items()),
        tuple(position for position, column in enumerate(header) if not column),
        {field: f"{field} ({quoted(column)})" for field, column in mapped.items()},
        exact_ids,
        dict(constants),
        _conversions(mapping, dates, references or {}),
        tuple(
            (header.index(column), frozenset(map(folded, words)))
            for column, words in mapping.where.items()
        ),
    )


def _conversions(
    mapping: FieldMapping, dates: Collection[str], references: Mapping[str, Reference]
) -> dict[str, Conversion]:
    found: dict[str, Conversion] = {}
    if mapping.date_format is not None:
        fault = f"must be a date in the format {mapping.date_format.text}"
        found = dict.fromkeys(dates, Conversion(mapping.date_format.to_iso, fault))
    for field, values in mapping.values.items():
        reference = references.get(field)
        convert = _translation(values) if reference is None else _names(values, reference)
        found[field] = Conversion(convert, "has no translation in the mapping")
    return found


def _translation(values: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda cell: values.get(folded(cell))


def _names(values: Mapping[str, str], reference: Reference) -> Callable[[str], str]:
    """Return a translation that keeps other words, because the vendor may know them."""

    def convert(cell: str) -> str:
        if folded(cell) in values or not reference.several:
            return values.get(folded(cell), cell)
        parts = [values.get(folded(part), part.strip()) for part in cell.split(",")]
        return ",".join(filter(None, parts))

    return convert


def _some(faults: list[str]) -> list[str]:
    """Return the first of ``faults``, so that they fit on a screen."""
    more = len(faults) - _MOST_FAULTS
    return [*faults[:_MOST_FAULTS], f"and {more:,} more"] if more > 0 else faults


def _doubled(header: Sequence[str]) -> list[str]:
    named = sorted((column, place) for place, column in enumerate(header, start=1) if column)
    return [
        f"Columns {place} and {again} have the same name {quoted(column)}. Rename one."
        for (column, place), (other, again) in pairwise(named)
        if column == other
    ]


def _absent(header: Sequence[str], mapping: FieldMapping, ignored: Collection[str]) -> list[str]:
    named = [(column, f"is mapped to {field}") for field, column in mapping.columns.items()]
    named += [(column, "is to be ignored") for column in ignored]
    named += [(column, "selects rows") for column in mapping.where]
    both = [column for column in dict.fromkeys(mapping.columns.values()) if column in ignored]
    return [
        f"The column {quoted(column)} is both mapped and ignored. Remove one." for column in both
    ] + [
        f"The file has no column {quoted(column)}, which {what}. {spelling_hint(column, header)}"
        for column, what in named
        if column not in header
    ]


def _missing(group: Sequence[str], fields: Mapping[str, str], different: Collection[str]) -> str:
    what = f"There is no column for {listed(group, 'or')} ({fields[group[0]]})."
    what = f'{what} Add one, or name the column to use: --map {group[0]}="Column".'
    if group[0] in different:
        return what
    return f"{what} If all rows have the same value: --set {group[0]}=VALUE"


def _groups(required: Sequence[Sequence[str]]) -> str:
    return ", ".join(listed(group, "or") for group in required)


def _is_data(cell: str) -> bool:
    """Return whether a cell of the first row looks like data, and might be personal."""
    return "@" in cell or cell.isdigit()
