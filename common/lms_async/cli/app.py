"""The command ``lms``: its subcommands, which are in :mod:`~.commands`, put together."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .. import __version__
from .commands import journal, mapping, roster
from .commands.apply import apply, verify
from .commands.columns import columns
from .commands.completion import completion
from .commands.demo import demo
from .commands.doctor import doctor
from .commands.import_ import import_
from .commands.listing import export, list_
from .commands.plan import plan, show
from .commands.sandbox import sandbox
from .completing.answering import is_asked, suggestions
from .exit_codes import CommandError, Exit
from .reporting.reporters import make_reporter


class _Commands(TyperGroup):
    """Commands whose name may have two words, such as ``plan show`` besides ``plan``."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command of the first words, and the other words."""
        two = " ".join(args[:2])
        if two in self.commands and len(args) > 1:
            args = [two, *args[2:]]
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Return what Tab can suggest: the names of one word."""
        return [one for one in super().shell_complete(ctx, incomplete) if " " not in one.value]


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables, which contain people's data
    rich_markup_mode=None,
    help="Import school rosters into a learning management system, and read them back. Every "
    "imported row gets a result.",
)


def main() -> int:
    """Run the command line and return the exit code."""
    if is_asked(os.environ):
        for line in suggestions(typer.main.get_command(app), os.environ):
            typer.echo(line)
        return 0
    try:
        exit_code = app(standalone_mode=True)
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else Exit.BUG
    except CommandError as error:
        make_reporter(sys.stdout, sys.stderr).error(error.lines, error.exit_code)
        return error.exit_code
    except Exception:  # noqa: BLE001 - Python's own exit code 1 means "some rows were rejected"
        traceback.print_exc()
        return Exit.BUG
    return int(exit_code or 0)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lms {__version__}")
        raise typer.Exit


@app.callback()
def _lms(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


app.command("import")(import_)
app.command()(columns)
app.command("list")(list_)
app.command()(export)
app.command()(plan)
app.command("plan show")(show)
app.command()(apply)
app.command()(verify)
app.add_typer(mapping.commands, name="mapping")
app.add_typer(roster.commands, name="roster")
app.add_typer(journal.commands, name="journal")
app.command()(completion)
app.command()(doctor)
app.command()(demo)
app.command()(sandbox)
