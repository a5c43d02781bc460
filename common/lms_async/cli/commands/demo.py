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
    """Try lms in a local sandbox.

    lms keeps a district up to date: it plans, applies and verifies the changes of OneRoster files.
    In targets that have no such demo, it imports files. The sandbox simulates failures. This needs
    no account."""
    from ..demo.checks import Screen
    from ..demo.run import run_demo

    screen = Screen(sys.stdout, sys.stderr, make_reporter(sys.stdout, sys.stderr))
    raise typer.Exit(run_until_done(run_demo(screen, to=to)))
