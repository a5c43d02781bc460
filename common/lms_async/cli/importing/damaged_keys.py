"""Find rows whose key was changed after ``lms list`` wrote it, for example by a spreadsheet.

A spreadsheet turns the code 0100 into 100. An import would then create a second record, or update
another one. The row still has the vendor's id of its record, which such a file has in a column.
"""

from __future__ import annotations

from typing import Any

from ...outcome import RowError
from ..files.columns import folded
from ..kinds import Kind, Listing, Row
from ..reporting.progress import Change
from ..wording import listed
from .comparison import Comparison
from .prepared import Prepared


async def find_damaged_keys(
    client: Any, file: Prepared, comparison: Comparison
) -> dict[int, RowError]:
    """Return the errors of the rows, by row number, whose id belongs to a record with another key.

    The vendor's records are listed only if a row names no record by its key, or another one than by
    its id.

    :raises LmsError: the records could not be listed.
    """
    listing, kind = file.exported, file.request.kind
    if listing is None or listing.id_column not in file.table.header:
        return {}
    place = file.table.header.index(listing.id_column)
    ids = {
        number: cells[place].strip() for number, cells in file.table.rows() if place < len(cells)
    }
    doubtful: dict[str, list[int]] = {}
    for number, change in comparison.changes.items():
        if ids[number] and (
            change is Change.CREATED or comparison.ids.get(number, "") != ids[number]
        ):
            doubtful.setdefault(ids[number], []).append(number)
    if not doubtful:
        return {}
    keys = {row.number: row.key for row in file.rows()}
    errors: dict[int, RowError] = {}
    async for record in listing.read(client, {}):
        for number in doubtful.get(record.get(listing.id_column, ""), ()):
            if others := _differing(kind, keys[number], record):
                errors[number] = _damaged(others, listing)
    return errors


def _differing(kind: Kind, key: tuple[str, ...], record: Row) -> list[str]:
    """Return the fields of the key in which row and record differ.

    A field that names another record can have several names, so it is not compared.
    """
    return [
        field
        for field, cell in zip(kind.key, key, strict=True)
        if cell
        and field not in kind.references
        and record.get(field)
        and folded(record[field]) != folded(cell)
    ]


def _damaged(fields: list[str], listing: Listing) -> RowError:
    why = (
        f"the record with the {listing.id_column} of this row has another {listed(fields)}. Did a "
        "spreadsheet remove zeros? If the file is from another account, delete its column "
        f"{listing.id_column}"
    )
    return RowError("other_key", f"{listed(fields)}: {why}", dict.fromkeys(fields, why))
