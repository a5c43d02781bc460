"""Recognize a file that ``lms list`` or ``lms export`` wrote, so that an import takes it as it is.

Such a file has columns that cannot be imported, such as the vendor's ids. Its cells were made
harmless for spreadsheets, and have to be restored.

A file is recognized by its header. It has all columns of a listing that the kind cannot import, or
every column of the listing if the kind can import all of them. Its other columns belong to the
listing or to the kind, or the user said what to do with them. So a user may delete columns, and add
columns of the kind such as ``delete``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs

from ..files.table import Table
from ..kinds import Kind, Listing
from ..reporting.cells import read_cell
from ..target import Target
from ..wording import column_name, listed


@attrs.frozen
class ExportedFile:
    """A file that this command wrote.

    :param table: the file, which restores its cells as they are read.
    :param skipped: the columns that are not imported.
    :param note: what the user should know.
    :param listing: what the file lists.
    """

    table: Table
    skipped: Sequence[str]
    note: str
    listing: Listing


def recognize(
    table: Table, target: Target, kind: Kind, *, mapped: Collection[str], ignored: Collection[str]
) -> ExportedFile | None:
    """Return how to read a file that this command wrote, or ``None`` for any other file.

    :param mapped: the columns that the user imports with ``--map``.
    :param ignored: the columns that the user skips with ``--ignore``.
    """
    header = [column for column in table.header if column]
    decided = {*mapped, *map(column_name, ignored)}
    for listing in target.listings:
        if listing.imported_as == kind.name and _is_of(listing, kind, header, decided):
            break
    else:
        return None
    skipped = [column for column in header if column not in kind.fields and column not in mapped]
    note = (
        f"{table.source.name} has the columns of `lms list {listing.name}`. "
        "lms restores the cells that it changed for spreadsheets"
        + (f". Not imported: {listed(skipped)}." if skipped else ".")
    )
    return ExportedFile(attrs.evolve(table, restore_cell=read_cell), skipped, note, listing)


def _is_of(listing: Listing, kind: Kind, header: Sequence[str], decided: Collection[str]) -> bool:
    columns = set(listing.columns)
    needed = columns.difference(kind.fields) or columns
    return needed.issubset(header) and columns.union(kind.fields, decided).issuperset(header)
