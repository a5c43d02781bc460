"""``lms sandbox``."""

from __future__ import annotations

from typing import Annotated

import typer

from ..rate_limit import read_limit
from ..running import run_until_done
from ..target import require_target
from .options import TargetName


def sandbox(
    name: TargetName = None,
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
    """Run a sandbox that imitates a vendor.

    It runs on this machine and has the vendor's API. Press Ctrl-C to stop it."""
    from ..sandbox import serve

    target = require_target(name, "TARGET")
    raise typer.Exit(
        run_until_done(serve(target, host=host, port=port, people=people, limit=read_limit(limit)))
    )
