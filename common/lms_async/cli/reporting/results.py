"""Write the results file: what happened to each row, in the order of the input."""

from __future__ import annotations

import codecs
import csv
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ...outcome import RowError, Status
from ..exit_codes import CommandError
from ..files.rows import InputRow
from .cells import write_cell

COLUMNS = ("row", "key", "status", "id", "error_code", "error", "earlier_run", "change")
#: The byte-order mark by which Excel recognizes UTF-8.
_MARK = "\ufeff"
#: How every results file begins. Those of earlier versions have no byte-order mark.
_BEGINNING = b"row,key,status,id,"


#: O_NOFOLLOW refuses a symbolic link even if it was created a moment ago.
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


def default_results_path(path: Path, kind: str = "") -> Path:
    """Return the results file for the input at ``path``, beside it.

    :param kind: the kind of record, for a part of the name. The name of a file such as
        ``courses.csv`` already says it.
    """
    name = path.stem if kind in ("", path.stem) else f"{path.stem}.{kind}"
    return path.with_name(f"{name}.results.csv")


class ResultsFile:
    """An open results file.

    Each row is handed to the operating system at once, so a killed import leaves a correct file.
    The results of an earlier run are kept until :meth:`begin`.
    """

    def __init__(self, path: Path, *, source: Path) -> None:
        """Open the file for writing, without changing it.

        :param source: the input file.
        :raises CommandError: ``path`` is the input, is not a plain file, or cannot be written.
        """
        if str(path) == "-":
            raise CommandError("Results must go to a file, not to -. To print them, use --json.")
        self.path = path
        existed = os.path.lexists(path)
        try:
            if existed:
                _check_replaceable(path, source)
            self._file: IO[str] = os.fdopen(
                os.open(path, _FLAGS, mode=0o600), "a", encoding="utf-8", newline="", buffering=1
            )
            if existed and hasattr(os, "fchmod"):  # other users may have been able to read it
                os.fchmod(self._file.fileno(), 0o600)
        except OSError as error:
            raise self._unwritable(error) from None
        #: Why writing failed; ``None`` if it did not.
        self.failure: CommandError | None = None
        #: The number of the first row that is missing because writing failed.
        self.lack_from: int | None = None
        self._made = not existed
        self._begun = False
        self._writer = csv.writer(self._file, lineterminator="\n")

    def begin(self) -> None:
        """Empty the file and write its header.

        :raises CommandError: it cannot be written, for example because the disk is full.
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
        row: InputRow,
        status: Status,
        *,
        id: str | None = None,  # noqa: A002 - the column's name
        error: RowError | None = None,
        earlier: float | None = None,
        change: str | None = None,
    ) -> None:
        """Write the result of one row.

        If writing fails, :attr:`failure` is set and nothing more is written: a short file is
        better than a file with a gap.

        :param earlier: when an earlier run finished the row, in seconds since 1970.
        :param change: what the row changed at the vendor, if that is known.
        """
        if self.failure is not None:
            return
        # Line breaks are removed from the message: each row stays on one line.
        reason = ("", "") if error is None else (error.code, " ".join(error.message.split()))
        cells = (row.name, status, id or "", *reason, _timestamp(earlier), change or "")
        try:
            self._writer.writerow([row.number, *map(write_cell, cells)])
        except OSError as failed:
            self.failure = self._unwritable(failed)
            self.lack_from = row.number

    def close(self) -> None:
        """Close the file. Delete the file if this run created it and wrote nothing."""
        try:
            self._file.close()
        except OSError as failed:  # closing writes again what could not be written before
            self.failure = self.failure or self._unwritable(failed)
        if self._made and not self._begun:
            self.path.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> CommandError:
        return CommandError(f"The results file {self.path} could not be written: {error.strerror}.")


def _timestamp(seconds: float | None) -> str:
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _check_replaceable(path: Path, source: Path) -> None:
    """Make sure that the file at ``path`` may be replaced.

    :raises CommandError: it is the input, a folder, a link, a device, or not a results file.
    """
    mode = path.lstat().st_mode
    if path.exists() and source.exists() and path.samefile(source):
        raise CommandError(f"{path} is the input file. Choose another file with --results.")
    if stat.S_ISDIR(mode):
        what = "is a folder"
    elif stat.S_ISREG(mode):
        what = _why_not_replaceable(path)
        if not what:
            return
    elif stat.S_ISLNK(mode):
        what = "is a symbolic link. Writing the results would overwrite the file it points to"
    else:
        what = "is a device or a pipe. To pass results to another program, use --json"
    raise CommandError(f"{path} {what}.", "Choose another file with --results.")


def _why_not_replaceable(path: Path) -> str:
    """Return why a plain file may not be replaced; blank if it is empty or a results file.

    A mistake in ``--results`` must not destroy another file.
    """
    if path.stat().st_nlink > 1:
        return "has a second name (a hard link), and would be overwritten under both"
    with path.open("rb") as file:
        start = file.read(len(codecs.BOM_UTF8 + _BEGINNING)).removeprefix(codecs.BOM_UTF8)
    if not start or start.startswith(_BEGINNING):
        return ""
    return "is not a results file, and would be overwritten"
