"""Replace names and codes in a file by the vendor's ids, before its rows are checked.

The vendor is asked once for each field, with all the different cells of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from ...errors import LmsError
from ...outcome import RowError
from ..exit_codes import CommandError, exit_code_of_error, explain_error
from ..files.rows import InputRow
from ..kinds import Kind, Reference
from ..wording import counted, listed

#: How many rows with one unknown cell a message lists, and how many unknown cells it reports.
_MAX_ROWS = 5
_MAX_CELLS = 20
#: How many of the vendor's names a message lists.
_MAX_NAMES = 50


@attrs.define
class _Places:
    """The rows that contain a cell: the first few, and how many there are."""

    first: list[int] = attrs.field(factory=list)
    count: int = 0

    def add(self, number: int) -> None:
        self.count += 1
        if len(self.first) < _MAX_ROWS:
            self.first.append(number)

    def __str__(self) -> str:
        more = self.count - len(self.first)
        rows = listed([*self.first, f"{more:,} more"] if more else self.first)
        return f"Row {rows}" if self.count == 1 else f"Rows {rows}"


@attrs.frozen
class Translation:
    """The vendor's ids for the cells of a file.

    :param references: the fields whose cells are replaced.
    :param ids: for each field, the ids by cell. A cell without exactly one id has none or several.
        Cells of rows that were rejected before are not there.
    :param vendor: the vendor's name, for messages.
    """

    references: Mapping[str, Reference]
    ids: Mapping[str, Mapping[str, Sequence[str]]] = attrs.field(repr=False)
    vendor: str

    def __call__(self, values: Mapping[str, str]) -> dict[str, str] | RowError:
        """Return the row with ids; or what is wrong, if a cell names no record or several."""
        translated = dict(values)
        faults: dict[str, str] = {}
        for field, reference in self.references.items():
            if field not in values:
                continue
            ids = self.ids.get(field, {})
            found = [ids.get(cell, ()) for cell in _cells(values[field], reference)]
            if found and all(len(one) == 1 for one in found):
                del translated[field]
                translated[reference.becomes or field] = ",".join(one[0] for one in found)
            else:
                faults[field] = self._fault(reference, none=not (found and all(found)))
        if not faults:
            return translated
        message = "; ".join(f"{field}: {why}" for field, why in faults.items())
        return RowError("not_found", message, faults)

    def _fault(self, reference: Reference, *, none: bool) -> str:
        if none:
            return f"{self.vendor} has no such record among its {reference.noun}"
        return f"several {reference.noun} of {self.vendor} have this name. Use the id"

    def fields_after(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Return the names of ``fields`` after the translation."""
        return tuple(
            (self.references[field].becomes or field) if field in self.references else field
            for field in fields
        )


def unresolved_fields(kind: Kind) -> frozenset[str]:
    """Return the fields that cannot be checked before the vendor's ids are known."""
    becomes = {reference.becomes for reference in kind.references.values() if reference.becomes}
    return frozenset(kind.references) | becomes


async def find_references(
    client: Any, kind: Kind, rows: Iterable[InputRow], *, vendor: str, variables: str = ""
) -> Translation:
    """Look up everything that the cells of a file name.

    :param rows: the rows of the file, not translated.
    :param vendor: the vendor's name.
    :param variables: the environment variables to check if the vendor refuses the look-up.
    :raises CommandError: a cell names none or several of the records that can be listed, or a
        look-up failed. Nothing was sent.
    """
    places: dict[str, dict[str, _Places]] = {field: {} for field in kind.references}
    for row in rows:
        for field, reference in kind.references.items():
            if field in row.values:
                for cell in _cells(row.values[field], reference):
                    places[field].setdefault(cell, _Places()).add(row.number)
    used = {field: reference for field, reference in kind.references.items() if places[field]}
    ids: dict[str, Mapping[str, Sequence[str]]] = {}
    faults: list[str] = []
    try:
        for field, reference in used.items():
            ids[field] = await reference.find(client, list(places[field]))
            if reference.known is not None:
                faults += await _faults(
                    client, field, reference, places[field], ids[field], vendor=vendor
                )
    except LmsError as error:
        failure = error
    else:
        if faults:
            raise CommandError(*faults, "No row was sent.")
        return Translation(kind.references, ids, vendor)
    raise CommandError(
        *explain_error(failure, vendor, variables),
        "No row was sent.",
        exit_code=exit_code_of_error(failure),
    )


async def _faults(
    client: Any,
    field: str,
    reference: Reference,
    places: Mapping[str, _Places],
    ids: Mapping[str, Sequence[str]],
    *,
    vendor: str,
) -> list[str]:
    """Return a line for each cell that names none or several of the vendor's records.

    The cells are not printed: in a wrong column they could be people's names.
    """
    noun = reference.noun
    faults = [
        f"{where}: {field} names several {noun} of {vendor}. Use the id."
        if ids.get(cell)
        else f"{where}: {field} names none of the {noun} of {vendor}."
        for cell, where in places.items()
        if len(ids.get(cell, ())) != 1
    ]
    if not faults:
        return []
    if (others := len(faults) - _MAX_CELLS) > 0:
        faults = faults[:_MAX_CELLS]
        faults.append(f"{field} has {counted(others, 'other value')} with this problem.")
    assert reference.known is not None  # noqa: S101 - the caller checks it
    names = await reference.known(client)
    shown = [
        *names[:_MAX_NAMES],
        *([f"{len(names) - _MAX_NAMES:,} more"] * (len(names) > _MAX_NAMES)),
    ]
    faults.append(f"{vendor} has these {noun}: {', '.join(shown) or 'none'}.")
    faults.append(f"To translate a value, add --value {field}:VALUE=NAME, or use a mapping file.")
    return faults


def _cells(cell: str, reference: Reference) -> list[str]:
    """Return the single values of a cell."""
    if not reference.several:
        return [cell]
    return [part for part in (piece.strip() for piece in cell.split(",")) if part]
