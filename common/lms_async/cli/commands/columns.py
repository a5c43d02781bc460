"""``lms columns``."""

from __future__ import annotations

import typer

from ..files.columns import describe_fields
from ..target import find_kind, require_target
from ..wording import visible
from .options import KindName, TargetName


def columns(
    name: TargetName = None,
    kind: KindName = None,
) -> None:
    """List the columns that a file can have."""
    target = require_target(name, "TARGET")
    found = find_kind(target, kind)
    typer.echo(found.does)
    if kind is None and len(target.kinds) > 1:
        others = ", ".join(other.name for other in target.kinds[1:])
        typer.echo(f"Other kinds: {others}. Add --kind KIND to see their columns.")
    for line in describe_fields(found.fields, found.required):
        typer.echo(visible(line))
