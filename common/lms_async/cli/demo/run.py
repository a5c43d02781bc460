"""Run the demo of a target, or of all targets."""

from __future__ import annotations

import asyncio
import tempfile
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
    targets = [
        target
        for name in names
        if (target := find_target(name)).demo is not None or _keeps_district(target)
    ]
    if not targets:
        raise CommandError(f"{to} has no demo." if to else "No installed target has a demo.")
    clock = asyncio.get_running_loop()
    for target in targets:
        began = clock.time()
        with without_proxy(), tempfile.TemporaryDirectory(prefix="lms-demo-") as folder:
            if _keeps_district(target):
                exit_code = await keep_district(target, Path(folder), students, screen)
            else:
                exit_code = await import_school(target, Path(folder), rows, screen)
        screen.print(
            f"The files in {folder} were deleted.",
            f"Total time: {duration(clock.time() - began)}",
        )
        if exit_code is not Exit.DONE:
            return exit_code
    return Exit.DONE


def _keeps_district(target: Target) -> bool:
    return target.roster is not None and target.roster.demo is not None
