"""Show on standard error how much has been read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol, TextIO

import attrs
from rich.console import Console
from rich.status import Status

from ..reporting.streams import as_raw
from ..wording import counted

#: Seconds between two lines, if standard error is not a terminal. Short lists print none.
_EVERY = 10.0
#: Seconds between two updates of a terminal.
_REFRESH = 0.2


class Shown(Protocol):
    """Something whose state changes."""

    @property
    def text(self) -> str:
        """The state as one line."""


@attrs.define
class RowCount:
    """What is read, and how many rows so far."""

    name: str
    rows: int = 0

    @property
    def text(self) -> str:
        """The state as one line."""
        return f"Reading {self.name}: {counted(self.rows, 'row')}"


@asynccontextmanager
async def shown_on(err: TextIO, shown: Shown) -> AsyncIterator[None]:
    """Show the state until the end of the context: as one changing line, or as several lines."""
    task = asyncio.create_task(_live(err, shown) if err.isatty() else _lines(err, shown))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _live(err: TextIO, shown: Shown) -> None:
    console = Console(file=as_raw(err), highlight=False, markup=False)
    with Status(shown.text, console=console) as status:
        while True:
            await asyncio.sleep(_REFRESH)
            status.update(shown.text)


async def _lines(err: TextIO, shown: Shown) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        err.write(f"{shown.text}\n")
