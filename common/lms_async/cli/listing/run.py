"""``lms list``, from the chosen listing to the exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import TextIO

import attrs

from ...errors import InvalidInput, LmsError
from ..connecting import connected
from ..credentials import Environment, require_variables
from ..exit_codes import CommandError, Exit, exit_code_of_error, explain_error
from ..importing.interrupts import InterruptHandler
from ..kinds import Listing
from ..reporting.reporters import Reporter
from ..target import Target
from ..wording import counted, listed
from .files import NewFile, check_replaceable
from .formats import MARK, CsvFormat, JsonFormat, RowFormat
from .output import Output, ReaderGone
from .progress import RowCount, shown_on
from .reading import read_blocks
from .table import TableFormat


@attrs.frozen(kw_only=True)
class ListRequest:
    """What ``lms list`` reads, and in which form it prints it."""

    target: Target
    listing: Listing
    environment: Environment | Mapping[str, str] = attrs.field(repr=False)
    filters: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    #: The values of ``--columns``; empty for the default.
    columns: Sequence[str] = ()
    #: Write CSV to this file instead of standard output.
    csv: Path | None = None
    #: Print JSON lines.
    json: bool = False
    #: The rate limit: requests, seconds. ``None`` keeps the target's own.
    limit: tuple[int, float] | None = None


async def run_list(request: ListRequest, reporter: Reporter, output: Output, err: TextIO) -> Exit:
    """Read a listing and print or save its rows.

    :param reporter: shows notes and errors.
    :param err: gets the progress.
    :returns: the exit code.
    """
    count = RowCount(request.listing.name)
    with InterruptHandler() as interrupts:
        try:
            return await _run(request, reporter, output, err, count)
        except ReaderGone:
            return Exit.DONE  # as with head: the reader has what it wants
        except CommandError as error:
            reporter.error(error.lines, error.exit_code)
            return error.exit_code
        except asyncio.CancelledError:
            if not interrupts.count:
                raise
            reporter.error([f"Interrupted. {_incomplete(request)}"], Exit.INTERRUPTED)
            return Exit.INTERRUPTED


async def _run(
    request: ListRequest, reporter: Reporter, output: Output, err: TextIO, count: RowCount
) -> Exit:
    if request.json and request.csv is not None:
        raise CommandError("--csv and --json exclude each other. Remove one.")
    if str(request.csv) == "-":
        raise CommandError("--csv takes a file, not -. In a pipe, lms prints CSV without --csv.")
    variables = require_variables(request.environment, request.target)
    row_format = _format(request, output)
    if request.csv is not None:
        check_replaceable(request.csv, row_format.header())
    try:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(
                connected(request.target, variables, reporter, limit=request.limit)
            )
            file = None if request.csv is None else stack.enter_context(NewFile(request.csv))
            progress = await stack.enter_async_context(AsyncExitStack())
            await progress.enter_async_context(shown_on(err, count))
            await _write(output, file, row_format.header())
            blocks = read_blocks(request.listing, client, request.filters, count)
            async with aclosing(blocks):
                async for block in blocks:
                    if isinstance(row_format, TableFormat):
                        await progress.aclose()  # from here on, the rows show how far the list is
                    await _write(output, file, row_format.rows(block))
            if file is not None:
                file.complete()
    except InvalidInput as error:
        failure = CommandError(f"The filters are not valid: {error}")
    except LmsError as error:
        failure = CommandError(
            *explain_error(error, request.target.vendor, listed(list(variables))),
            _incomplete(request),
            exit_code=exit_code_of_error(error),
        )
    else:
        _report_end(request, reporter, row_format, count)
        return Exit.DONE
    raise failure


async def _write(output: Output, file: NewFile | None, text: str) -> None:
    if file is None:
        await output.write(text)
    else:
        file.write(text)


def _format(request: ListRequest, output: Output) -> RowFormat:
    listing = request.listing
    if request.json:
        return JsonFormat(request.columns or listing.columns)
    if request.csv is not None:
        return CsvFormat(request.columns or listing.columns, mark=MARK)
    if output.terminal_width is None:
        return CsvFormat(request.columns or listing.columns)
    columns = request.columns or listing.shown or listing.columns
    return TableFormat(columns, output.terminal_width)


def _report_end(
    request: ListRequest, reporter: Reporter, row_format: RowFormat, count: RowCount
) -> None:
    if isinstance(row_format, TableFormat) and row_format.left_out:
        reporter.note(
            f"The terminal is too narrow for {listed(row_format.left_out)}. "
            "Choose columns with --columns, or save all of them with --csv FILE."
        )
    where = "" if request.csv is None else f" written to {request.csv}"
    reporter.note(f"{counted(count.rows, 'row')}{where}.")


def _incomplete(request: ListRequest) -> str:
    if request.csv is not None:
        return f"{request.csv} was not written."
    return "The list is not complete."
