"""Replace names and codes in a file by the vendor's ids, before its rows are checked.

The vendor is asked once for each field, with all the different cells of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs

from ...errors import LmsError
from ...outcome import RowError
from ..exit_codes import MAY_NOT_READ, CommandError, Exit, exit_code_of_error, explain_error
from ..files.rows import InputRow
from ..kinds import Kind, Reference, every_row
from .unknown_names import Places, faults_of


@attrs.frozen
class Translation:
    """The vendor's ids for the cells of a file.

    :param references: the fields whose cells are replaced.
    :param ids: for each field, the ids by cell. A cell without exactly one id has none or several.
    :param vendor: the vendor's name, for messages.
    :param notes: what the user should know about the look-up.
    """

    references: Mapping[str, Reference]
    ids: Mapping[str, Mapping[str, Sequence[str]]] = attrs.field(repr=False)
    vendor: str
    notes: Sequence[str] = ()

    def __call__(self, values: Mapping[str, str]) -> dict[str, str] | RowError:
        """Return the row with ids; or what is wrong, if a cell names no record or several."""
        translated = dict(values)
        faults: dict[str, str] = {}
        for field, reference in self.references.items():
            if field not in values:
                continue
            ids = self.ids.get(field, {})  # empty if only rejected rows have the field
            found = [ids.get(cell, ()) for cell in reference.names_in(values[field])]
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
        where = f" in the column {reference.becomes}" if reference.becomes else ""
        return f"several {reference.noun} of {self.vendor} have this name. Use the id{where}"

    def fields_after(self, fields: Iterable[str]) -> tuple[str, ...]:
        """Return the names of ``fields`` after the translation."""
        return tuple(
            (self.references[field].becomes or field) if field in self.references else field
            for field in fields
        )


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
    places: dict[str, dict[str, Places]] = {field: {} for field in kind.references}
    for row in rows:
        for field, reference in kind.references.items():
            if field in row.values:
                for cell in reference.names_in(row.values[field]):
                    places[field].setdefault(cell, Places()).add(row.number)
    used = {field: reference for field, reference in kind.references.items() if places[field]}
    ids: dict[str, Mapping[str, Sequence[str]]] = {}
    faults: list[str] = []
    notes: list[str] = []
    try:
        for field, reference in used.items():
            cells = places[field]
            try:
                ids[field] = await reference.find(client, list(cells))
            except MAY_NOT_READ as refused:
                ids[field] = _ids_without_list(kind, field, cells, refused, vendor=vendor)
                notes.append(
                    f"{vendor} does not let this account list its {reference.noun}. So the "
                    f"numbers in {field} are used as ids of {vendor}."
                )
            else:
                faults += await faults_of(
                    client, field, reference, cells, ids[field], vendor=vendor
                )
    except LmsError as error:
        failure = error
    else:
        if faults:
            raise CommandError(*faults, "No row was sent.")
        return Translation(kind.references, ids, vendor, notes)
    raise CommandError(
        *explain_error(failure, vendor, variables),
        "No row was sent.",
        exit_code=exit_code_of_error(failure),
    )


def _ids_without_list(
    kind: Kind, field: str, cells: Collection[str], refused: LmsError, *, vendor: str
) -> dict[str, list[str]]:
    """Return the cells as ids, for an account that may not list the records.

    Some accounts may write people or courses, but not list roles or buildings. A school has its own
    numbers for people and classes, and these could be the vendor's ids of other people and classes.
    So only the numbers of records of a short list are taken for the vendor's ids.

    :raises CommandError: a cell is not a number, or its number may be the school's own.
    """
    reference = kind.references[field]
    may_be_ids = (
        reference.known is not None and reference.becomes is None and kind.removes is not every_row
    )
    if may_be_ids and all(map(_is_number, cells)):
        return {cell: [cell.strip()] for cell in cells}
    instead = f", or write {vendor}'s ids into {field}" if may_be_ids else ""
    raise CommandError(
        f"{vendor} does not let this account list its {reference.noun}, so the names in {field} "
        f"cannot be looked up: {refused}",
        f"Give the account the permission to view {reference.noun}{instead}.",
        "No row was sent.",
        exit_code=Exit.NOT_AUTHORIZED,
    ) from None


def _is_number(cell: str) -> bool:
    return cell.strip().isascii() and cell.strip().isdigit()
