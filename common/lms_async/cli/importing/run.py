"""``lms import``, from the file's name to the exit code.

The order matters. The whole file is read and checked. The results file is opened. One request
tests the credentials. Only then are rows sent.
"""

from __future__ import annotations

import asyncio

import attrs

from .. import journals
from ..credentials import require_variables
from ..exit_codes import CommandError, Exit
from ..files.columns import Columns
from ..files.source import Source, copied, file_source, is_stream
from ..files.table import Table, no_rows
from ..kinds import Kind, Listing, check_options
from ..mapping import presets
from ..mapping.field_mapping import FieldMapping
from ..mapping.matching import match_columns
from ..mapping.survey import survey
from ..mapping.unclear_dates import refuse_unclear_dates
from ..meanings import OF_ONE_RECORD
from ..reporting.reporters import Reporter
from ..reporting.results import ResultsFile
from ..reporting.summary import Summary
from ..target import other_kinds_for
from ..wording import command_line, counted, listed
from .dry_run import dry_run
from .exported import recognize
from .interrupts import InterruptHandler
from .prepared import Prepared
from .preparing import check_file
from .request import ImportRequest
from .sending import ImportSender


async def run_import(request: ImportRequest, reporter: Reporter) -> Summary:
    """Run an import.

    Errors are reported through ``reporter``, and show in the summary's exit code.
    """
    with InterruptHandler() as interrupts:
        try:
            summary = await _run(request, reporter, interrupts)
        except CommandError as error:
            reporter.error(error.lines, error.exit_code)
            return Summary(exit_code=error.exit_code)
        except asyncio.CancelledError:
            if not interrupts.count:
                raise
            reporter.error(["Interrupted. No row was sent."], Exit.INTERRUPTED)
            return Summary(exit_code=Exit.INTERRUPTED)
        reporter.end(summary)
        return summary


async def _run(request: ImportRequest, reporter: Reporter, interrupts: InterruptHandler) -> Summary:
    check_options(request.kind, request.options)
    path = request.path
    if is_stream(path) and not request.dry_run:
        _ = request.results_path  # raises, before the stream is read, if it has no --results
    with await copied(path) if is_stream(path) else file_source(path) as source:
        table = Table.open(source, encoding=request.mapping.encoding, again=request.again)
        for note in table.notes:
            reporter.note(f"{source.name}: {note}")
        mapping = request.mapping
        exported = recognize(
            table,
            request.target,
            request.kind,
            mapped=mapping.columns.values(),
            ignored=[*mapping.ignored, *mapping.where],
        )
        if exported is not None:
            reporter.note(exported.note)
            table = exported.table
            mapping = attrs.evolve(mapping, ignored=[*mapping.ignored, *exported.skipped])
        columns = _match_columns(request, table, mapping)
        surveyed = await survey(table, columns, mapping, request.kind.references)
        for note in surveyed.notes():
            reporter.note(note)
        listing = None if exported is None else exported.listing
        file = await _check_rows(request, table, columns, source, reporter, listing)
        if request.dry_run:
            summary = await dry_run(file, reporter)
        else:
            summary = await _send(file, reporter, interrupts)
    return attrs.evolve(summary, left_out=surveyed.left_out)


def _match_columns(request: ImportRequest, table: Table, mapping: FieldMapping) -> Columns:
    kind = request.kind
    try:
        return match_columns(
            table.header,
            fields=kind.fields,
            required=kind.required,
            mapping=mapping,
            aliases=kind.aliases,
            dates=kind.dates,
            references=kind.references,
            different={*kind.key, *_of_one_record(kind)},
            exact_ids=request.allow_odd_ids,
        )
    except CommandError as error:
        lines = error.lines
    if advice := _mapping_advice(request, table):
        raise CommandError(advice)
    raise CommandError(
        *other_kinds_for(table.header, but=kind),
        *lines,
        *_listing_advice(request, table, mapping),
        f"Run `lms columns {request.target.name} --kind {kind.name}` for the list of fields.",
    )


def _of_one_record(kind: Kind) -> set[str]:
    """Return the fields that have another value in each record."""
    return {field for field, meaning in kind.meanings.items() if meaning in OF_ONE_RECORD}


def _mapping_advice(request: ImportRequest, table: Table) -> str:
    """Return how to write a mapping file for a well-known export; ``""`` for another file."""
    preset = None if request.mapping.columns else presets.recognize(table.header)
    if preset is None:
        return ""
    target, kind = request.target, request.kind
    command = ["lms", "mapping", "init", str(request.path), "--to", target.name]
    if kind is not target.kinds[0]:
        command += ["--kind", kind.name]
    return (
        f"{table.source.name} has the columns of {preset.name}, which are not fields of "
        f"{target.vendor}. Write a mapping file first: {command_line(command)}"
    )


def _listing_advice(request: ImportRequest, table: Table, mapping: FieldMapping) -> list[str]:
    """Return how to get the required columns, for a file that has only what changes."""
    kind, target = request.kind, request.target
    there = {*table.header, *mapping.columns, *mapping.constants}
    lacks = any(not there.intersection(group) for group in kind.required)
    if "update_existing" not in kind.options or not lacks or not there.intersection(kind.key):
        return []
    return [
        f"To update only some fields of existing {kind.noun}, first get the other columns: "
        f"lms list {listing.name} --from {target.name} --csv FILE"
        for listing in target.listings
        if listing.imported_as == kind.name
    ]


async def _check_rows(
    request: ImportRequest,
    table: Table,
    columns: Columns,
    source: Source,
    reporter: Reporter,
    exported: Listing | None,
) -> Prepared:
    file = await check_file(request, table, columns, exported)
    checked = file.checked
    if not checked.rows:
        raise no_rows(source, len(table.header))
    if checked.rejected:
        refuse_unclear_dates(table, columns, request.kind.dates)
    if checked.rounded:
        first, more = checked.rounded[0], len(checked.rounded) - 1
        others = f" (and in {counted(more, 'more row')})" if more else ""
        reporter.note(
            f"In row {first}{others}, {listed(request.kind.key)} looks like a number that a "
            "spreadsheet rounded, such as 1.2E+05. Check the original value."
        )
    return file


async def _send(file: Prepared, reporter: Reporter, interrupts: InterruptHandler) -> Summary:
    request = file.request
    variables = require_variables(request.environment, request.target)
    path = request.results_path
    if not path.name:  # "", "." or "/"
        raise CommandError(f"{path} is a folder.", "Name a file with --results.")
    journals.check_is_separate(journals.journal_path(path), path, request.path)
    results = ResultsFile(path, source=request.path)
    try:
        sender = ImportSender(request, reporter, interrupts, results, variables)
        summary = await sender.send(file)
    finally:
        results.close()
    if results.failure is None or not summary.results_complete:
        return summary
    # Closing the results file failed, after the summary was made.
    reporter.error(results.failure.lines, results.failure.exit_code)
    return attrs.evolve(summary, exit_code=results.failure.exit_code, results_complete=False)
