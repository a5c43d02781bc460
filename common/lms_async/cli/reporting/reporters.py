"""What the command says, in three voices: a live bar, plain lines, and JSON.

Files are named, rows by their number; nothing that is said names a person.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol, TextIO

import attrs
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from ...events import Event
from ...outcome import RowError, Status
from ..exit_codes import Exit
from ..wording import counted, duration, escaped_json, visible
from .progress import Summary, Work
from .streams import as_raw, as_utf8
from .summary import MOST_ROWS, closing


class Reporter(Protocol):
    """Somebody who tells how it goes. ``every`` is how often to :meth:`tick`, in seconds."""

    every: float

    def note(self, text: str) -> None:
        """A line worth knowing."""

    def fault(self, lines: Sequence[str], exit_code: Exit) -> None:
        """Why it can't go on."""

    def row(self, row: int, status: Status, error: RowError, *, vendor: str = "") -> None:
        """Report a row that is not done.

        :param vendor: who decided. ``""`` for our own check, whose message contains no personal
            data. The message of a vendor may, so it is not shown.
        """

    def host(self, target: str, vendor: str, host: str, proxy: str) -> None:
        """Report the connection, before the first request.

        :param target: as given to ``--to``.
        :param host: scheme, host and port; ``""`` if the target does not tell.
        :param proxy: the proxy in use, ``""`` for none.
        """

    def begin(self, work: Work) -> None:
        """The first request with rows is about to go."""

    def event(self, event: Event) -> None:
        """The client's events."""

    def tick(self) -> None:
        """Time has passed."""

    def stop(self) -> None:
        """No row is on its way any more; the last call after :meth:`begin`, whatever happens."""

    def end(self, summary: Summary) -> None:
        """All is over."""


def make_reporter(
    out: TextIO, err: TextIO, *, json: bool = False, most_rows: float = MOST_ROWS
) -> Reporter:
    """JSON on ``out`` if that is wanted; otherwise a live bar if both go to a terminal, and plain
    lines if not, with at most ``most_rows`` rows named."""
    if json:
        return _Machine(as_utf8(out))
    kind = _Live if out.isatty() and err.isatty() else _Lines
    return kind(out, err, most_rows)


class _Lines:
    """Plain lines: notes and progress to ``err``, the summary to ``out``."""

    every = 3.0

    def __init__(self, out: TextIO, err: TextIO, most_rows: float) -> None:
        self._most_rows = most_rows
        self._out = out
        self._err = err
        self._work: Work | None = None
        self._rows_named = 0
        self._rows_left_out = 0

    def _say(self, text: str) -> None:
        self._err.write(visible(text) + "\n")

    def note(self, text: str) -> None:
        self._say(text)

    def fault(self, lines: Sequence[str], exit_code: Exit) -> None:
        for number, line in enumerate(lines):
            self._say(line if number else f"Error: {line}")

    def row(self, row: int, status: Status, error: RowError, *, vendor: str = "") -> None:
        if self._rows_named >= self._most_rows:
            self._rows_left_out += 1
            return
        self._rows_named += 1
        if status is Status.UNKNOWN:
            self._say(f"Row {row} unknown ({error.code})")
        elif vendor:
            self._say(f"Row {row} rejected by {vendor} ({error.code})")
        else:
            self._say(f"Row {row} rejected ({error.code}): {error.message}")

    def host(self, target: str, vendor: str, host: str, proxy: str) -> None:
        at = f" at {host}" if host else ""
        through = f" through the proxy {proxy}" if proxy else ""
        self._say(f"Connecting to {vendor}{at}{through}")

    def begin(self, work: Work) -> None:
        self._work = work
        self._rows_named = self._rows_left_out = 0

    def event(self, event: Event) -> None:
        """Not said: the lines of :meth:`tick` sum it up."""

    def tick(self) -> None:
        if self._work is not None:
            self._say(_progress(self._work))

    def stop(self) -> None:
        """Nothing moves here that would have to be stopped."""

    def end(self, summary: Summary) -> None:
        if self._rows_left_out:
            self._say(
                f"and {counted(self._rows_left_out, 'more row')}. The results file lists all."
            )
        for line in closing(summary, all_named=not self._rows_left_out):
            self._out.write(visible(line) + "\n")


class _Live(_Lines):
    """A bar that moves, and the lines above it."""

    every = 0.2

    def __init__(self, out: TextIO, err: TextIO, most_rows: float) -> None:
        super().__init__(out, err, most_rows)
        self._console = Console(file=as_raw(err), highlight=False, markup=False, soft_wrap=True)
        self._bar = Progress(
            BarColumn(bar_width=30),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("", visible=False)

    def _say(self, text: str) -> None:
        self._console.print(Text(visible(text)))

    def begin(self, work: Work) -> None:
        super().begin(work)
        self._bar.update(self._task, total=work.total, visible=True)
        self._bar.start()
        self.tick()

    def tick(self) -> None:
        if self._work is not None:
            self._bar.update(
                self._task, completed=self._work.finished, description=_progress(self._work)
            )
            self._bar.refresh()

    def stop(self) -> None:
        self.tick()
        self._bar.stop()


class _Machine:
    """One JSON object a line on ``out``; each has ``event``, and the last one is the ``report``."""

    every = 1.0

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._work: Work | None = None

    def _say(self, event: str, **said: object) -> None:
        self._out.write(_as_json({"event": event, **said}) + "\n")

    def note(self, text: str) -> None:
        self._say("note", text=text)

    def fault(self, lines: Sequence[str], exit_code: Exit) -> None:
        self._say("error", lines=list(lines), exit_code=exit_code)

    def row(self, row: int, status: Status, error: RowError, *, vendor: str = "") -> None:
        message = {} if vendor else {"error": error.message}
        self._say("row", row=row, status=status, error_code=error.code, **message)

    def host(self, target: str, vendor: str, host: str, proxy: str) -> None:
        self._say("host", target=target, host=host, proxy=proxy)

    def begin(self, work: Work) -> None:
        self._work = work
        self._say("begin", rows=work.total)

    def event(self, event: Event) -> None:
        self._say(_event_name(event), **attrs.asdict(event))

    def tick(self) -> None:
        if (work := self._work) is not None:
            self._say(
                "progress",
                rows=work.total,
                counts=_by_name(work.counts),
                rows_per_second=round(work.rate, 1),
                seconds_left=None if work.left is None else round(work.left, 1),
                waiting_for=work.waiting_for,
            )

    def stop(self) -> None:
        self.tick()

    def end(self, summary: Summary) -> None:
        said = attrs.asdict(summary, recurse=False)
        said["counts"] = _by_name(summary.counts)
        said["reasons"] = dict(summary.reasons)
        said["results"] = None if summary.results is None else str(summary.results)
        self._say("report", **said)


def _as_json(said: dict[str, Any]) -> str:
    try:
        line = orjson.dumps(said).decode()
    except TypeError:  # a file name that is not UTF-8: orjson does not write what stands for it
        line = json.dumps(said)
    return escaped_json(line)


def _by_name(counts: Counter[Status]) -> dict[str, int]:
    return {status.value: counts[status] for status in Status}


def _progress(work: Work) -> str:
    parts = [f"{work.finished:,} of {counted(work.total, 'row')}"]
    parts += [
        f"{work.counts[status]:,} {status}"
        for status in (Status.REJECTED, Status.UNKNOWN)
        if work.counts[status]
    ]
    parts.append(f"{work.rate:,.0f} rows/s")
    if work.left is not None:
        parts.append(f"{duration(work.left)} left")
    return ", ".join(parts) + f"; {work.waiting_for}"


def _event_name(event: Event) -> str:
    """``RequestSent`` as ``request_sent``."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", type(event).__name__).lower()
