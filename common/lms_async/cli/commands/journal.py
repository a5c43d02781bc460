"""``lms journal``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..journals import describe
from ..wording import visible

commands = typer.Typer(no_args_is_help=True, help="Inspect the journal of an import.")


@commands.command()
def show(
    path: Annotated[Path, typer.Argument(metavar="FILE.journal", help="The journal file.")],
) -> None:
    """Count the rows in a journal by status."""
    for line in describe(path):
        typer.echo(visible(line))
