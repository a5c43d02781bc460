"""Write a first mapping file for an export."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from ..connecting import connected
from ..credentials import Environment, has_credentials, require_variables
from ..exit_codes import CommandError
from ..files.source import file_source
from ..files.table import Table
from ..kinds import Kind
from ..reporting.reporters import Reporter
from ..target import Target
from ..wording import command_line, counted
from .proposing import Proposal, propose, refuse_repeated_columns
from .translating import Translation, translations
from .writing import count_to_check, mapping_text


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
    given = out
    out = path.with_suffix(".mapping.toml") if out is None else out
    if out.exists():
        raise CommandError(
            f"{out} exists. lms does not replace it.",
            "Rename it, or write another file with --out FILE.toml.",
        )
    same_command = _command(path, target, kind, given)
    table = Table.open(file_source(path), encoding=encoding, again=same_command)
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
    if proposal.removes_all:
        reporter.note(
            f"Check: an import removes the {kind.noun} of every row of {table.source.name}. If the "
            f"file also has others, write a [where] into {out}."
        )
    reporter.note(f"Check the file, then try it without sending anything: {again}")
    return out


def _command(path: Path, target: Target, kind: Kind, out: Path | None) -> str:
    words = ["lms", "mapping", "init", str(path), "--to", target.name, "--kind", kind.name]
    return command_line([*words, *([] if out is None else ["--out", str(out)])])


async def _translations(
    proposal: Proposal,
    target: Target,
    kind: Kind,
    environment: Environment | Mapping[str, str],
    reporter: Reporter,
) -> list[Translation]:
    """Look up the words with the vendor, if that is needed and credentials are set."""
    async with AsyncExitStack() as stack:
        client: Any = None
        if any(one.field in kind.references for one in proposal.columns) and has_credentials(
            environment, target
        ):
            variables = require_variables(environment, target)
            client = await stack.enter_async_context(connected(target, variables, reporter))
        return await translations(proposal, kind, client)
