"""The options and arguments that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from ..target import target_names

TargetName = Annotated[
    str, typer.Argument(metavar="TARGET", help=f"One of {', '.join(target_names())}.")
]
KindName = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="Kind of record in the file. Default: the target's first kind.",
    ),
]
