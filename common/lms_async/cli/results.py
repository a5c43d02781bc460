"""The results file: what became of each row, in the order of the input."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ..outcome import RowError, Status
from .exits import CannotStart
from .rows import Line

COLUMNS = ("row", "key", "status", "id", "error_code", "error", "earlier_run")
# What makes a spreadsheet take a cell for a formula and run it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def beside(path: Path) -> Path:
    """The results file's name where none is given."""
    return path.with_name(f"{path.stem}.results.csv")


class Results:
    """A results file that is open. Each row is on the disk's side as soon as it is known, so that
    a killed run leaves a true file. What an earlier run wrote is kept until :meth:`begin`."""

    def __init__(self, path: Path, *, source: Path) -> None:
        """Make sure that ``path`` can be written.

        :raises CannotStart: it can't, it is the input itself, or no file.
        """
        if str(path) == "-":
            raise CannotStart("results go into a file, not to -: for the screen there is --json")
        self.path = path
        existed = path.exists()
        try:
            if existed and path.samefile(source):
                raise CannotStart(f"{path} is the input: give another file by --results")
            self._file: IO[str] = path.open("a", encoding="utf-8", newline="", buffering=1)
        except OSError as error:
            raise self._unwritable(error) from None
        #: Why the file can't be written any more, if so.
        self.failure: CannotStart | None = None
        #: The first row that is not in it, if the file fails on the way.
        self.lack_from: int | None = None
        self._made = not existed
        self._begun = False
        self._writer = csv.writer(self._file, lineterminator="\n")

    def begin(self) -> None:
        """Empty the file and write its header.

        :raises CannotStart: it can't be written after all, e.g. because the disk is full.
        """
        try:
            if self.path.is_file():  # and not a pipe, or a terminal
                self._file.truncate(0)
            self._writer.writerow(COLUMNS)
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from None
        self._begun = True

    def write(
        self,
        line: Line,
        status: Status,
        *,
        id: str | None = None,  # noqa: A002 - the column's name
        error: RowError | None = None,
        earlier: float | None = None,
    ) -> None:
        """Write how one row ended, and when, if an ``earlier`` run did so. Once that fails nothing
        more is written, see :attr:`failure`: a file with a hole would be worse than a short one."""
        if self.failure is not None:
            return
        told = ("", "") if error is None else (error.code, error.message)
        cells = (line.name, status, id or "", *told, _moment(earlier))
        try:
            self._writer.writerow([line.row, *map(_cell, cells)])
        except OSError as failed:
            self.failure = self._unwritable(failed)
            self.lack_from = line.row

    def close(self) -> None:
        """Close the file; one that was made and never begun is taken away again."""
        try:
            self._file.close()
        except OSError as failed:  # what could not be written is tried once more, and fails again
            self.failure = self.failure or self._unwritable(failed)
        if self._made and not self._begun:
            self.path.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> CannotStart:
        return CannotStart(f"the results file {self.path} can't be written: {error.strerror}")


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _cell(text: str) -> str:
    """``text`` on one line, and as text also to a spreadsheet."""
    text = " ".join(text.splitlines()).replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULA) else text
