"""Report the cells of a file that fit none of the vendor's records, or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ..kinds import Reference
from ..wording import counted, listed

#: How many rows with one unknown cell a message lists, and how many unknown cells it reports.
_MAX_ROWS = 5
_MAX_CELLS = 20
#: How many of the vendor's names a message lists.
_MAX_NAMES = 50


@attrs.define
class Places:
    """The rows that contain a cell: the first few, and how many there are."""

    first: list[int] = attrs.field(factory=list)
    count: int = 0

    def add(self, number: int) -> None:
        """Add a row with the cell."""
        self.count += 1
        if len(self.first) < _MAX_ROWS:
            self.first.append(number)

    def __str__(self) -> str:
        more = self.count - len(self.first)
        rows = listed([*self.first, f"{more:,} more"] if more else self.first)
        return f"Row {rows}" if self.count == 1 else f"Rows {rows}"


async def faults_of(
    client: Any,
    field: str,
    reference: Reference,
    places: Mapping[str, Places],
    ids: Mapping[str, Sequence[str]],
    *,
    vendor: str,
) -> list[str]:
    """Return a line for each cell that fits none of the vendor's records, or several.

    Return no lines if there are too many records to list: then only the rows are rejected. The
    lines do not show the cells, because a wrong column could contain people's names.
    """
    if reference.known is None:
        return []
    noun = reference.noun
    faults = [
        f"{where}: {field} names several {noun} in {vendor}. Use the id."
        if ids.get(cell)
        else f"{where}: {field} names none of the {noun} in {vendor}."
        for cell, where in places.items()
        if len(ids.get(cell, ())) != 1
    ]
    if not faults:
        return []
    if (others := len(faults) - _MAX_CELLS) > 0:
        faults = faults[:_MAX_CELLS]
        faults.append(f"{field} has {counted(others, 'other value')} with this problem.")
    names = await reference.known(client)
    shown = [
        *names[:_MAX_NAMES],
        *([f"{len(names) - _MAX_NAMES:,} more"] * (len(names) > _MAX_NAMES)),
    ]
    faults.append(f"{vendor} has these {noun}: {', '.join(shown) or 'none'}.")
    faults.append(f"To translate a value, add --value {field}:VALUE=NAME, or use a mapping file.")
    return faults
