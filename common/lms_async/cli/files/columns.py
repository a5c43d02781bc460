"""Match the columns of a file with the fields of a target."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import attrs

from ...outcome import RowError
from ...records.ids import ExactId
from ..exit_codes import CommandError
from ..wording import column_name, counted, likeness, listed, nearest, plain, quoted, typed

#: Control characters other than tabs and line breaks, and surrogates (halves of characters). A
#: wrong encoding, or a program that cut a text, leaves them behind.
_DAMAGE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


#: How many columns with the same problem are named.
_MOST_FAULTS = 50
#: How many unknown columns are compared with the known ones. Comparing takes time.
_MOST_COMPARED = 200


@attrs.frozen
class Columns:
    """How the cells of a row become fields.

    :param width: how many cells a row has.
    """

    width: int
    #: Position and field of each column that is imported.
    fields: tuple[tuple[int, str], ...]
    #: Positions of columns without a name. Their cells must be empty.
    nameless: tuple[int, ...] = ()
    #: How messages name a field whose column has another name: ``name_first ("First name")``.
    called: Mapping[str, str] = attrs.field(factory=dict)
    #: Whether ids are sent even if they look like an error value.
    exact_ids: bool = False

    def row(self, cells: Sequence[str]) -> dict[str, str] | RowError:
        """Return the fields that are not empty, trimmed; or what is wrong with the row."""
        if len(cells) != self.width:
            what = f"the row has {counted(len(cells), 'cell')}, but the header has {self.width}"
            return RowError("ragged", what)
        whole = "".join(cells)
        if not whole.isprintable() and (damage := _DAMAGE.search(whole)):
            if damage[0] == "\0":
                return RowError("nul", "the row contains a NUL byte")
            return RowError("damaged", f"the row contains a control character ({_point(damage)})")
        if "�" in whole:
            return RowError(
                "damaged", "the row contains the character �, which replaces a lost letter"
            )
        for position in self.nameless:
            if cells[position].strip():
                what = (
                    f"the row has a value in column {position + 1}, which has no name in the header"
                )
                return RowError("ragged", what)
        given = {field: value for place, field in self.fields if (value := cells[place].strip())}
        return (
            dict(zip(given, map(ExactId, given.values()), strict=True)) if self.exact_ids else given
        )


def _point(found: re.Match[str]) -> str:
    return f"U+{ord(found[0]):04X}"


def describe_fields(fields: Mapping[str, str], required: Sequence[Sequence[str]]) -> list[str]:
    """Return a line for each field: its name, what it contains, and whether it is required."""
    width = max(map(len, fields))
    lines = {name: f"{name:{width}}  {holds}" for name, holds in fields.items()}
    for group in required:
        for field in group:
            others = [other for other in group if other != field]
            lines[field] += f" (required, or {listed(others, 'or')})" if others else " (required)"
    return list(lines.values())


def read_map(given: Collection[str], fields: Collection[str]) -> dict[str, str]:
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
            faults.append(f"--map: There is no field {quoted(field)}. {_hint(field, fields)}")
        elif field in columns:
            faults.append(f"--map is given twice for the field {field}. Remove one.")
        elif column in columns.values():
            faults.append(f"--map is given twice for the column {quoted(column)}. Remove one.")
        else:
            columns[field] = column
    if faults:
        raise CommandError(*faults)
    return columns


def match_columns(
    header: Sequence[str],
    *,
    fields: Mapping[str, str],
    required: Sequence[Sequence[str]],
    mapped: Mapping[str, str],
    ignored: Collection[str],
    aliases: Mapping[str, str] | None = None,
    exact_ids: bool = False,
) -> Columns:
    """Find the field of each column.

    :param mapped: columns by field, as :func:`read_map` returns them.
    :param ignored: columns to skip, as the user typed them.
    :param aliases: fields by common names of columns. They are suggested, never used silently.
    :param exact_ids: whether ids are sent even if they look like an error value.
    :raises CommandError: lists every problem with the columns.
    """
    ignored = list(map(column_name, ignored))
    faults = _some(_doubled(header)) + _absent(header, mapped, ignored)
    by_column = {column: field for field, column in mapped.items()}
    found: dict[str, int] = {}
    unknown: list[str] = []
    for position, column in enumerate(header):
        if not column or column in ignored:
            continue
        field = by_column.get(column, column if column in fields else None)
        if field is None:
            unknown.append(column)
        elif column not in by_column and field in mapped:
            faults.append(
                f"--map reads {field} from {quoted(mapped[field])}, but the file has a column "
                f"{field} too. Add --ignore {field}, or remove the --map."
            )
        else:
            found.setdefault(field, position)
    if not found and any(_is_data(column) for column in header):
        raise CommandError(
            "Row 1 has no known column and looks like a person. Is the header missing?",
            "Add a first row with the column names.",
        )
    first = [field for group in required for field in group]
    free = [
        field for field in [*first, *(f for f in fields if f not in first)] if field not in found
    ]
    proposed = _proposed(unknown, free, aliases or {})
    lacking = {f for group in required if not any(f in found for f in group) for f in group}
    # Columns with a suggestion come first, because a long list is cut off at the end.
    unknown.sort(key=lambda column: column not in proposed)
    faults += _some([_unknown(column, fields, proposed.get(column), lacking) for column in unknown])
    there = {*found, *(proposal.field for proposal in proposed.values())}
    missing = [group for group in required if not there.intersection(group)]
    faults += [_missing(group, fields) for group in missing]
    if missing and any(column not in proposed for column in unknown):
        faults.append(f"Required fields: {_groups(required)}")
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
    )


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


def _absent(
    header: Sequence[str], mapped: Mapping[str, str], ignored: Collection[str]
) -> list[str]:
    options = [("--map", column) for column in mapped.values()]
    options += [("--ignore", column) for column in ignored]
    both = [column for column in mapped.values() if column in ignored]
    return [
        f"The column {quoted(column)} has both --map and --ignore. Remove one." for column in both
    ] + [
        f"{option}: The file has no column {quoted(column)}. {_hint(column, header)}"
        for option, column in options
        if column not in header
    ]


@attrs.frozen
class _Proposal:
    field: str
    #: Whether the names are equal apart from case and punctuation. Otherwise they are similar.
    sure: bool


def _proposed(
    columns: Sequence[str], fields: Sequence[str], aliases: Mapping[str, str]
) -> dict[str, _Proposal]:
    """Suggest a field for each unknown column.

    Each field is suggested once. Fields at the start of ``fields`` choose their column first.
    """
    known_as = {plain(alias): field for alias, field in aliases.items()}
    found: dict[str, _Proposal] = {}
    free = list(dict.fromkeys(fields))
    for likes, sure in (
        (lambda column, field: float(plain(column) == plain(field)), True),
        (lambda column, field: float(known_as.get(plain(column)) == field), True),
        (likeness, False),
    ):
        for field in list(free):
            left = [column for column in columns[:_MOST_COMPARED] if column not in found]
            best = max(left, key=lambda column: likes(column, field), default=None)
            if best is not None and likes(best, field):
                found[best] = _Proposal(field, sure)
                free.remove(field)
    return found


def _unknown(
    column: str,
    fields: Mapping[str, str],
    proposal: _Proposal | None,
    lacking: Collection[str],
) -> str:
    what = f"Unknown column {quoted(column)}."
    if proposal is None:
        return (
            f"{what} To import it, add --map FIELD={typed(column)}. "
            f"To skip it, add --ignore {typed(column)}"
        )
    field = proposal.field
    near = "It looks like" if proposal.sure else "The most similar field is"
    note = ", required" if field in lacking else ""
    return (
        f"{what} {near} {field} ({fields[field]}{note}). "
        f"If so, add --map {field}={typed(column)}. To skip it, add --ignore {typed(column)}"
    )


def _missing(group: Sequence[str], fields: Mapping[str, str]) -> str:
    what = f"There is no column for {listed(group, 'or')} ({fields[group[0]]})."
    return f'{what} Add one, or name the column to use: --map {group[0]}="Column"'


def _groups(required: Sequence[Sequence[str]]) -> str:
    return ", ".join(listed(group, "or") for group in required)


def _hint(name: str, known: Collection[str]) -> str:
    near = nearest(name, [other for other in known if other])
    if near is None:
        begun = [other for other in known if plain(name) and plain(other).startswith(plain(name))]
        near = begun[0] if len(begun) == 1 else None
    return f"Did you mean {quoted(near)}?" if near else "Check the spelling."


def _is_data(cell: str) -> bool:
    """Return whether a cell of the first row looks like data, and might be personal."""
    return "@" in cell or cell.isdigit()
