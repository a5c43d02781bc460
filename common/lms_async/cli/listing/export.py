"""``lms export``: write one CSV file per listing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, TextIO

import attrs

from ...errors import LmsError
from ..connecting import connected
from ..credentials import Environment, require_variables
from ..exit_codes import MAY_NOT_READ, CommandError, Exit, exit_code_of_error, explain_error
from ..importing.interrupts import InterruptHandler
from ..kinds import Listing
from ..reporting.reporters import Reporter
from ..target import Target
from ..wording import counted, listed, visible
from .files import NewFile, check_replaceable
from .formats import MARK, CsvFormat
from .progress import RowCount, shown_on
from .reading import read_blocks
from .readme import README, README_BEGINNING, readme_text


@attrs.frozen(kw_only=True)
class ExportRequest:
    """What ``lms export`` reads, and the folder for the files."""

    target: Target
    listings: Sequence[Listing]
    folder: Path
    environment: Environment | Mapping[str, str] = attrs.field(repr=False)
    #: The rate limit: requests, seconds. ``None`` keeps the target's own.
    limit: tuple[int, float] | None = None


async def run_export(request: ExportRequest, reporter: Reporter, out: TextIO, err: TextIO) -> Exit:
    """Write one file per listing.

    A file is written completely or not at all. A listing that the account may not read is
    reported, and the other listings are written.

    :param reporter: shows notes and errors.
    :param out: gets one line per file.
    :param err: gets the progress.
    :returns: the exit code.
    """
    with InterruptHandler() as interrupts:
        try:
            return await _run(request, reporter, out, err)
        except CommandError as error:
            reporter.error(error.lines, error.exit_code)
            return error.exit_code
        except asyncio.CancelledError:
            if not interrupts.count:
                raise
            reporter.error(["Interrupted. The files listed above are complete."], Exit.INTERRUPTED)
            return Exit.INTERRUPTED


async def _run(request: ExportRequest, reporter: Reporter, out: TextIO, err: TextIO) -> Exit:
    target, folder = request.target, request.folder
    variables = require_variables(request.environment, target)
    _prepare(request)
    missing: list[str] = []
    try:
        async with connected(target, variables, reporter, limit=request.limit) as client:
            for listing in request.listings:
                try:
                    rows = await _export(listing, client, folder, err)
                except MAY_NOT_READ as error:
                    missing.append(listing.name)
                    reporter.note(
                        f"{listing.name} not exported, because {target.vendor} does not let this "
                        f"account read them: {error}"
                    )
                else:
                    out.write(visible(f"{_path(folder, listing)}: {counted(rows, 'row')}") + "\n")
    except LmsError as error:
        failure = CommandError(
            *explain_error(error, target.vendor, listed(list(variables))),
            "The export is not complete. The files listed above are complete.",
            exit_code=exit_code_of_error(error),
        )
    else:
        with NewFile(folder / README) as readme:
            readme.write(readme_text(target, folder))
            readme.complete()
        out.write(visible(f"{folder / README}: the commands that import the files") + "\n")
        if missing:
            reporter.note(
                f"Not exported: {listed(missing)}. If {folder} has such files, they are from an "
                "earlier export."
            )
        return Exit.REJECTED if missing else Exit.DONE
    raise failure


def _prepare(request: ExportRequest) -> None:
    """Create the folder, and make sure that no other file would be replaced."""
    folder = request.folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"The folder {folder} could not be created: {error.strerror}.") from None
    for listing in request.listings:
        check_replaceable(_path(folder, listing), _format(listing).header())
    check_replaceable(folder / README, README_BEGINNING)


async def _export(listing: Listing, client: Any, folder: Path, err: TextIO) -> int:
    """Write the file of one listing and return the number of rows."""
    count = RowCount(listing.name)
    row_format = _format(listing)
    blocks = read_blocks(listing, client, {}, count)
    with NewFile(_path(folder, listing)) as file:
        file.write(row_format.header())
        async with shown_on(err, count), aclosing(blocks):
            async for block in blocks:
                file.write(row_format.rows(block))
        file.complete()
    return count.rows


def _format(listing: Listing) -> CsvFormat:
    return CsvFormat(listing.columns, mark=MARK)


def _path(folder: Path, listing: Listing) -> Path:
    return folder / f"{listing.name}.csv"
