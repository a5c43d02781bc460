"""Run the demo of a target, or of all targets."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from ..exit_codes import CommandError, Exit
from ..proxies import without_proxy
from ..target import Target, find_target, target_names
from ..wording import duration
from .checks import Screen
from .importing import import_school
from .keeping import keep_district

#: How many rows are imported, and how many students each school of the district has.
ROWS, STUDENTS = 10_000, 450


async def run_demo(
    screen: Screen, *, to: str | None = None, rows: int = ROWS, students: int = STUDENTS
) -> Exit:
    """Run the demo of the target ``to``, or of every target that has one.

    :param rows: about how many rows to import.
    :param students: how many students each school of a district has: an even number, at least 50.
    :returns: ``DONE`` only if every check passes.
    :raises CommandError: there is no demo, or one of its steps did not end as it should.
    """
    names = target_names() if to is None else [to]
    found = (_demo_of(find_target(name), screen, rows, students) for name in names)
    demos = [demo for demo in found if demo is not None]
    if not demos:
        raise CommandError(f"{to} has no demo." if to else "No installed target has a demo.")
    clock = asyncio.get_running_loop()
    for demo in demos:
        began = clock.time()
        with without_proxy(), tempfile.TemporaryDirectory(prefix="lms-demo-") as folder:
            exit_code = await demo(Path(folder))
        screen.print(
            f"The files in {folder} were deleted.",
            f"Total time: {duration(clock.time() - began)}",
        )
        if exit_code is not Exit.DONE:
            return exit_code
    return Exit.DONE


def _demo_of(
    target: Target, screen: Screen, rows: int, students: int
) -> Callable[[Path], Awaitable[Exit]] | None:
    """Return a function that runs the demo of a target in a folder; ``None`` if it has none."""
    support = target.roster
    if support is not None and support.demo is not None:
        return partial(
            keep_district, target, support, support.demo, students=students, screen=screen
        )
    if target.demo is not None:
        return partial(import_school, target, target.demo, rows=rows, screen=screen)
    return None
