"""The record beside the journals of a plan: which plan it is, and the outcomes that are not done.

The file ``outcomes.db`` is a SQLite database that only its owner can read. While a plan is applied,
the file is locked, so that the same plan is not applied twice at the same time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from ...errors import JournalFailed, JournalUnusable
from ...journal.key import make_private
from ...outcome import Outcome, RowError, Status
from ..changes import Change
from ..plan_files.plan_file import PlanFile

#: The name of the record in its folder.
RECORD_NAME = "outcomes.db"
#: Outcomes that are written together.
_BATCH = 1000
_TABLES = """
CREATE TABLE IF NOT EXISTS about (plan TEXT);
DROP TABLE IF EXISTS outcome;
CREATE TABLE outcome (number INTEGER PRIMARY KEY, status TEXT, vendor_id TEXT, attempts INTEGER,
    earlier REAL, code TEXT, message TEXT, fields BLOB);
"""
_INSERT = "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


class ApplyRecord:
    """The record of an apply in ``folder``, open for writing. Use it with ``with``.

    The outcomes of an earlier run are deleted, since this run reports them again.

    :param folder: the folder; it is created if it does not exist.
    :param plan: the id of the plan, see :attr:`~lms_async.roster.PlanMeta.id`.
    :raises JournalUnusable: the folder is in use, is of another plan, or can't be used.
    """

    def __init__(self, folder: Path, plan: str) -> None:
        self._plan = plan
        self._waiting: list[tuple[object, ...]] = []
        self.path = folder / RECORD_NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_private(self.path)
        except OSError as error:
            raise JournalUnusable(f"{folder} can't be used: {error.strerror}") from None
        with self._opening():
            self._connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        try:
            #: Whether an earlier run has begun to apply this plan.
            self.has_begun = self._lock()
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def begin(self) -> None:
        """Note that this run begins to apply the plan."""
        with self._writing():
            self._connection.execute("INSERT INTO about VALUES (?)", (self._plan,))

    def add(self, number: int, outcome: Outcome[Change]) -> None:
        """Note the outcome of the change ``number``, which is not done."""
        error = outcome.error
        self._waiting.append(
            (
                number,
                outcome.status.value,
                outcome.id,
                outcome.attempts,
                outcome.earlier,
                *((None, None, None) if error is None else _columns(error)),
            )
        )
        if len(self._waiting) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the outcomes that were added.

        :raises JournalFailed: they can't be written.
        """
        with self._writing():
            self._connection.execute("BEGIN")
            self._connection.executemany(_INSERT, self._waiting)
            self._connection.execute("COMMIT")
        self._waiting.clear()

    def _lock(self) -> bool:
        """Lock the file, and return whether this plan was begun."""
        with self._opening():
            # The lock is kept until the connection is closed, also between transactions.
            self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._connection.executescript(f"BEGIN EXCLUSIVE; {_TABLES} COMMIT;")
            plans = [plan for (plan,) in self._connection.execute("SELECT plan FROM about")]
        if plans not in ([], [self._plan]):
            raise JournalUnusable(
                f"the folder {self.path.parent} has the journals of another plan",
                hint="give another folder",
            )
        return bool(plans)

    @contextmanager
    def _opening(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            is_in_use = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
            why = "another program applies a plan with it" if is_in_use else str(error)
        else:
            return
        raise JournalUnusable(f"{self.path} can't be used: {why}", hint="give another folder")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            what = str(error)
        else:
            return
        raise JournalFailed(
            f"{self.path} can't be written: {what}",
            hint="free disk space, and apply the plan again with the same folder",
        )


def read_outcomes(path: Path, plan: Path) -> Iterator[Outcome[Change]]:
    """Yield the outcomes in the record ``path``, in the plan's order. Their items are the changes.

    :param plan: the plan's file.
    :raises PlanUnusable: the plan is not there.
    :raises JournalUnusable: the record can't be read, or the plan was replaced.
    """
    with PlanFile(plan) as file:
        try:
            uri = f"{path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(uri, uri=True)) as connection:
                if connection.execute("SELECT plan FROM about").fetchone() != (file.meta.id,):
                    raise JournalUnusable(f"{path} is of another plan than {plan}")
                rows = connection.execute("SELECT * FROM outcome ORDER BY number")
                for number, *row in rows:
                    (change,) = file.changes(number, number)
                    yield _outcome(number, change, *row)
        except sqlite3.Error as error:
            what = str(error)
        else:
            return
    raise JournalUnusable(f"{path} can't be read: {what}")


def _columns(error: RowError) -> tuple[object, ...]:
    return error.code, error.message, orjson.dumps(error.fields)


def _outcome(
    number: int,
    change: Change,
    status: str,
    vendor_id: str | None,
    attempts: int,
    earlier: float | None,
    code: str | None,
    message: str,
    fields: Any,
) -> Outcome[Change]:
    error = None if code is None else RowError(code, message, orjson.loads(fields))
    return Outcome(number - 1, change, Status(status), vendor_id, error, attempts, earlier)
