"""The options and arguments that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from ..completing.suggestions import suggest_kinds, suggest_targets
from ..target import target_names

#: The argument is optional, so that the error can list the targets: see ``require_target``.
TargetName = Annotated[
    str | None,
    typer.Argument(
        metavar="TARGET",
        help=f"One of {', '.join(target_names())}.",
        autocompletion=suggest_targets,
        show_default=False,
    ),
]
TargetOption = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="TARGET",
        help=f"Where to import: {', '.join(target_names())}.",
        autocompletion=suggest_targets,
        show_default=False,
    ),
]
RateLimit = Annotated[
    str | None,
    typer.Option(
        "--limit",
        metavar="15/5s",
        help="Rate limit: 15/5s is 15 requests per 5 seconds. Default: the target's limit.",
    ),
]
KindName = Annotated[
    str | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="Kind of record in the file. lms columns TARGET names the kinds; the first one is the "
        "default.",
        autocompletion=suggest_kinds,
    ),
]
