"""Run a command of a roster, and turn its errors into an exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TextIO

from ...errors import LmsError
from ..exit_codes import CommandError, Exit
from ..importing.interrupts import InterruptHandler
from ..reporting.reporters import Reporter
from ..reporting.streams import check_written
from ..wording import visible
from .errors import command_error


async def run_reported(
    work: Callable[[InterruptHandler], Awaitable[Exit]],
    reporter: Reporter,
    out: TextIO,
    *,
    if_stopped: str,
) -> Exit:
    """Return the exit code of ``work``, and report the error that ends it.

    :param work: takes the handler of interrupts. Ctrl-C cancels it, unless it changes that.
    :param out: what ``work`` prints to. If this output is lost, the command fails.
    :param if_stopped: what an interrupted command has not done, e.g. ``"No plan was made."``
    """
    exit_code = Exit.DONE
    with InterruptHandler() as interrupts:
        try:
            exit_code = await work(interrupts)
            check_written(out)
        except CommandError as error:
            failure = error
        except LmsError as error:
            failure = command_error(error)
        except asyncio.CancelledError:
            if not interrupts.count:
                raise
            failure = CommandError(f"Interrupted. {if_stopped}", exit_code=Exit.INTERRUPTED)
        else:
            return exit_code
        reporter.error(failure.lines, failure.exit_code)
        return exit_code or failure.exit_code


def print_lines(out: TextIO, lines: Iterable[str]) -> None:
    """Print ``lines``, with control characters as escapes."""
    for line in lines:
        out.write(f"{visible(line)}\n")
