"""``lms mapping init``: write a first mapping file for an export."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ...environment import given_variables
from ..connecting import connected
from ..credentials import Environment, read_environment, require_variables
from ..exit_codes import CommandError
from ..files.encodings import checked_name
from ..files.source import file_source
from ..files.table import Table
from ..kinds import Kind
from ..reporting.reporters import Reporter, make_reporter
from ..running import run_until_done
from ..target import Target, find_kind, find_target, target_names
from ..wording import command_line, counted
from .arguments import EncodingName
from .proposing import Proposal, propose, refuse_repeated_columns
from .translating import Translation, translations
from .writing import count_to_check, mapping_text

commands = typer.Typer(
    no_args_is_help=True, help="Keep how the columns of an export become fields, in a file."
)


@commands.callback()
def _mapping() -> None:
    """Keep ``init`` a subcommand. Typer would otherwise run the only command without its name."""


@commands.command()
def init(
    path: Annotated[Path, typer.Argument(metavar="FILE.CSV", help="An export with a header row.")],
    to: Annotated[str, typer.Option(help=f"Where to import: {', '.join(target_names())}.")],
    kind: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Kind of record. Default: the target's first kind."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="Where to write it. Default: FILE.mapping.toml."),
    ] = None,
    encoding: EncodingName = None,
) -> None:
    """Write a mapping file for an export.

    The mapping file says which column is read into which field, and how words and dates are
    translated. Its comments say what to check. It contains no names and no other data of people.
    Import with: lms import FILE.csv --mapping FILE.mapping.toml

    If credentials are set, lms looks up the vendor's roles and other records for the words of the
    file. Otherwise you fill them in.
    """
    target = find_target(to)
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


async def write_mapping(
    path: Path,
    target: Target,
    kind: Kind,
    environment: Environment | Mapping[str, str],
    reporter: Reporter,
    *,
    out: Path | None = None,
    encoding: str | None = None,
) -> Path:
    """Write a mapping file for the export at ``path``, and return its path.

    :param out: the mapping file. ``None`` puts it beside the export.
    :raises CommandError: the export cannot be read, or the mapping file exists.
    """
    out = path.with_suffix(".mapping.toml") if out is None else out
    if out.exists():
        raise CommandError(
            f"{out} exists. lms does not replace it.",
            "Rename it, or write another file with --out FILE.toml.",
        )
    table = Table.open(file_source(path), encoding=encoding)
    refuse_repeated_columns(table.header, table.source.name)
    proposal = propose(table, kind)
    found = await _translations(proposal, target, kind, environment, reporter)
    again = command_line(["lms", "import", str(path), "--mapping", str(out), "--dry-run"])
    text = mapping_text(
        proposal,
        target,
        kind,
        found,
        again=again,
        encoding=encoding,
        encoding_found="UTF-8" if table.encoding == "utf-8-sig" else table.encoding.upper(),
    )
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"{out} could not be written: {error.strerror}.") from None
    reporter.note(
        f"Wrote {out}: {counted(len(proposal.columns), 'column')} imported, "
        f"{len(proposal.ignored):,} ignored, {count_to_check(text)} to check."
    )
    reporter.note(f"Check the file, then try it without sending anything: {again}")
    return out


async def _translations(
    proposal: Proposal,
    target: Target,
    kind: Kind,
    environment: Environment | Mapping[str, str],
    reporter: Reporter,
) -> list[Translation]:
    """Look up the words with the vendor, if that is needed and credentials are there."""
    async with AsyncExitStack() as stack:
        client: Any = None
        if any(one.field in kind.references for one in proposal.columns) and _has_credentials(
            environment, target
        ):
            variables = require_variables(environment, target)
            client = await stack.enter_async_context(connected(target, variables, reporter))
        return await translations(proposal, kind, client)


def _has_credentials(environment: Environment | Mapping[str, str], target: Target) -> bool:
    """Return whether any variable of the target is set. Then all that it needs must be."""
    if not isinstance(environment, Environment):
        environment = Environment(environment)
    return any(
        given_variables(target.variables, variables)
        for variables in (environment.variables, environment.from_file)
    )
