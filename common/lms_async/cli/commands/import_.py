"""``lms import``."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..completing.suggestions import suggest_targets
from ..confirming import confirm, is_terminal
from ..credentials import read_environment
from ..exit_codes import CommandError
from ..importing.request import ImportRequest
from ..importing.run import run_import
from ..kinds import KindOptions
from ..mapping.options import MappingOptions, choose
from ..rate_limit import read_limit
from ..removal_guard import read_guard
from ..reporting.reporters import make_reporter
from ..reporting.summary import MAX_NAMED_ROWS
from ..running import run_until_done
from ..target import target_names
from ..wording import command_line
from .mapping_options import (
    DateFormatText,
    EncodingName,
    Ignored,
    IgnoreRest,
    MappingPath,
    Maps,
    Sets,
    Values,
    Wheres,
)
from .options import KindName, RateLimit

#: Options for one run only. The printed command that continues an import does not have them.
_ONCE = ("--restart", "--retry-rejected")


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.CSV", help="CSV file with a header row. - reads standard input."
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(
            metavar="TARGET",
            help=f"Where to import: {', '.join(target_names())}. "
            "Can be left out if a mapping file names it.",
            autocompletion=suggest_targets,
            show_default=False,
        ),
    ] = None,
    kind: KindName = None,
    update_existing: Annotated[
        bool,
        typer.Option(
            "--update-existing",
            help="Update records that already exist. Without this option they are rejected.",
        ),
    ] = False,
    mapping: MappingPath = None,
    map_: Maps = None,
    set_: Sets = None,
    value: Values = None,
    where: Wheres = None,
    ignore: Ignored = None,
    ignore_rest: IgnoreRest = False,
    date_format: DateFormatText = None,
    encoding: EncodingName = None,
    results: Annotated[
        Path | None,
        typer.Option(help="Write the results to this file. Default: beside the input file."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what an import would do. No row is sent."),
    ] = False,
    limit: RateLimit = None,
    allow_odd_ids: Annotated[
        bool,
        typer.Option(
            "--allow-odd-ids",
            help="Send ids such as NULL or 1.2E+05. Without this option they are rejected.",
        ),
    ] = False,
    keep_enrollments: Annotated[
        bool | None,
        typer.Option(
            "--keep-enrollments/--erase-enrollments",
            help="When people are deactivated, keep or erase their enrollments and grades.",
        ),
    ] = None,
    notify: Annotated[
        bool | None,
        typer.Option(
            "--notify/--no-notify", help="Let the vendor email the people, or prevent it."
        ),
    ] = None,
    max_removals: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER",
            help="Send nothing if the import would remove more records than this: a number, or a "
            "percentage such as 5%. Default: 10% of the existing records, at least 10 and at most "
            "200.",
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help="Remove records without asking first. Needed without a terminal."
        ),
    ] = False,
    restart: Annotated[
        bool,
        typer.Option(
            "--restart",
            help="Start over: send all rows, including those that an earlier run finished.",
        ),
    ] = False,
    retry_rejected: Annotated[
        bool,
        typer.Option(
            "--retry-rejected", help="Also send rows that the vendor rejected in an earlier run."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")] = False,
) -> None:
    """Import a CSV file.

    lms checks the whole file first, then sends the valid rows. The results file lists what
    happened to each row. A journal beside the results file remembers which rows are finished. To
    continue after an interruption, run the same command again: lms sends only rows that are not
    finished or that you changed.

    Run "lms columns TARGET" to see which columns a file can have. If the columns have other names,
    run "lms mapping init FILE.csv --to TARGET" once, and import with --mapping FILE.mapping.toml.

    lms reads credentials from environment variables, or from a .env file in the current folder.

    \b
    Exit codes:
      0    All rows are done.
      1    Some rows were rejected.
      2    Wrong usage or input.
      3    Some rows are unknown: no response says what happened to them.
      4    The vendor did not accept the credentials.
      5    The vendor is unavailable.
      6    Nothing was sent, because the import would remove more records than the guard allows.
      70   A bug in lms.
      130  Interrupted.
    """
    # A dry run writes no results file, so it prints every rejected row.
    most_rows = math.inf if dry_run else MAX_NAMED_ROWS
    reporter = make_reporter(sys.stdout, sys.stderr, json=json, most_rows=most_rows)
    try:
        options = MappingOptions(
            maps=map_ or (),
            sets=set_ or (),
            values=value or (),
            wheres=where or (),
            ignored=ignore or (),
            ignore_rest=ignore_rest,
            date_format=date_format,
            encoding=encoding,
        )
        target, found, field_mapping = choose(to, kind, mapping, options)
        request = ImportRequest(
            path=path,
            target=target,
            environment=read_environment(),
            kind=found,
            mapping=field_mapping,
            options=KindOptions(
                update_existing=update_existing,
                keep_enrollments=keep_enrollments,
                notify=notify,
            ),
            max_removals=read_guard(max_removals),
            yes=yes,
            confirm=confirm if is_terminal(sys.stdin) and is_terminal(sys.stderr) else None,
            results=results,
            dry_run=dry_run,
            allow_odd_ids=allow_odd_ids,
            limit=read_limit(limit),
            restart=restart,
            retry_rejected=retry_rejected,
            again=command_line(["lms", *(word for word in sys.argv[1:] if word not in _ONCE)]),
        )
    except CommandError as error:
        reporter.error(error.lines, error.exit_code)
        raise typer.Exit(error.exit_code) from None
    raise typer.Exit(run_until_done(run_import(request, reporter)).exit_code)
