"""Find the rows that the vendor would reject because of a code, without sending them.

The vendor looks the codes up when it gets the rows, so only a dry run needs this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from ...errors import LmsError
from ...outcome import RowError
from ..exit_codes import MAY_NOT_READ, CommandError, exit_code_of_error, explain_error
from ..files.rows import InputRow
from ..kinds import CodeReference, Kind
from ..reporting.reporters import Reporter
from ..wording import listed

#: The cells of the fields that name one record together.
_Cells = tuple[str, ...]


async def find_unknown_codes(
    client: Any,
    kind: Kind,
    rows: Collection[InputRow],
    reporter: Reporter,
    *,
    existing: Collection[int],
    vendor: str,
    variables: str,
) -> dict[int, RowError]:
    """Return the errors of the rows, by row number, that name no record or several.

    If the account may not read the records, they are not looked up, and a note says so.

    :param existing: the numbers of rows whose record exists. The codes in its key are known.
    :param vendor: the vendor's name, for messages.
    :param variables: the environment variables to check if the vendor refuses a request.
    :raises CommandError: a look-up failed.
    """
    faults: dict[int, dict[str, str]] = {}
    try:
        for together in _looked_up_together(kind.codes):
            named: dict[_Cells, list[tuple[int, CodeReference]]] = {}
            for code in together:
                in_key = set(code.fields) <= set(kind.key)
                for row in rows:
                    cells = tuple(row.values.get(field, "") for field in code.fields)
                    if all(cells) and not (in_key and row.number in existing):
                        named.setdefault(cells, []).append((row.number, code))
            if not named:
                continue
            try:
                found = await together[0].find(client, named)
            except MAY_NOT_READ:
                reporter.note(
                    f"{vendor} does not let this account read its {together[0].noun}. So this dry "
                    "run does not find rows with unknown codes of them."
                )
                continue
            for cells, count in found.items():
                for number, code in named[cells] if count != 1 else ():
                    why = _fault(code, count, vendor)
                    faults.setdefault(number, {})[listed(code.fields)] = why
    except LmsError as error:
        failure = error
    else:
        return {number: _error(of_row) for number, of_row in faults.items()}
    raise CommandError(
        *explain_error(failure, vendor, variables),
        "No row was sent.",
        exit_code=exit_code_of_error(failure),
    )


def _looked_up_together(codes: Iterable[CodeReference]) -> Iterable[list[CodeReference]]:
    """Group the references that have the same look-up, which then needs to read only once."""
    groups: dict[object, list[CodeReference]] = {}
    for code in codes:
        groups.setdefault(code.find, []).append(code)
    return groups.values()


def _fault(code: CodeReference, count: int, vendor: str) -> str:
    if not count:
        return f"{vendor} has no such record among its {code.noun}"
    return f"several {code.noun} of {vendor} have this code"


def _error(faults: dict[str, str]) -> RowError:
    message = "; ".join(f"{fields}: {why}" for fields, why in faults.items())
    return RowError("not_found", message, faults)
