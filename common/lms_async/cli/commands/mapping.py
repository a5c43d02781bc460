"""``lms mapping``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..credentials import read_environment
from ..files.encodings import checked_name
from ..mapping.initial import write_mapping
from ..reporting.reporters import make_reporter
from ..running import run_until_done
from ..target import find_kind, require_target
from .mapping_options import EncodingName
from .options import KindName, TargetOption

commands = typer.Typer(no_args_is_help=True, help="Write mapping files for exports.")


@commands.callback()
def _mapping() -> None:
    """Keep ``init`` a subcommand. Typer would otherwise run the only command without its name."""


@commands.command()
def init(
    path: Annotated[Path, typer.Argument(metavar="FILE.CSV", help="An export with a header row.")],
    to: TargetOption = None,
    kind: KindName = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="The new mapping file. Default: FILE.mapping.toml."),
    ] = None,
    encoding: EncodingName = None,
) -> None:
    """Write a mapping file for an export.

    The mapping file says which column becomes which field, and how words and dates are translated.
    Its comments say what to check. It contains no personal data. Then import with: lms import
    FILE.csv --mapping FILE.mapping.toml

    If credentials are set, lms looks up words such as roles with the vendor, and writes the ids
    into the mapping file. Otherwise you fill them in.
    """
    target = require_target(to, "--to TARGET")
    environment = read_environment()
    run_until_done(
        write_mapping(
            path,
            target,
            find_kind(target, kind),
            environment,
            make_reporter(sys.stdout, sys.stderr),
            out=out,
            encoding=None if encoding is None else checked_name(encoding),
        )
    )
