"""``lms roster``."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from ..credentials import read_environment
from ..files.encodings import checked_name
from ..rate_limit import read_limit
from ..reporting.reporters import make_reporter
from ..roster_targets import require_roster_target
from ..running import run_until_done
from .mapping_options import EncodingName
from .options import RateLimit, TargetOption

commands = typer.Typer(no_args_is_help=True, help="Write the settings of a roster for lms plan.")


@commands.callback()
def _roster() -> None:
    """Keep ``init`` a subcommand. Typer would otherwise run the only command without its name."""


@commands.command()
def init(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="A folder or zip file with OneRoster files, or a folder of other CSV files.",
        ),
    ],
    to: TargetOption = None,
    out: Annotated[Path, typer.Option(metavar="FILE.toml", help="The new mapping file.")] = Path(
        "roster.toml"
    ),
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="The day of the first plan, such as 2027-08-16. Default: today.",
            show_default=False,
        ),
    ] = None,
    encoding: EncodingName = None,
    limit: RateLimit = None,
) -> None:
    """Write the mapping file of a roster.

    The mapping file says which ids the vendor has, which role, school and term of the school is
    which at the vendor, and what a plan may do. Its comments say what was found on both sides, and
    what to check. It contains no data of people.

    If credentials are set, lms reads all records of the vendor, and changes nothing. Without
    credentials, fill in the vendor's words yourself.
    """
    # Other commands do not need the roster, and start faster without it.
    from ..roster_init.run import write_roster_mapping

    target, support = require_roster_target(to)
    run_until_done(
        write_roster_mapping(
            source,
            target,
            support,
            read_environment(),
            make_reporter(sys.stdout, sys.stderr),
            sys.stderr,
            out=out,
            as_of=date.today() if as_of is None else as_of.date(),
            encoding=None if encoding is None else checked_name(encoding),
            limit=read_limit(limit),
        )
    )
