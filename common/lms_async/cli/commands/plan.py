"""``lms plan`` and ``lms plan show``."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from ..completing.suggestions import suggest_roster_targets, suggest_show
from ..credentials import read_environment
from ..exit_codes import CommandError
from ..listing.output import standard_output
from ..rate_limit import read_limit
from ..reporting.reporters import make_reporter
from ..roster_targets import require_roster_target
from ..running import run_until_done
from ..wording import command_line
from .options import RateLimit

PlanPath = Annotated[
    Path, typer.Argument(metavar="FILE.plan", help="The plan's file.", show_default=False)
]


def plan(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A folder or zip file with OneRoster files, or a folder of other CSV files.",
            autocompletion=suggest_show,
            show_default=False,
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="The settings of the roster.", show_default=False),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="TARGET",
            help="Vendor that has the roster.",
            autocompletion=suggest_roster_targets,
            show_default=False,
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Plan for this day, which decides who is enrolled: 2026-09-01. Default: today.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.plan",
            help="The plan's file. Default: beside the mapping, roster.plan for roster.toml.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="Also write the plan as a page for a browser. Contains people's data.",
        ),
    ] = None,
    limit: RateLimit = None,
) -> None:
    """Plan the changes of a roster.

    lms reads the school's files and the vendor's records, and compares them. It writes a plan: a
    file with every change that makes the vendor equal to the school. It changes nothing at the
    vendor. Read the plan with lms plan show, make its changes with lms apply, and check them with
    lms verify.

    lms reads credentials from environment variables, or from a .env file in the current folder.

    \b
    Exit codes:
      0    The plan is made, with or without changes.
      2    Wrong usage or input, a word in the mapping that the vendor does not have, or the output
           could not be written.
      4    The vendor did not accept the credentials, or a permission is missing.
      5    The vendor is unavailable.
      6    The plan is made, and a person has to check it: the guard refuses it, or leaves out
           removals. If it leaves out removals, lms apply makes the other changes.
      70   A bug in lms.
      130  Interrupted.
    """
    from ..planning.connecting import Account
    from ..planning.making import PlanRequest, run_plan
    from ..planning.paths import default_plan_path

    target, support = require_roster_target(to)
    if mapping is None:
        init = command_line(["lms", "roster", "init", str(source), "--to", target.name])
        raise CommandError(f"--mapping FILE.toml is missing. To write this file, run: {init}")
    request = PlanRequest(
        source=source,
        mapping=mapping,
        account=Account(
            target=target,
            support=support,
            environment=read_environment(),
            limit=read_limit(limit),
        ),
        as_of=date.today() if as_of is None else as_of.date(),
        out=out or default_plan_path(mapping),
        html=html,
    )
    reporter = make_reporter(sys.stdout, sys.stderr)
    raise typer.Exit(run_until_done(run_plan(request, reporter, sys.stdout, sys.stderr)))


def show(
    path: PlanPath,
    rows: Annotated[
        bool,
        typer.Option(
            "--rows",
            help="Print each change: a table on a terminal, otherwise CSV. Contains people's data.",
        ),
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write each change to this CSV file."),
    ] = None,
) -> None:
    """Show what a plan would do.

    Without an option, lms prints the problems of the source, the number of changes, what is left
    alone, and everything that the guard says.

    \b
    Exit codes:
      0    The plan was shown.
      2    The file is not a plan, or the output could not be written.
      70   A bug in lms.
      130  Interrupted.
    """
    from ..planning.showing import ShowRequest, run_show

    request = ShowRequest(plan=path, rows=rows, csv=csv)
    reporter = make_reporter(sys.stdout, sys.stderr)
    raise typer.Exit(run_until_done(run_show(request, reporter, standard_output(), sys.stdout)))
