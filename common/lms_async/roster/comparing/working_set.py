"""The working set: the entries that are wanted and those that are there, in one SQLite file.

Entries are streamed into the file, so memory stays small for a roster of any size. The file has two
tables. Both have no index until they are compared (see ``difference.py``), since that is faster.

``wanted`` has a row for each entry of the school, and ``there`` one for each of the vendor:

=========  =====================================================================================
kind       the position of the kind in the capabilities
key        the key; ``''`` if one of its parts is blank
org        the key of the school
active     1 if the record is in use
outside    0 if the record is in scope; else the sum of ``OUTSIDE_BY_SCHOOL``, if its school is out
           of scope, and ``OUTSIDE_OTHERWISE``, if it is out of scope for another reason
compared   JSON of the fields that the vendor can show, in a fixed order
hidden     (only wanted) JSON of the other fields that the vendor holds; ``''`` for none
lacking    (only wanted) the fields that are missing and that a new record needs
locked     why the record is not changed; ``''`` if it may be. In ``wanted``, a ``Reason``
vendor_id  (only there) the vendor's id
=========  =====================================================================================
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs
import orjson

from ..changes import LeftAlone, Reason
from ..database import create, writing
from ..entries import SEPARATOR, Entry, usable_key
from ..mapping.scope import Scope
from ..targets.target import Capabilities
from .needed import missing_fields

#: Rows that are inserted together.
_BATCH = 1000
#: Why a record is out of scope.
OUTSIDE_BY_SCHOOL, OUTSIDE_OTHERWISE = 1, 2
_KIND_NOT_HELD = ((Reason.KIND_NOT_HELD, ""),)
#: With larger pages than SQLite's usual 4096 bytes, a search reads fewer of them.
_TABLES = """
PRAGMA page_size=16384;
CREATE TABLE wanted (kind INTEGER, key TEXT, org TEXT, active INTEGER, outside INTEGER,
    compared TEXT, hidden TEXT, locked TEXT, lacking TEXT);
CREATE TABLE there (kind INTEGER, key TEXT, org TEXT, active INTEGER, outside INTEGER,
    compared TEXT, vendor_id TEXT, locked TEXT);
"""
_INSERT_WANTED = "INSERT INTO wanted VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_THERE = "INSERT INTO there VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_EXISTING = """
SELECT kind, org, count(*) FROM there WHERE active AND NOT outside AND key <> '' GROUP BY kind, org
"""
_PEOPLE_BY_ROLE = """
SELECT org, role(compared) AS role, count(*) FROM there
WHERE kind = ? AND active AND NOT outside AND key <> '' GROUP BY org, role(compared)
"""
_SCHOOL_AND_ROLE = "SELECT org, role(compared) FROM there WHERE kind = ? AND key = ?"
_IN_SOURCE = "SELECT 1 FROM wanted WHERE kind = ? AND key = ?"
_WANTED = "SELECT count(*) FROM wanted WHERE kind = ? AND active AND NOT outside AND key <> ''"
_FOUND = """
SELECT count(*), count(wanted) FROM (
    SELECT (SELECT 1 FROM wanted WHERE wanted.kind = there.kind AND wanted.key = there.key LIMIT 1)
    AS wanted FROM there WHERE kind = ? AND active AND NOT outside AND key <> ''
)
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS wanted_key ON wanted (kind, key);
CREATE INDEX IF NOT EXISTS there_key ON there (kind, key);
"""

_Row = tuple[object, ...]


@attrs.frozen(eq=False)
class _Kind:
    """The place of a kind, and its fields in the order in which they are stored."""

    number: int
    compared: tuple[str, ...]
    hidden: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]


@attrs.frozen
class _Stored:
    """The fields of a wanted entry as they are stored.

    :param not_compared: the fields that the vendor does not hold or show, without blank ones, and
        why they are not compared.
    """

    compared: str
    hidden: str
    lacking: str
    not_compared: tuple[tuple[Reason, str], ...]


class WorkingSet:
    """The working set in the new file ``path``. Only its owner can read the file.

    The methods block while SQLite writes or compares. Call those that compare in a thread. Only one
    thread may use the working set at a time.

    :param path: the file. It contains people's data: delete it after the plan is made.
    :param capabilities: what the vendor can hold and show. Only that is compared.
    :param scope: the records that may be changed.
    :raises PlanFailed: the file exists or can't be written. The methods raise it too.
    """

    def __init__(self, path: Path, capabilities: Capabilities, scope: Scope | None = None) -> None:
        self.path = path
        self.capabilities = capabilities
        self._scope = scope or Scope()
        #: Whether a record can be out of scope.
        self._is_limited = self._scope != Scope() or capabilities.orgs is not None
        self._kinds = {
            kind: _Kind(
                number,
                tuple(sorted(can.shows)),
                tuple(sorted(can.holds - can.shows)),
                can.required,
            )
            for number, (kind, can) in enumerate(capabilities.kinds.items())
        }
        # How many records of a kind and school have values that can't be compared or written.
        self._not_compared: Counter[tuple[str, str, tuple[tuple[Reason, str], ...]]] = Counter()
        # Many enrollments have the same fields.
        self._stored = lru_cache(maxsize=1024)(_stored)
        self._hashes = 0
        self.connection = create(path)
        with writing(path):
            self.connection.executescript(_TABLES)
            self.connection.create_function("part", 2, _part, deterministic=True)
            self.connection.create_function("role", 1, _role, deterministic=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. It is not deleted."""
        self.connection.close()

    def add_wanted(self, entries: Iterable[Entry]) -> None:
        """Add the school's entries, in any order.

        :param entries: entries with usable keys, see :func:`~lms_async.roster.entries.usable_key`.
        """
        self._insert(_INSERT_WANTED, self._wanted_row, entries)

    def add_there(self, entries: Iterable[Entry]) -> None:
        """Add the vendor's entries, in any order."""
        self._insert(_INSERT_THERE, self._there_row, entries)

    async def read_there(self, snapshot: AsyncIterable[Entry]) -> None:
        """Add the vendor's entries as they arrive. Each insertion blocks for milliseconds."""
        batch: list[Entry] = []
        async for entry in snapshot:
            batch.append(entry)
            if len(batch) == _BATCH:
                self.add_there(batch)
                batch = []
        self.add_there(batch)

    @property
    def fingerprint(self) -> str:
        """A hash of all entries that are there, which does not depend on their order."""
        return f"{self._hashes % (1 << 128):032x}"

    def number_of(self, kind: str) -> int | None:
        """Return the number that stands for ``kind`` in the tables; ``None`` if it is not held."""
        found = self._kinds.get(kind)
        return None if found is None else found.number

    def make_indexes(self) -> None:
        """Make the indexes for comparing. Call it when all entries were added."""
        with writing(self.path):
            self.connection.executescript(_INDEXES)

    def existing(self) -> dict[tuple[str, str], int]:
        """Count the vendor's records that are active, have a key and are in scope.

        :returns: the count by kind and org.
        """
        kinds = list(self._kinds)
        with writing(self.path):
            rows = self.connection.execute(_EXISTING).fetchall()
        return {(kinds[number], org): count for number, org, count in rows}

    def found(self, kind: str) -> tuple[int, int]:
        """Count the records of ``kind`` that :meth:`existing` counts, and those of them that the
        school has, too."""
        with writing(self.path):
            keyed, found = self.connection.execute(_FOUND, (self.number_of(kind),)).fetchone()
        return keyed, found

    def people_by_role(self) -> dict[tuple[str, str], int]:
        """Count the people that :meth:`existing` counts.

        :returns: the count by org and role.
        """
        with writing(self.path):
            rows = self.connection.execute(_PEOPLE_BY_ROLE, (self.number_of("people"),)).fetchall()
        return {(org, role): count for org, role, count in rows}

    def school_and_role(self, kind: str, key: str) -> tuple[str, str]:
        """Return the org and the role of a record that is there."""
        with writing(self.path):
            found = self.connection.execute(_SCHOOL_AND_ROLE, (self.number_of(kind), key))
            org, role = found.fetchone()
        return org, role

    def is_in_source(self, kind: str, key: str) -> bool:
        """Return whether the school has a record with this key."""
        with writing(self.path):
            found = self.connection.execute(_IN_SOURCE, (self.number_of(kind), key)).fetchone()
        return found is not None

    def wanted(self, kind: str) -> int:
        """Count the school's records of ``kind`` that have a key and may be changed."""
        with writing(self.path):
            rows = self.connection.execute(_WANTED, (self.number_of(kind),))
            (count,) = rows.fetchone()
        return int(count)

    def not_compared(self) -> Iterator[LeftAlone]:
        """Yield the kinds and fields of the school that can't be written or compared, with counts.

        Blank values do not count.
        """
        left_alone: Counter[tuple[str, str, Reason, str]] = Counter()
        for (kind, org, not_compared), records in self._not_compared.items():
            for reason, field in not_compared:
                left_alone[kind, org, reason, field] += records
        for (kind, org, reason, field), records in sorted(left_alone.items()):
            yield LeftAlone(kind=kind, org=org, reason=reason, detail=field, records=records)

    def _insert(
        self, statement: str, to_row: Callable[[Entry], _Row], entries: Iterable[Entry]
    ) -> None:
        remaining = iter(entries)
        while batch := list(islice(remaining, _BATCH)):
            rows = [to_row(entry) for entry in batch if entry.kind in self._kinds]
            if len(rows) < len(batch):
                self._count_unheld(batch, wanted=statement is _INSERT_WANTED)
            with writing(self.path):
                self.connection.execute("BEGIN")
                self.connection.executemany(statement, rows)
                self.connection.execute("COMMIT")

    def _count_unheld(self, batch: list[Entry], *, wanted: bool) -> None:
        for entry in batch:
            if wanted and entry.kind not in self._kinds:
                self._not_compared[entry.kind, entry.org, _KIND_NOT_HELD] += 1

    def _wanted_row(self, entry: Entry) -> _Row:
        kind = self._kinds[entry.kind]
        stored = self._stored(kind, tuple(entry.fields.items()))
        if stored.not_compared:
            self._not_compared[entry.kind, entry.org, stored.not_compared] += 1
        return (
            kind.number,
            entry.key,
            entry.org,
            # The sqlite3 module converts each bool by a slow search for an adapter.
            int(entry.active),
            # The enrollments of a record that is not changed are not changed either.
            OUTSIDE_OTHERWISE if entry.locked else self._outside(entry),
            stored.compared,
            stored.hidden,
            entry.locked,
            stored.lacking,
        )

    def _outside(self, entry: Entry) -> int:
        if not self._is_limited:
            return 0
        orgs, outside = self.capabilities.orgs, 0
        if not self._scope.includes_school(entry) or (orgs is not None and entry.org not in orgs):
            outside += OUTSIDE_BY_SCHOOL
        if not self._scope.includes_otherwise(entry):
            outside += OUTSIDE_OTHERWISE
        return outside

    def _there_row(self, entry: Entry) -> _Row:
        kind, fields = self._kinds[entry.kind], entry.fields
        key, org, vendor_id = usable_key(entry.key), entry.org, entry.vendor_id
        active, locked = entry.active, entry.locked
        compared = orjson.dumps({name: fields[name] for name in kind.compared if name in fields})
        texts = f"{entry.kind}\0{key}\0{org}\0{'active' if active else ''}\0{vendor_id}\0{locked}"
        hashed = blake2b(texts.encode("utf-8", "surrogatepass") + compared, digest_size=16)
        # A sum, unlike a hash of all entries in turn, is the same in any order.
        self._hashes += int.from_bytes(hashed.digest(), "big")
        outside = self._outside(entry)
        return (
            kind.number,
            key,
            org,
            int(active),
            outside,
            compared.decode(),
            vendor_id,
            locked,
        )


def _stored(kind: _Kind, values: tuple[tuple[str, str], ...]) -> _Stored:
    """Return the fields of a wanted entry as they are stored."""
    fields = dict(values)
    compared = {name: fields[name] for name in kind.compared if name in fields}
    hidden = {name: fields[name] for name in kind.hidden if name in fields}
    not_compared = tuple(
        (Reason.NOT_VERIFIABLE if name in hidden else Reason.FIELD_NOT_HELD, name)
        for name, value in values
        if value and name not in compared
    )
    return _Stored(
        orjson.dumps(compared).decode(),
        orjson.dumps(hidden).decode() if hidden else "",
        missing_fields(kind.required, fields),
        not_compared,
    )


def _part(key: str, number: int) -> str | None:
    """Return a part of a key, for SQLite."""
    parts = key.split(SEPARATOR)
    return parts[number] if number < len(parts) else None


def _role(compared: str) -> str:
    """Return the role in the fields of a record, for SQLite."""
    fields: dict[str, str] = orjson.loads(compared)
    return fields.get("role", "")
