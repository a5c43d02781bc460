"""``lms sandbox``: run a target's sandbox until Ctrl-C."""

from __future__ import annotations

import asyncio
import shlex

from .exit_codes import CommandError, Exit
from .importing.interrupts import InterruptHandler
from .target import Target


async def serve(
    target: Target, *, host: str, port: int, people: int, limit: tuple[int, float] | None
) -> Exit:
    """Run the sandbox of ``target``, and print the variables that point a client to it.

    :raises CommandError: the address is not available.
    """
    over = asyncio.Event()
    with InterruptHandler() as interrupts:
        interrupts.on_interrupt = over.set
        sandbox = target.sandbox(people=people, limit=limit, host=host, port=port)
        try:
            served = await sandbox.__aenter__()
        except OSError as error:
            raise CommandError(
                f"Port {port} is not available on {host}: {error.strerror}. Choose another with "
                "--port."
            ) from None
        try:
            print(  # noqa: T201 - this is what the command is for
                f"# {target.vendor} sandbox with {people:,} people at {served.server.base_url}",
                "# Press Ctrl-C to stop. To use the sandbox from another terminal, run there:",
                *(f"export {name}={shlex.quote(v)}" for name, v in served.environment.items()),
                sep="\n",
                flush=True,
            )
            await over.wait()
        finally:
            await sandbox.__aexit__(None, None, None)
    return Exit.DONE
