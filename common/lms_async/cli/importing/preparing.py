"""What is read from the vendor before an import: the ids of names, and the records that exist."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs

from ...errors import LmsError
from ..exit_codes import CommandError, exit_code_of_error, explain_error
from ..files.columns import Columns
from ..files.rows import check_rows
from ..files.table import Table
from ..kinds import Listing
from ..reporting.reporters import Reporter
from .before_lookup import BeforeLookup, unresolved_fields
from .comparison import compare
from .damaged_keys import find_damaged_keys
from .prepared import Prepared
from .references import find_references
from .request import ImportRequest
from .switching import find_switched


async def check_file(
    request: ImportRequest, table: Table, columns: Columns, exported: Listing | None = None
) -> Prepared:
    """Check what can be checked without the vendor.

    :param exported: the listing whose columns the file has, if ``lms list`` wrote it.
    """
    kind = request.kind
    checked = await check_rows(
        table,
        columns,
        key=kind.key,
        normalize=kind.normalize_key,
        check_row=kind.check_row,
        translate=BeforeLookup.of(kind, columns.called),
        unresolved=partial(unresolved_fields, kind),
    )
    return Prepared(request, table, columns, checked, exported=exported)


async def ask_vendor(
    client: Any, file: Prepared, reporter: Reporter, *, compare_rows: bool, variables: str
) -> Prepared:
    """Look up the names in a file, check its rows again, and compare them with what exists.

    :param file: the file as :func:`check_file` returned it.
    :param compare_rows: whether to read the records that exist. A kind that only switches a state
        always needs that.
    :param variables: the environment variables to check if the vendor refuses a request.
    :raises CommandError: a name is not known to the vendor, or a request failed.
    """
    request, kind = file.request, file.request.kind
    vendor = request.target.vendor
    translation = await find_references(
        client, kind, file.rows(), vendor=vendor, variables=variables
    )
    for note in translation.notes:
        reporter.note(note)
    if translation.references:
        checked = await check_rows(
            file.table,
            file.columns,
            key=kind.key,
            normalize=kind.normalize_key,
            check_row=kind.check_row,
            translate=translation,
        )
        # The names in rows that were already rejected were not looked up.
        checked.rejected.update(file.checked.rejected)
        file = attrs.evolve(file, checked=checked, translation=translation)
    if kind.read_existing is None or not (compare_rows or kind.switches):
        return file
    try:
        how = find_switched if kind.switches else compare
        comparison = await how(client, kind, file.rows())
        comparison = comparison.without(await find_damaged_keys(client, file, comparison))
        rejected = {**file.checked.rejected, **comparison.errors}
        checked = attrs.evolve(file.checked, rejected=rejected)
        return attrs.evolve(file, checked=checked, comparison=comparison)
    except LmsError as error:
        failure = error
    raise CommandError(
        *explain_error(failure, vendor, variables),
        "No row was sent.",
        exit_code=exit_code_of_error(failure),
    )
