"""Write a plan into a file. ``plan_file.py`` describes the file and reads it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs
import orjson

from ..._version import __version__
from ...errors import PlanFailed
from ..changes import Action, Change, LeftAlone
from ..database import create, writing
from ..guarding.guard import Refusal
from ..problems import ReadingReport
from ..temporary import UNFINISHED, temporary_beside
from .plan_digest import content_digest
from .plan_file import APPLICATION_ID, FORMAT
from .plan_meta import PlanMeta
from .problem_tables import TABLES as PROBLEM_TABLES
from .problem_tables import write_problems

#: Rows that are written together.
_BATCH = 1000
_TABLES = f"""
PRAGMA application_id={APPLICATION_ID};
PRAGMA user_version={FORMAT};
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE changes (number INTEGER PRIMARY KEY, kind TEXT, action TEXT, key TEXT, org TEXT,
    vendor_id TEXT, before BLOB, after BLOB);
CREATE TABLE left_alone (number INTEGER PRIMARY KEY, kind TEXT, key TEXT, org TEXT, vendor_id TEXT,
    reason TEXT, detail TEXT, records INTEGER);
CREATE TABLE refusals (number INTEGER PRIMARY KEY, rule TEXT, kind TEXT, org TEXT, found REAL,
    bound REAL, stops INTEGER, text TEXT);
{PROBLEM_TABLES}
"""
_INSERT_CHANGE = "INSERT INTO changes VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_LEFT_ALONE = "INSERT INTO left_alone VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_REFUSAL = "INSERT INTO refusals VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"


class PlanWriter:
    """Writes the plan ``path``. Use it with ``with``.

    The file appears when the block ends without an error, and replaces an older one. If the block
    raises, nothing is left.

    :param path: the file.
    :param meta: what the plan is made from.
    :raises PlanFailed: the file can't be written. The methods raise it too.
    """

    def __init__(self, path: Path, meta: PlanMeta) -> None:
        #: The number of changes so far, by kind, action and org.
        self.counts: Counter[tuple[str, Action, str]] = Counter()
        self._path = path
        self._part = temporary_beside(path, UNFINISHED)
        self._changes: list[tuple[object, ...]] = []
        self._left_alone: list[tuple[object, ...]] = []
        self._connection = create(self._part)
        values = {**attrs.asdict(meta, recurse=False), "written_by": __version__}
        try:
            with writing(self._part):
                self._connection.executescript(_TABLES)
                self._connection.executemany(
                    "INSERT INTO meta VALUES (?, ?)",
                    [(name, orjson.dumps(value)) for name, value in values.items()],
                )
        except BaseException:
            self._discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self._discard()
            return
        try:
            self._flush()
            with writing(self._path):
                digest = content_digest(self._connection)
                self._connection.execute("INSERT INTO meta VALUES ('digest', ?)", (digest,))
            self._move_to_its_place()
        except BaseException:
            self._discard()
            raise

    def add(self, item: Change | LeftAlone) -> None:
        """Add the next change, or a record that is left alone."""
        if isinstance(item, Change):
            self.counts[item.kind, item.action, item.org] += 1
            self._changes.append(
                (
                    item.kind,
                    item.action.value,
                    item.key,
                    item.org,
                    item.vendor_id,
                    orjson.dumps(item.before),
                    orjson.dumps(item.after),
                )
            )
        else:
            self._left_alone.append(
                (
                    item.kind,
                    item.key,
                    item.org,
                    item.vendor_id,
                    item.reason.value,
                    item.detail,
                    item.records,
                )
            )
        if len(self._changes) + len(self._left_alone) >= _BATCH:
            self._flush()

    def refuse(self, refusal: Refusal) -> None:
        """Add what the guard does not allow."""
        with writing(self._path):
            self._connection.execute(_INSERT_REFUSAL, attrs.astuple(refusal))

    def add_problems(self, report: ReadingReport) -> None:
        """Add the problems of the source, after all of it was read."""
        with writing(self._path):
            self._connection.execute("BEGIN")
            write_problems(self._connection, report)
            self._connection.execute("COMMIT")

    def set_result(self, *, found_share: float | None, vendor_records: Mapping[str, int]) -> None:
        """Set these values of :class:`PlanMeta`, which are known after all changes were added."""
        values = {"found_share": found_share, "vendor_records": vendor_records}
        with writing(self._path):
            self._connection.executemany(
                "UPDATE meta SET value = ? WHERE name = ?",
                [(orjson.dumps(value), name) for name, value in values.items()],
            )

    def _flush(self) -> None:
        with writing(self._path):
            self._connection.execute("BEGIN")
            self._connection.executemany(_INSERT_CHANGE, self._changes)
            self._connection.executemany(_INSERT_LEFT_ALONE, self._left_alone)
            self._connection.execute("COMMIT")
        self._changes.clear()
        self._left_alone.clear()

    def _move_to_its_place(self) -> None:
        """Name the finished file, so that it survives a power failure."""
        try:
            with self._part.open("rb") as file:
                os.fsync(file.fileno())
                # This also unlocks the file, so that another run takes it for abandoned.
                self._connection.close()
            self._part.replace(self._path)
        except OSError as error:
            raise PlanFailed(f"the plan {self._path} can't be written: {error.strerror}") from None

    def _discard(self) -> None:
        self._connection.close()
        self._part.unlink(missing_ok=True)
