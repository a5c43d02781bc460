"""``lms plan show``: print or save what a plan would do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

import attrs

from ...roster import PlanFile
from ..exit_codes import Exit
from ..importing.interrupts import InterruptHandler
from ..kinds import Row
from ..listing.files import NewFile, check_replaceable
from ..listing.formats import MARK, CsvFormat
from ..listing.output import Output, ReaderGone
from ..listing.table import TableFormat
from ..reporting.reporters import Reporter
from ..target import find_target
from ..wording import ago, counted, listed
from .problems import problem_lines
from .rows import COLUMNS, change_row
from .running import print_lines, run_reported
from .summary import plan_lines

#: Rows that are written together.
_BLOCK = 1000


@attrs.frozen(kw_only=True)
class ShowRequest:
    """What ``lms plan show`` prints.

    :param plan: the plan's file.
    :param rows: whether to print each change instead of a summary.
    :param csv: the file to which the changes are written; ``None`` for none.
    """

    plan: Path
    rows: bool = False
    csv: Path | None = None


async def run_show(request: ShowRequest, reporter: Reporter, output: Output, out: TextIO) -> Exit:
    """Print or save a plan.

    :param output: gets the rows, no faster than they are read.
    :param out: gets the summary.
    :returns: the exit code.
    """
    work = partial(_run, request, reporter, output, out)
    return await run_reported(
        work, reporter, out, if_stopped="Not everything was printed or saved."
    )


async def _run(
    request: ShowRequest, reporter: Reporter, output: Output, out: TextIO, _: InterruptHandler
) -> Exit:
    with PlanFile(request.plan) as file:
        if request.csv is not None:
            total = _save(file, request.csv)
            reporter.note(f"{counted(total, 'change')} written to {request.csv}.")
        if request.rows:
            await _print(file, reporter, output)
        elif request.csv is None:
            print_lines(out, _summary(file))
    return Exit.DONE


def _summary(file: PlanFile) -> Iterator[str]:
    meta = file.meta
    yield from problem_lines(file.problems())
    yield from plan_lines(file, find_target(meta.target).vendor, in_full=True)
    made = ago(meta.made_at.timestamp())
    yield f"Made {made}, at {meta.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC."


def _save(file: PlanFile, path: Path) -> int:
    """Write the changes to ``path``, and return how many there are."""
    total = 0
    csv = CsvFormat(COLUMNS, mark=MARK)
    check_replaceable(path, csv.header())
    with NewFile(path) as new:
        new.write(csv.header())
        for block in _blocks(file):
            new.write(csv.rows(block))
            total += len(block)
        new.complete()
    return total


async def _print(file: PlanFile, reporter: Reporter, output: Output) -> None:
    width = output.terminal_width
    row_format = CsvFormat(COLUMNS) if width is None else TableFormat(COLUMNS, width)
    try:
        await output.write(row_format.header())
        for block in _blocks(file):
            await output.write(row_format.rows(block))
    except ReaderGone:
        return  # as with head: the reader has what it wants
    if isinstance(row_format, TableFormat) and row_format.left_out:
        reporter.note(
            f"The terminal is too narrow for {listed(row_format.left_out)}. Save all columns with "
            "--csv FILE."
        )


def _blocks(file: PlanFile) -> Iterator[list[Row]]:
    rows = (change_row(number, change) for number, change in enumerate(file.changes(), start=1))
    while block := list(islice(rows, _BLOCK)):
        yield block
