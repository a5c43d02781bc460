"""``lms sandbox``: a stand-in for a vendor, served until Ctrl-C."""

from __future__ import annotations

import asyncio
import shlex

from .exit_codes import CannotStart, Exit
from .interrupts import Interrupts
from .target import Target


async def serve(
    target: Target, *, host: str, port: int, people: int, limit: tuple[int, float] | None
) -> Exit:
    """Run ``target``'s sandbox, and print the variables that point a client to it.

    :raises CannotStart: it can't listen on this host and port.
    """
    over = asyncio.Event()
    with Interrupts() as interrupts:
        interrupts.react = over.set
        sandbox = target.sandbox(people=people, limit=limit, host=host, port=port)
        try:
            served = await sandbox.__aenter__()
        except OSError as error:
            raise CannotStart(f"port {port} can't be used on {host}: {error.strerror}") from None
        try:
            print(  # noqa: T201 - this is what the command is for
                f"# a sandbox of {target.name} with {people:,} people, "
                f"at {served.server.base_url}; Ctrl-C ends it",
                *(f"export {name}={shlex.quote(v)}" for name, v in served.environment.items()),
                sep="\n",
                flush=True,
            )
            await over.wait()
        finally:
            await sandbox.__aexit__(None, None, None)
    return Exit.DONE
