"""``lms list`` and ``lms export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..completing.suggestions import suggest_filters, suggest_listings, suggest_targets
from ..credentials import read_environment
from ..exit_codes import CommandError
from ..listing.choosing import (
    describe_listings,
    exported_listings,
    find_listing,
    read_columns,
    read_filters,
    require_listed_target,
)
from ..listing.export import ExportRequest, run_export
from ..listing.output import standard_output
from ..listing.run import ListRequest, run_list
from ..rate_limit import read_limit
from ..reporting.reporters import make_reporter
from ..running import run_until_done
from ..target import target_names
from ..wording import visible
from .options import RateLimit, TargetName


def list_(
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="TARGET",
            help=f"Where to read: {', '.join(target_names())}.",
            autocompletion=suggest_targets,
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="Kind of record. Without KIND, lms lists the kinds and their filters.",
            autocompletion=suggest_listings,
        ),
    ] = None,
    filter_: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            metavar="NAME=VALUE",
            help="Filter that the vendor applies. Can be repeated.",
            autocompletion=suggest_filters,
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Columns to print. Default: all that fit."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Write CSV to this file. lms import can read it."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, one object per row.")] = False,
    limit: RateLimit = None,
) -> None:
    """List the records that a vendor has.

    On a terminal, lms prints a table. In a pipe, it prints CSV with a header.

    \b
    Exit codes:
      0    All rows were read.
      2    Wrong usage, or the output could not be written.
      4    The vendor did not accept the credentials.
      5    The vendor is unavailable.
      70   A bug in lms.
      130  Interrupted.
    """
    target = require_listed_target(from_, "--from TARGET")
    if kind is None:
        for line in describe_listings(target):
            typer.echo(visible(line))
        return
    listing = find_listing(target, kind)
    request = ListRequest(
        target=target,
        listing=listing,
        filters=read_filters(filter_ or (), listing),
        columns=read_columns(columns, listing),
        csv=csv,
        json=json,
        limit=read_limit(limit),
        environment=read_environment(),
    )
    reporter = make_reporter(sys.stdout, sys.stderr)
    raise typer.Exit(run_until_done(run_list(request, reporter, standard_output(), sys.stderr)))


def export(
    name: TargetName = None,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            help="Folder for the files. It is created if needed.",
            show_default=False,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Export only this kind. Can be repeated.",
            autocompletion=suggest_listings,
        ),
    ] = None,
    limit: RateLimit = None,
) -> None:
    """Write the records of a vendor as CSV files.

    lms import can read these files.

    README.txt in the folder lists the commands that import the files, in order.

    \b
    Exit codes:
      0    All files were written.
      1    Some kinds were not exported, because the account may not read them.
      2    Wrong usage, or a file could not be written.
      4    The vendor did not accept the credentials.
      5    The vendor is unavailable.
      70   A bug in lms.
      130  Interrupted.
    """
    target = require_listed_target(name, "TARGET")
    if folder is None:
        raise CommandError(f"DIR is missing. For example: lms export {target.name} backup")
    request = ExportRequest(
        target=target,
        listings=exported_listings(target, only or ()),
        folder=folder,
        limit=read_limit(limit),
        environment=read_environment(),
    )
    reporter = make_reporter(sys.stdout, sys.stderr)
    raise typer.Exit(run_until_done(run_export(request, reporter, sys.stdout, sys.stderr)))
