"""``lms demo``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..reporting.reporters import make_reporter
from ..running import run_until_done


def demo(
    to: Annotated[
        str | None,
        typer.Option(help="Target to demonstrate. Default: every target that has a demo."),
    ] = None,
) -> None:
    """Import 10,000 rows into a local sandbox.

    The sandbox simulates failures. This needs no account."""
    from ..demo import run_demo

    reporter = make_reporter(sys.stdout, sys.stderr)
    raise typer.Exit(run_until_done(run_demo(sys.stdout, reporter, to=to)))
