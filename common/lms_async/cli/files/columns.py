"""How the cells of a row become fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import attrs

from ...outcome import RowError
from ...records.ids import ExactId
from ..wording import counted, listed

#: Control characters other than tabs and line breaks, and surrogates (halves of characters). A
#: wrong encoding, or a program that cut a text, leaves them behind.
_DAMAGE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def folded(word: str) -> str:
    """Return a word of the file without what does not matter: case, and blanks at the ends."""
    return word.strip().casefold()


@attrs.frozen
class Conversion:
    """Replaces a cell by the value that the vendor takes.

    :param convert: returns the value, ``""`` to leave the field out, or ``None`` if it cannot be
        converted.
    :param fault: why a cell cannot be converted, without the cell.
    """

    convert: Callable[[str], str | None]
    fault: str


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
    #: Values that all rows have, by field.
    constants: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    #: By field, what becomes of its cells.
    conversions: Mapping[str, Conversion] = attrs.field(factory=dict, repr=False)
    #: Positions, and the cells (as :func:`folded`) of the rows to import. Other rows are left out.
    where: tuple[tuple[int, frozenset[str]], ...] = attrs.field(default=(), repr=False)

    def selects(self, cells: Sequence[str]) -> bool:
        """Return whether the row is imported.

        A row with too many or too few cells is, so that it is rejected and not lost.
        """
        return len(cells) != self.width or all(
            folded(cells[position]) in words for position, words in self.where
        )

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
        if (self.conversions or self.constants) and (error := self._convert(given)):
            return error
        return (
            dict(zip(given, map(ExactId, given.values()), strict=True)) if self.exact_ids else given
        )

    def _convert(self, given: dict[str, str]) -> RowError | None:
        """Convert the fields in ``given`` and add the constants; or return what is wrong."""
        faults = {}
        for field, conversion in self.conversions.items():
            if field in given:
                value = conversion.convert(given[field])
                if value is None:
                    faults[self.called.get(field, field)] = conversion.fault
                elif value:
                    given[field] = value
                else:
                    del given[field]
        given.update(self.constants)
        if not faults:
            return None
        message = "; ".join(f"{field}: {why}" for field, why in faults.items())
        return RowError("invalid", message, faults)


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
