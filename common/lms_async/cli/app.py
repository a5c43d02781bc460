"""The commands and their options."""

from __future__ import annotations

import math
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated, TextIO

import typer

from .. import __version__
from ..bulk.guard import Guard
from ..errors import InvalidInput
from .credentials import read_environment
from .exit_codes import CommandError, Exit
from .files.columns import describe_fields
from .importing.request import ImportRequest
from .importing.run import run_import
from .journals import describe
from .kinds import KindOptions
from .listing.commands import export, list_
from .mapping.arguments import (
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
from .mapping.commands import commands as mapping_commands
from .mapping.options import MappingOptions, choose
from .rate_limit import read_limit
from .reporting.reporters import make_reporter
from .reporting.summary import MAX_NAMED_ROWS
from .running import run_until_done
from .target import find_kind, find_target, target_names
from .wording import command_line, quoted, visible

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they print local variables, which contain people's data
    rich_markup_mode=None,
    help="Import school rosters into a learning management system, and read them back. Every "
    "imported row gets a result.",
)

#: Options for one run only. The printed command that continues an import does not have them.
_ONCE = ("--restart", "--retry-rejected")
_KIND_HELP = "Kind of record in the file. Default: the target's first kind."


def main() -> int:
    """Run the command line and return the exit code."""
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


def read_guard(given: str | None) -> Guard | None:
    """Read ``25`` or ``5%`` as a guard.

    :raises CommandError: ``given`` has another form.
    """
    if given is None:
        return None
    try:
        return Guard(int(given) if given.strip().isdecimal() else given)
    except InvalidInput:
        raise CommandError(
            f"--max-removals {quoted(given)} is neither a number nor a share. Write 25 or 5%."
        ) from None


def confirm(question: str) -> bool:
    """Ask the person at the terminal. Ctrl-C and Ctrl-D mean no."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False
    finally:
        signal.signal(signal.SIGINT, before)


def _is_terminal(stream: TextIO | None) -> bool:
    """Return whether a person reads or writes this stream. It is ``None`` if it is closed."""
    return stream is not None and stream.isatty()


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


@app.command("import")
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
            help=f"Where to import: {', '.join(target_names())}. "
            "Can be left out if a mapping file names it."
        ),
    ] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help=_KIND_HELP)] = None,
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
        typer.Option("--dry-run", help="Check the file and send nothing."),
    ] = False,
    limit: Annotated[
        str | None,
        typer.Option(
            metavar="15/5s",
            help="Rate limit: 15/5s is 15 requests per 5 seconds. Default: the target's limit.",
        ),
    ] = None,
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
        typer.Option("--notify/--no-notify", help="Whether the vendor emails the people."),
    ] = None,
    date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The day on which people left.")
    ] = None,
    max_removals: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER",
            help="Remove at most so many records: a number, or a share such as 5%. Default: 10%, "
            "at most 200.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove records without asking first.")
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
                date=date,
            ),
            max_removals=read_guard(max_removals),
            yes=yes,
            confirm=confirm if _is_terminal(sys.stdin) and _is_terminal(sys.stderr) else None,
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


@app.command()
def columns(
    name: Annotated[
        str, typer.Argument(metavar="TARGET", help=f"One of {', '.join(target_names())}.")
    ],
    kind: Annotated[str | None, typer.Option(metavar="KIND", help=_KIND_HELP)] = None,
) -> None:
    """List the columns that a file for a target can have."""
    target = find_target(name)
    found = find_kind(target, kind)
    typer.echo(found.does)
    if kind is None and len(target.kinds) > 1:
        others = ", ".join(other.name for other in target.kinds[1:])
        typer.echo(f"Other kinds: {others}. Add --kind KIND to see their columns.")
    for line in describe_fields(found.fields, found.required):
        typer.echo(visible(line))


app.command("list")(list_)
app.command()(export)
app.add_typer(mapping_commands, name="mapping")

journal = typer.Typer(no_args_is_help=True, help="Inspect the journal of an import.")
app.add_typer(journal, name="journal")


@journal.command()
def show(
    path: Annotated[Path, typer.Argument(metavar="FILE.journal", help="The journal file.")],
) -> None:
    """Count the rows in a journal by status."""
    for line in describe(path):
        typer.echo(visible(line))


@app.command()
def demo(
    to: Annotated[
        str | None,
        typer.Option(help="Target to demonstrate. Default: every target that has a demo."),
    ] = None,
) -> None:
    """Import 10,000 rows into a local sandbox, with simulated failures. Needs no account."""
    from .demo import run_demo

    raise typer.Exit(
        run_until_done(run_demo(sys.stdout, make_reporter(sys.stdout, sys.stderr), to=to))
    )


@app.command()
def sandbox(
    name: Annotated[
        str, typer.Argument(metavar="TARGET", help=f"One of {', '.join(target_names())}.")
    ],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on. 0 picks a free port.")
    ] = 0,
    people: Annotated[int, typer.Option(min=0, help="Number of people in the sandbox.")] = 0,
    limit: Annotated[
        str | None,
        typer.Option(
            metavar="15/5s",
            help="Rate limit: 15/5s is 15 requests per 5 seconds. Default: the vendor's limit.",
        ),
    ] = None,
) -> None:
    """Run a local sandbox that imitates a vendor's API. Press Ctrl-C to stop it."""
    from .sandbox import serve

    target = find_target(name)
    raise typer.Exit(
        run_until_done(serve(target, host=host, port=port, people=people, limit=read_limit(limit)))
    )
