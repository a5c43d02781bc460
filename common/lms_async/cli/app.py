"""The commands, and what is taken from the command line."""

from __future__ import annotations

import asyncio
import math
import re
import signal
import sys
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from .. import __version__
from .columns import described
from .credentials import read_environment
from .encodings import checked_name
from .exit_codes import CannotStart, Exit
from .importing import Order, run_import
from .journals import shown
from .reporters import make_reporter
from .summary import MOST_ROWS
from .target import find_target, target_names
from .wording import command_line, quoted, visible

T = TypeVar("T")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables, and with them people
    rich_markup_mode=None,
    help="Move school rosters into a learning management system, every row accounted for.",
)

#: What is meant for one run, and not for the one that goes on with it.
_ONCE = ("--restart", "--retry-rejected")
_LIMIT = re.compile(r"(\d{1,6})/(\d{1,5}(?:\.\d{1,3})?)s", re.ASCII)


def main() -> int:
    """Run the command line; gives the exit code."""
    try:
        ended = app(standalone_mode=True)
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else Exit.BUG
    except CannotStart as why:
        make_reporter(sys.stdout, sys.stderr).fault(why.lines, why.exit_code)
        return why.exit_code
    except Exception:  # noqa: BLE001 - else Python would end with 1, "some rows were rejected"
        traceback.print_exc()
        return Exit.BUG
    return int(ended or 0)


def read_limit(given: str | None) -> tuple[int, float] | None:
    """``15/5s`` as (15, 5.0).

    :raises CannotStart: it is not of this form, or has a zero in it.
    """
    if given is None:
        return None
    read = _LIMIT.fullmatch(given.strip())
    limit = (int(read[1]), float(read[2])) if read else (0, 0.0)
    if not all(limit):
        raise CannotStart(
            f"--limit {quoted(given)} must be requests and seconds, both above 0, such as 15/5s"
        )
    return limit


def _run(work: Coroutine[Any, Any, T]) -> T:
    # Until here an interrupt ends the program at once, see lms_command.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:  # typer would make it 1, "some rows were rejected"
        raise typer.Exit(Exit.INTERRUPTED) from None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lms {__version__}")
        raise typer.Exit


@app.callback()
def _lms(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command("import")
def import_(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE.CSV", help="The rows, with a header; - for standard input."),
    ],
    to: Annotated[str, typer.Option(help=f"Where to: {', '.join(target_names())}.")],
    update_existing: Annotated[
        bool,
        typer.Option("--update-existing", help="Change those that exist; else they are rejected."),
    ] = False,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar='FIELD="Column"', help="Which column holds a field."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar='"Column"', help="A column to leave out.")
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The encoding of a file that is not UTF-8."),
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(help="Where every row's end is written; by default beside the input."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check only; no request is made.")
    ] = False,
    limit: Annotated[
        str | None,
        typer.Option(metavar="15/5s", help="Most requests in so many seconds."),
    ] = None,
    allow_odd_ids: Annotated[
        bool,
        typer.Option("--allow-odd-ids", help="Send ids such as NULL or 1.2E+05 as they are."),
    ] = False,
    restart: Annotated[
        bool,
        typer.Option("--restart", help="Send all rows, also those that an earlier run settled."),
    ] = False,
    retry_rejected: Annotated[
        bool,
        typer.Option(
            "--retry-rejected", help="Send those again that the vendor rejected in an earlier run."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Import the rows of a CSV file.

    A journal beside the results notes what became of each row. Run again, the same command sends
    only what is not settled, and rows that were changed since.

    Credentials come from the environment, or from a file .env in this folder.

    Exit codes: 0 all done, 1 some rows rejected, 2 bad usage or input, 3 some rows unknown, 4 not
    authorized, 5 vendor unreachable, 130 interrupted.
    """
    # Nothing but the screen tells of the rows of a dry run.
    most_rows = math.inf if dry_run else MOST_ROWS
    say = make_reporter(sys.stdout, sys.stderr, json=json, most_rows=most_rows)
    try:
        order = Order(
            path=path,
            target=find_target(to),
            environment={} if dry_run else read_environment(),
            update_existing=update_existing,
            maps=map_ or (),
            ignored=ignore or (),
            results=results,
            dry_run=dry_run,
            allow_odd_ids=allow_odd_ids,
            encoding=None if encoding is None else checked_name(encoding),
            limit=read_limit(limit),
            restart=restart,
            retry_rejected=retry_rejected,
            again=command_line(["lms", *(word for word in sys.argv[1:] if word not in _ONCE)]),
        )
    except CannotStart as why:
        say.fault(why.lines, why.exit_code)
        raise typer.Exit(why.exit_code) from None
    raise typer.Exit(_run(run_import(order, say)).exit_code)


@app.command()
def columns(
    name: Annotated[str, typer.Argument(metavar="TARGET", help=f"{', '.join(target_names())}.")],
) -> None:
    """Say which columns a file may have."""
    target = find_target(name)
    for line in described(target.fields, target.needed):
        typer.echo(visible(line))


journal = typer.Typer(no_args_is_help=True, help="The journals that imports keep.")
app.add_typer(journal, name="journal")


@journal.command()
def show(
    path: Annotated[Path, typer.Argument(metavar="FILE.journal", help="The journal.")],
) -> None:
    """Say what a journal knows: how many rows ended how, and when it was written."""
    for line in shown(path):
        typer.echo(visible(line))


@app.command()
def demo(
    to: Annotated[
        str | None,
        typer.Option(help="Of which target; by default of each that has a demonstration."),
    ] = None,
) -> None:
    """Import 10,000 rows into a sandbox on this machine, with faults on the way."""
    from .demo import run_demo

    raise typer.Exit(_run(run_demo(sys.stdout, make_reporter(sys.stdout, sys.stderr), to=to)))


@app.command()
def sandbox(
    name: Annotated[str, typer.Argument(metavar="TARGET", help=f"{', '.join(target_names())}.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 0,
    people: Annotated[int, typer.Option(min=0, help="How many people are in it.")] = 0,
    limit: Annotated[
        str | None, typer.Option(metavar="15/5s", help="Most requests in so many seconds.")
    ] = None,
) -> None:
    """Serve a stand-in for a vendor on this machine, until Ctrl-C."""
    from .serving import serve

    target = find_target(name)
    raise typer.Exit(
        _run(serve(target, host=host, port=port, people=people, limit=read_limit(limit)))
    )
