"""Propose a mapping for an export: which column is which field, from names and from values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import attrs

from ...errors import InvalidInput
from ..exit_codes import CommandError
from ..files.columns import folded
from ..files.dates import DateColumn
from ..files.table import Table
from ..kinds import Kind, every_row
from ..meanings import Meaning
from ..wording import plain, quoted
from .leavers import may_mark_leavers
from .presets import Preset, recognize
from .suggestions import proposed_fields
from .words import Words


@attrs.define
class ProposedColumn:
    """A column that is read into a field.

    :param sure: whether the column has the field's own name.
    """

    column: str
    field: str
    sure: bool
    words: Words = attrs.field(factory=Words, repr=False)
    dates: DateColumn = attrs.field(factory=DateColumn, repr=False)


@attrs.define
class Proposal:
    """A mapping to be checked by the user.

    :param columns: the columns that are imported.
    :param ignored: what each other column may be, or ``""``.
    :param where: by column, the words of the rows to import.
    :param removes: whether each imported row removes a record.
    """

    preset: Preset | None
    columns: list[ProposedColumn]
    ignored: dict[str, str]
    where: dict[str, list[str]] = attrs.field(factory=dict)
    removes: bool = False

    @property
    def removes_all(self) -> bool:
        """Whether an import removes the records of all rows, also those of active people."""
        return self.removes and not self.where

    def missing(self, kind: Kind) -> list[Sequence[str]]:
        """Return the groups of required fields that no column is read into."""
        there = {one.field for one in self.columns}
        return [group for group in kind.required if not there.intersection(group)]


def propose(table: Table, kind: Kind) -> Proposal:
    """Return a proposal for a file.

    :raises CommandError: no column is known. The first row may be a person.
    """
    header = [column for column in table.header if column]
    preset = recognize(header)
    found = {one.column: one for one in _by_name(header, kind, preset)}
    if not found:
        raise CommandError(
            f"{table.source.name} has no column that looks like a field of {kind.noun}. Is the "
            "header missing?",
            "Add a first row with the column names, or choose another --kind.",
        )
    removes = kind.removes is every_row
    where = _conditions(header, preset, gone=removes)
    others = _others(header, {*found, *where}, kind, preset)
    proposal = Proposal(preset, list(found.values()), others, where, removes)
    _read_values(table, proposal, kind)
    return proposal


def _by_name(header: Sequence[str], kind: Kind, preset: Preset | None) -> Iterator[ProposedColumn]:
    """Yield a column for each field: of the same name, from the preset, or with a common name."""
    free = dict.fromkeys(kind.fields)
    by_meaning = {meaning: field for field, meaning in kind.meanings.items()}
    known_as = {plain(alias): field for alias, field in kind.aliases.items()}
    # Other fields hold the vendor's own ids. No export of another system has these, although a
    # column such as "School ID" may have the name of one.
    safe = {*kind.meanings, *kind.aliases.values(), *(f for group in kind.required for f in group)}
    spelled = {plain(field): field for field in kind.fields if field in safe}
    steps: list[tuple[Mapping[str, str], bool]] = [
        ({column: column for column in header if column in kind.fields}, True),
        (_from_preset(header, by_meaning, preset), False),
        (_alike(header, {**known_as, **spelled}), False),
    ]
    # A column that the preset does not propose can still have the name of a field: "password".
    taken = {column for column in header if preset and preset.refuses(column)}
    for fields, sure in steps:
        for column, field in fields.items():
            if column not in taken and field in free:
                del free[field]
                taken.add(column)
                yield ProposedColumn(column, field, sure)


def _from_preset(
    header: Sequence[str], by_meaning: Mapping[Meaning, str], preset: Preset | None
) -> dict[str, str]:
    if preset is None:
        return {}
    meanings = {column: preset.meaning(column) for column in header}
    return {
        column: by_meaning[meaning]
        for column, meaning in meanings.items()
        if meaning is not None and meaning in by_meaning
    }


def _alike(header: Sequence[str], fields: Mapping[str, str]) -> dict[str, str]:
    return {column: fields[plain(column)] for column in header if plain(column) in fields}


def _conditions(
    header: Sequence[str], preset: Preset | None, *, gone: bool
) -> dict[str, list[str]]:
    """Return the words of the rows to import: those in use, or those that are marked as gone."""
    if preset is None:
        return {}
    words = {column: list(preset.condition(column, gone=gone)) for column in header}
    return {column: some for column, some in words.items() if some}


def _others(
    header: Sequence[str], used: Collection[str], kind: Kind, preset: Preset | None
) -> dict[str, str]:
    rest = [column for column in header if column not in used]
    similar = proposed_fields(rest, list(kind.fields), kind.aliases)
    others = {}
    for column in rest:
        if may_mark_leavers(column) or (preset and preset.condition(column)):
            others[column] = "rows of people who left may be marked in this column. See [where]"
        elif column in similar and not (preset and preset.refuses(column)):
            field = similar[column].field
            others[column] = f"similar to {field} ({kind.fields[field]})"
        else:
            others[column] = ""
    return others


def _read_values(table: Table, proposal: Proposal, kind: Kind) -> None:
    places = [(table.header.index(one.column), one) for one in proposal.columns]
    marked = {column: table.header.index(column) for column in proposal.where}
    seen: dict[str, set[str]] = {column: set() for column in marked}
    for number, cells in table.rows():
        if len(cells) != len(table.header):
            continue
        for column, position in marked.items():
            if (word := folded(cells[position])) in proposal.where[column]:
                seen[column].add(word)
        for position, one in places:
            cell = cells[position].strip()
            if not cell:
                continue
            if one.field in kind.dates:
                one.dates.add(number, cell)
            elif one.field in kind.references or one.field not in kind.key:
                one.words.add(cell)
    if proposal.removes:
        return  # the next file can have people who left for another reason
    for column, words in proposal.where.items():
        # Exports write one word in different ways, and each of them always in the same way.
        proposal.where[column] = [
            word for word in words if not word or word in seen[column] or not any(seen[column])
        ]


def faults_of_words(kind: Kind, field: str, words: Sequence[str]) -> dict[str, str]:
    """Return what is wrong with those words that a field cannot have."""
    faults = {}
    for word in words:
        try:
            kind.check_row({field: word})
        except InvalidInput as invalid:
            if field in invalid.fields:
                faults[word] = invalid.fields[field]
    return faults


def refuse_repeated_columns(header: Sequence[str], name: str) -> None:
    """Check that no two columns have the same name.

    :raises CommandError: two have.
    """
    for column in dict.fromkeys(header):
        if column and header.count(column) > 1:
            raise CommandError(f"{name} has two columns {quoted(column)}. Rename one.")
