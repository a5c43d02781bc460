"""End the apply of a plan at a chosen moment, as a program ends that is cancelled or killed.

A killed program leaves its files as they are at that moment, and sends nothing more. So the folder
of the journals is copied, the vendor is cut off until the program has ended, and the next run finds
the copy.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import attrs

from lms_async.errors import LmsError
from lms_async.roster import ApplyReport, Plan
from tests.roster.world import World


@attrs.frozen
class Kill:
    """When a run ends.

    :param how: ``cancel`` at a request; killed ``before`` or ``after`` the vendor has acted on a
        request; or killed while ``writing``, between two SQL statements.
    :param at: which request or statement, counted from 0.
    """

    how: Literal["cancel", "before", "after", "writing"]
    at: int


async def apply_with_kills(
    world: World, made: Plan, folder: Path, kills: list[Kill]
) -> ApplyReport:
    """Apply the plan, again after each time that the run was killed or an error has stopped it.

    :param kills: the moments, one per run. Those that were reached are removed.
    """
    errors = []
    while len(errors) < 20:
        kill = kills.pop(0) if kills else None
        try:
            report = await _Run(world, folder, kill).apply(made)
        except LmsError as error:
            errors.append(error)
        else:
            if report is not None and report.stop_reason is None:
                return report
            if report is not None:
                errors.append(report.stop_reason)
    raise AssertionError(f"the plan can't be applied: {errors}")


class _Run:
    """One run of the program."""

    def __init__(self, world: World, folder: Path, kill: Kill | None) -> None:
        self._world, self._folder, self._kill = world, folder, kill
        self._left = -1 if kill is None else kill.at
        self._copy = folder.with_name(f"{folder.name}.killed")
        self._task: asyncio.Task[ApplyReport] | None = None
        self._was_killed = False

    async def apply(self, made: Plan) -> ApplyReport | None:
        """Apply the plan. Return ``None`` if the run was ended."""
        try:
            async with self._world.connect() as target:
                with self._watching():
                    self._task = asyncio.ensure_future(made.apply(target, journal=self._folder))
                    report: ApplyReport | None = await self._task
        except asyncio.CancelledError:
            report = None
        except LmsError:
            if not self._was_killed:
                raise
        finally:
            if self._was_killed:
                shutil.rmtree(self._folder, ignore_errors=True)
                if self._copy.exists():
                    self._copy.rename(self._folder)
                self._world.reconnect()
        return None if self._was_killed else report

    @contextmanager
    def _watching(self) -> Iterator[None]:
        how = None if self._kill is None else self._kill.how
        connect = sqlite3.connect

        def connect_traced(*args: Any, **options: Any) -> sqlite3.Connection:
            database = connect(*args, **options)
            if Path(str(args[0])).parent == self._folder:
                database.set_trace_callback(lambda _: self._pass())
            return database

        if how == "writing":
            sqlite3.connect = connect_traced  # type: ignore[assignment]
        elif how is not None:
            self._world.on_request = self._pass
        try:
            yield
        finally:
            sqlite3.connect = connect
            self._world.on_request = lambda: None

    def _pass(self) -> None:
        """Pass a request or statement, or end the run here."""
        self._left -= 1
        if self._left != -1 or self._task is None:
            return
        if self._kill is not None and self._kill.how != "cancel":
            self._was_killed = True
            if self._folder.exists():
                shutil.copytree(self._folder, self._copy)
            if self._kill.how == "after":
                asyncio.get_running_loop().call_soon(self._world.cut_off)
            else:
                self._world.cut_off()
        self._task.cancel()
