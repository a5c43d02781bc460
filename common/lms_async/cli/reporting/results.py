"""The results file: what became of each row, in the order of the input."""

from __future__ import annotations

import csv
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ...outcome import RowError, Status
from ..exit_codes import CannotStart
from ..files.rows import InputRow
from .cells import write_cell

COLUMNS = ("row", "key", "status", "id", "error_code", "error", "earlier_run")
#: By it Excel knows the file for UTF-8.
_MARK = "\ufeff"


#: Never through a link, also one that is made at this very moment.
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


def beside(path: Path) -> Path:
    """The results file's name where none is given."""
    return path.with_name(f"{path.stem}.results.csv")


class Results:
    """A results file that is open. Each row is on the disk's side as soon as it is known, so that
    a killed run leaves a true file. What an earlier run wrote is kept until :meth:`begin`."""

    def __init__(self, path: Path, *, source: Path) -> None:
        """Make sure that ``path`` can be written.

        :raises CannotStart: it can't, it is the input itself, or not a plain file.
        """
        if str(path) == "-":
            raise CannotStart("The results must go to a file, not to -. To print them, use --json.")
        self.path = path
        existed = os.path.lexists(path)
        try:
            if existed:
                _refuse(path, source)
            self._file: IO[str] = os.fdopen(
                os.open(path, _FLAGS, mode=0o600), "a", encoding="utf-8", newline="", buffering=1
            )
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
            self._file.truncate(0)
            self._file.write(_MARK)
            self._writer.writerow(COLUMNS)
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from None
        self._begun = True

    def write(
        self,
        line: InputRow,
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
        told = (told[0], " ".join(told[1].split()))  # a sentence, on one line
        cells = (line.name, status, id or "", *told, _moment(earlier))
        try:
            self._writer.writerow([line.row, *map(write_cell, cells)])
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
        return CannotStart(f"The results file {self.path} could not be written: {error.strerror}.")


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _refuse(path: Path, source: Path) -> None:
    """Make sure that what is at ``path`` may be replaced.

    :raises CannotStart: it is the input, a link, or something that is written elsewhere.
    """
    mode = path.lstat().st_mode
    if path.exists() and source.exists() and path.samefile(source):
        raise CannotStart(f"{path} is the input file. Choose another file with --results.")
    if stat.S_ISDIR(mode):
        what = "is a folder"
    elif stat.S_ISREG(mode):
        return
    elif stat.S_ISLNK(mode):
        what = "is a symbolic link. Writing the results would overwrite the file it points to"
    else:
        what = "is a device or a pipe. To pass results to another program, use --json"
    raise CannotStart(f"{path} {what}.", "Choose another file with --results.")
