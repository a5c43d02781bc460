"""Report a running import as a live progress bar, as plain lines, or as JSON.

Files are named by path and rows by number. Nothing that is printed contains personal data.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol, TextIO

import attrs
import orjson
from rich import progress as rich_progress
from rich.console import Console
from rich.table import Column
from rich.text import Text

from ...events import Event
from ...outcome import RowError, Status
from ..exit_codes import Exit
from ..wording import counted, duration, escaped_json, listed, visible
from .progress import Progress
from .streams import as_raw, as_utf8
from .summary import MAX_NAMED_ROWS, Summary, summary_lines

#: Values of ``TERM`` for terminals that cannot move the cursor.
_DUMB = ("dumb", "unknown")
#: A terminal with fewer columns shows no bar, to leave room for the text.
_NARROW = 80


class Reporter(Protocol):
    """Shows the user how an import goes. ``every``: seconds between calls of :meth:`tick`."""

    every: float

    def note(self, text: str) -> None:
        """Report something worth knowing."""

    def error(self, lines: Sequence[str], exit_code: Exit) -> None:
        """Report why the command cannot continue."""

    def row(self, row: int, status: Status, error: RowError, *, vendor: str = "") -> None:
        """Report a row that is not done.

        :param error: its ``fields`` have names of our fields only.
        :param vendor: the vendor that rejected the row, or ``""`` for our own check. A vendor's
            message may contain personal data, so it is not printed; our own contains none.
        """

    def host(self, target: str, vendor: str, host: str, proxy: str) -> None:
        """Report the connection, before the first request.

        :param target: as given to ``--to``.
        :param host: scheme, host and port; ``""`` if the client has no base URL.
        :param proxy: the proxy in use, ``""`` for none.
        """

    def begin(self, progress: Progress) -> None:
        """Start to report ``progress``, before the first rows are sent."""

    def event(self, event: Event) -> None:
        """Report one of the client's events."""

    def tick(self) -> None:
        """Show the progress as it is now."""

    def stop(self) -> None:
        """Stop reporting progress. Always called after :meth:`begin`."""

    def end(self, summary: Summary) -> None:
        """Report how the import ended."""


def make_reporter(
    out: TextIO, err: TextIO, *, json: bool = False, most_rows: float = MAX_NAMED_ROWS
) -> Reporter:
    """Return a reporter: JSON if asked for, a live bar on a terminal, otherwise plain lines.

    :param most_rows: how many rows are printed at most. JSON always has all of them.
    """
    if json:
        return _Json(as_utf8(out))
    dumb = os.environ.get("TERM", "").lower() in _DUMB
    kind = _Live if out.isatty() and err.isatty() and not dumb else _Lines
    return kind(out, err, most_rows)


class _Lines:
    """Plain lines: notes and progress to ``err``, the summary to ``out``."""

    every = 3.0

    def __init__(self, out: TextIO, err: TextIO, most_rows: float) -> None:
        self._most_rows = most_rows
        self._out = out
        self._err = err
        self._progress: Progress | None = None
        self._rows_named = 0
        self._rows_left_out = 0

    def _print(self, text: str) -> None:
        self._err.write(visible(text) + "\n")

    def note(self, text: str) -> None:
        self._print(text)

    def error(self, lines: Sequence[str], exit_code: Exit) -> None:
        for number, line in enumerate(lines):
            self._print(line if number else f"Error: {line}")

    def row(self, row: int, status: Status, error: RowError, *, vendor: str = "") -> None:
        if self._rows_named >= self._most_rows:
            self._rows_left_out += 1
            return
        self._rows_named += 1
        if status is Status.UNKNOWN:
            self._print(f"Row {row} unknown ({error.code})")
        elif vendor:
            because = f", because of {listed(list(error.fields))}" if error.fields else ""
            self._print(f"Row {row} rejected by {vendor} ({error.code}){because}")
        else:
            self._print(f"Row {row} rejected ({error.code}): {error.message}")

    def host(self, target: str, vendor: str, host: str, proxy: str) -> None:
        at = f" at {host}" if host else ""
        through = f" through the proxy {proxy}" if proxy else ""
        self._print(f"Connecting to {vendor}{at}{through}")

    def begin(self, progress: Progress) -> None:
        self._progress = progress
        self._rows_named = self._rows_left_out = 0

    def event(self, event: Event) -> None:
        """Print nothing: :meth:`tick` sums the events up."""

    def tick(self) -> None:
        if self._progress is not None:
            self._print(_progress_text(self._progress))

    def stop(self) -> None:
        """Do nothing: there is no bar to stop."""

    def end(self, summary: Summary) -> None:
        if self._rows_left_out:
            self._print(
                f"Not shown: {counted(self._rows_left_out, 'more row')}. "
                "The results file lists all of them."
            )
        for line in summary_lines(summary, all_named=not self._rows_left_out):
            self._out.write(visible(line) + "\n")


class _Live(_Lines):
    """A live progress bar with lines above it."""

    every = 0.2

    def __init__(self, out: TextIO, err: TextIO, most_rows: float) -> None:
        super().__init__(out, err, most_rows)
        self._console = Console(file=as_raw(err), highlight=False, markup=False, soft_wrap=True)
        text = rich_progress.TextColumn(
            "{task.description}", markup=False, table_column=Column(no_wrap=False)
        )
        bar = rich_progress.BarColumn(bar_width=30)
        columns = [text] if self._console.width < _NARROW else [bar, text]
        self._bar = rich_progress.Progress(*columns, console=self._console, auto_refresh=False)
        self._task = self._bar.add_task("", visible=False)

    def _print(self, text: str) -> None:
        self._console.print(Text(visible(text)))

    def begin(self, progress: Progress) -> None:
        super().begin(progress)
        self._bar.update(self._task, total=progress.total, visible=True)
        self._bar.start()
        self.tick()

    def tick(self) -> None:
        if self._progress is not None:
            self._bar.update(
                self._task,
                completed=self._progress.finished,
                description=_progress_text(self._progress),
            )
            self._bar.refresh()

    def stop(self) -> None:
        self.tick()
        self._bar.stop()


class _Json:
    """Print one JSON object per line. Each has ``event``; the last one is the ``report``."""

    every = 1.0

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._progress: Progress | None = None

    def _print(self, event: str, **fields: object) -> None:
        self._out.write(_as_json({"event": event, **fields}) + "\n")

    def note(self, text: str) -> None:
        self._print("note", text=text)

    def error(self, lines: Sequence[str], exit_code: Exit) -> None:
        self._print("error", lines=list(lines), exit_code=exit_code)

    def row(self, row: int, status: Status, error: RowError, *, vendor: str = "") -> None:
        message: dict[str, object] = {} if vendor else {"error": error.message}
        fields = list(error.fields)
        self._print("row", row=row, status=status, error_code=error.code, fields=fields, **message)

    def host(self, target: str, vendor: str, host: str, proxy: str) -> None:
        self._print("host", target=target, host=host, proxy=proxy)

    def begin(self, progress: Progress) -> None:
        self._progress = progress
        self._print("begin", rows=progress.total)

    def event(self, event: Event) -> None:
        # The fields that a repr leaves out are not for logs.
        fields = attrs.asdict(event, recurse=False, filter=lambda field, _: bool(field.repr))
        self._print(_event_name(event), **fields)

    def tick(self) -> None:
        if (progress := self._progress) is not None:
            self._print(
                "progress",
                rows=progress.total,
                counts=_by_name(progress.counts),
                rows_per_second=round(progress.rate, 1),
                seconds_left=None if progress.left is None else round(progress.left, 1),
                waiting_for=progress.waiting_for,
            )

    def stop(self) -> None:
        self.tick()

    def end(self, summary: Summary) -> None:
        report = attrs.asdict(summary, recurse=False)
        report["counts"] = _by_name(summary.counts)
        report["reasons"] = dict(summary.reasons)
        report["results"] = None if summary.results is None else str(summary.results)
        self._print("report", **report)


def _as_json(fields: dict[str, Any]) -> str:
    try:
        line = orjson.dumps(fields).decode()
    except TypeError:  # orjson cannot write file names that are not UTF-8
        line = json.dumps(fields)
    return escaped_json(line)


def _by_name(counts: Counter[Status]) -> dict[str, int]:
    return {status.value: counts[status] for status in Status}


def _progress_text(progress: Progress) -> str:
    parts = [f"{progress.finished:,} of {counted(progress.total, 'row')}"]
    parts += [
        f"{progress.counts[status]:,} {status}"
        for status in (Status.REJECTED, Status.UNKNOWN)
        if progress.counts[status]
    ]
    parts.append(f"{progress.rate:,.0f} rows/s")
    if progress.left is not None:
        parts.append(f"{duration(progress.left)} left")
    return ", ".join(parts) + f"; {progress.waiting_for}"


def _event_name(event: Event) -> str:
    """``RequestSent`` as ``request_sent``."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", type(event).__name__).lower()
