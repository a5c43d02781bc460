"""A plan as a file: every change, and what is left alone. ``plan_writer.py`` writes it.

The file is a SQLite database that only its owner can read, since it contains people's data. It has
these tables:

==============  ================================================================================
meta            name and value of each field of :class:`PlanMeta`, as JSON; and a digest of the plan
changes         the changes, in the order in which they are made; ``before`` and ``after`` are JSON
left_alone      the records and fields that differ and are not changed
refusals        what the guard does not allow
problem_counts  the number of problems of the source, by file, code and severity
problems        the first of these problems
==============  ================================================================================
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs
import orjson

from ..._version import __version__
from ...errors import PlanUnusable
from ..changes import Action, Change, LeftAlone, Reason
from ..guarding.guard import Refusal
from ..problems import ReadingReport
from .plan_digest import content_digest
from .plan_meta import PlanMeta, meta_of
from .problem_tables import read_problems

#: The version of the file's format. Files of another version are refused.
FORMAT = 1
#: The names in ``meta`` that are not of :class:`PlanMeta`.
_ABOUT_FILE = frozenset({"written_by", "digest"})
#: The largest number of a row in SQLite.
MAX_NUMBER = 2**63 - 1
#: SQLite's application id of plans ("lmsp").
APPLICATION_ID = 0x6C6D7370
_CHANGES = """
SELECT kind, action, key, org, vendor_id, before, after FROM changes
WHERE number BETWEEN ? AND ? ORDER BY number
"""
# The first change of each step.
_STARTS = """
SELECT number, kind, action FROM (
    SELECT number, kind, action, lag(kind) OVER steps AS last_kind, lag(action) OVER steps AS
    last_action FROM changes WINDOW steps AS (ORDER BY number)
) WHERE last_kind IS NOT kind OR last_action IS NOT action ORDER BY number
"""
_LEFT_ALONE = """
SELECT kind, key, org, vendor_id, reason, detail, records FROM left_alone ORDER BY number
"""
_REFUSALS = "SELECT rule, kind, org, found, bound, stops, text FROM refusals ORDER BY number"
_COUNTS = "SELECT kind, action, org, count(*) FROM changes GROUP BY kind, action, org"
# The detail is the name of a field, or why a record is locked or not created.
_COUNTS_LEFT_ALONE = """
SELECT kind, reason, org, sum(records) FROM left_alone
WHERE detail = '' OR reason IN ('locked', 'needed field is missing')
GROUP BY kind, reason, org
"""
_COUNTS_FIELDS = """
SELECT kind, reason, detail, sum(records) FROM left_alone WHERE detail <> '' AND reason <> 'locked'
GROUP BY kind, reason, detail
"""
_COUNTS_BOTH = """
SELECT kind, reason, org, detail <> '' AND reason <> 'locked' AS is_field, sum(records)
FROM left_alone GROUP BY kind, reason, org, is_field
"""
#: Exceptions of a damaged file. Even an error message in it may not be valid text.
_DAMAGED = (sqlite3.Error, UnicodeDecodeError, LookupError, TypeError, ValueError)


@attrs.frozen(kw_only=True)
class Step:
    """Consecutive changes of one kind and action.

    :param kind: the kind of all of them.
    :param action: what all of them do.
    :param first: the number of the first one. The changes of a plan are numbered from 1.
    :param last: the number of the last one.
    """

    kind: str
    action: Action
    first: int
    last: int


class PlanFile:
    """A plan in the file ``path``, for reading. Use it with ``with``.

    :param path: the file.
    :param plan: the :attr:`~PlanMeta.id` of the plan that must be in the file; ``""`` for any plan.
    :raises PlanUnusable: the file is missing, is not a plan, was written in another format, or has
        another plan than ``plan``. The methods raise it if the file is damaged.
    """

    def __init__(self, path: Path, plan: str = "") -> None:
        self._path = path
        if not path.is_file():
            raise PlanUnusable(f"there is no plan {path}", hint="make one first")
        with self._reading():
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            #: What the plan was made from.
            self.meta = self._read_meta()
            if plan not in ("", self.meta.id):
                raise PlanUnusable(
                    f"another plan has replaced the plan in {path}", hint="read the new plan first"
                )
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

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def check_content(self) -> None:
        """Check that the changes are those that were planned. It reads the whole file.

        :raises PlanUnusable: the file was edited or damaged after the plan was made.
        """
        with self._reading():
            row = self._connection.execute("SELECT value FROM meta WHERE name = 'digest'")
            is_as_written = row.fetchone() == (content_digest(self._connection),)
        if not is_as_written:
            raise PlanUnusable(
                f"the plan {self._path} was edited or damaged after it was made",
                hint="make a new plan",
            )

    def changes(self, first: int = 1, last: int = MAX_NUMBER) -> Iterator[Change]:
        """Yield the changes, in the order in which they are to be made.

        :param first: the number of the first change to yield, counted from 1.
        :param last: the number of the last one.
        """
        rows = self._rows(_CHANGES, (first, last))
        for kind, action, key, org, vendor_id, before, after in rows:
            with self._reading():
                yield Change(
                    kind=kind,
                    action=Action(action),
                    key=key,
                    org=org,
                    vendor_id=vendor_id,
                    before=_loads(before),
                    after=_loads(after),
                )

    def steps(self) -> list[Step]:
        """Return the steps in which the changes are to be made."""
        starts = [*self._rows(_STARTS)]
        ends = [first - 1 for first, *_ in starts[1:]]
        with self._reading():
            ends += self._connection.execute("SELECT max(number) FROM changes").fetchone()
            return [
                Step(kind=kind, action=Action(action), first=first, last=last)
                for (first, kind, action), last in zip(starts, ends, strict=False)
            ]

    def left_alone(self) -> Iterator[LeftAlone]:
        """Yield the records and fields that differ and are not changed."""
        for kind, key, org, vendor_id, reason, detail, records in self._rows(_LEFT_ALONE):
            with self._reading():
                yield LeftAlone(
                    kind=kind,
                    key=key,
                    org=org,
                    vendor_id=vendor_id,
                    reason=Reason(reason),
                    detail=detail,
                    records=records,
                )

    def refusals(self) -> list[Refusal]:
        """Return what the guard does not allow."""
        return [
            Refusal(
                rule=rule,
                kind=kind,
                org=org,
                number=found,
                bound=bound,
                stops=bool(stops),
                text=text,
            )
            for rule, kind, org, found, bound, stops, text in self._rows(_REFUSALS)
        ]

    def problems(self) -> ReadingReport:
        """Return the problems of the source. All are counted, and the first of each are listed."""
        with self._reading():
            return read_problems(self._connection)

    def counts(self) -> dict[tuple[str, Action, str], int]:
        """Return the number of changes, by kind, action and org."""
        with self._reading():
            rows = self._connection.execute(_COUNTS)
            return {(kind, Action(action), org): count for kind, action, org, count in rows}

    def counts_left_alone(self) -> dict[tuple[str, Reason, str], int]:
        """Return the number of records that are left alone, by kind, reason and org."""
        with self._reading():
            rows = self._connection.execute(_COUNTS_LEFT_ALONE)
            return {(kind, Reason(reason), org): count for kind, reason, org, count in rows}

    def counts_fields_left_alone(self) -> dict[tuple[str, Reason, str], int]:
        """Return in how many records a field is left alone, by kind, reason and field."""
        with self._reading():
            rows = self._connection.execute(_COUNTS_FIELDS)
            return {(kind, Reason(reason), field): count for kind, reason, field, count in rows}

    def counts_by_school(self) -> dict[tuple[str, Reason, str, bool], int]:
        """Return how much is left alone, by kind, reason, org, and whether it is a field.

        A record counts once for each of its fields that is left alone.
        """
        with self._reading():
            return {
                (kind, Reason(reason), org, bool(is_field)): count
                for kind, reason, org, is_field, count in self._connection.execute(_COUNTS_BOTH)
            }

    def _rows(self, query: str, parameters: tuple[int, ...] = ()) -> Iterator[tuple[Any, ...]]:
        with self._reading():
            # "yield from" would close the cursor together with the iterator. That fails if the
            # iterator is deleted after the connection was closed.
            for row in self._connection.execute(query, parameters):  # noqa: UP028
                yield row

    def _read_meta(self) -> PlanMeta:
        with self._reading():
            (application,) = self._connection.execute("PRAGMA application_id").fetchone()
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise PlanUnusable(f"{self._path} is not a plan", hint="give another file")
        if version != FORMAT:
            raise PlanUnusable(
                f"the plan {self._path} is in format {version}; lms-async {__version__} reads "
                f"format {FORMAT}",
                hint="make a new plan with this version",
            )
        with self._reading():
            rows = self._connection.execute("SELECT name, value FROM meta")
            values = {name: _loads(value) for name, value in rows if name not in _ABOUT_FILE}
            return meta_of(values)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGED:
            raise PlanUnusable(
                f"{self._path} is not a plan, or is damaged", hint="make a new plan"
            ) from None


def _loads(text: bytes) -> Any:
    """Read JSON. The error does not hold the text, which is people's data."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    raise ValueError("not JSON")
