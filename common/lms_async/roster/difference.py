"""Compare the entries that a school wants with the entries that the vendor has.

SQL joins find the records that differ, and decide whether they are left alone. The texts of the
reasons in the SQL are those of :class:`~lms_async.roster.changes.Reason`.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import orjson

from .changes import Action, Change, LeftAlone, Reason
from .database import writing
from .entries import KEY_PARTS
from .rules import Mode, Rules
from .working_set import WorkingSet

#: The kinds that end with their school year.
_OF_A_YEAR = frozenset({"terms", "courses", "sections"})

# ``duplicate`` has the keys that several different records have, at the vendor or in the source.
# ``removed`` has the sections and people that the plan removes. ``parent`` has all sections and
# people: why their enrollments are left alone, and whether they are wanted, removed, or reachable
# (in use after the plan's changes).
_TABLES = """
DROP TABLE IF EXISTS duplicate; DROP TABLE IF EXISTS removed; DROP TABLE IF EXISTS parent;
CREATE TABLE duplicate (kind INTEGER, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE removed (kind INTEGER, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE parent (kind INTEGER, key TEXT, blocked TEXT, wanted INTEGER, removed INTEGER,
    reachable INTEGER, PRIMARY KEY (kind, key)) WITHOUT ROWID;
"""
# A record that the source has twice in the same form counts once.
_DELETE_REPEATED = """
DELETE FROM wanted WHERE rowid IN (
    SELECT later.rowid FROM (
        SELECT kind, key FROM wanted WHERE key <> '' GROUP BY kind, key HAVING count(*) > 1
    ) AS twice CROSS JOIN wanted AS later ON later.kind = twice.kind AND later.key = twice.key
    WHERE later.rowid > (
        SELECT min(rowid) FROM wanted AS first
        WHERE first.kind = later.kind AND first.key = later.key AND first.org = later.org
        AND first.active = later.active AND first.compared = later.compared
        AND first.hidden = later.hidden AND first.locked = later.locked
    )
)
"""
_FIND_DUPLICATES = """
INSERT INTO duplicate
SELECT kind, key FROM wanted WHERE key <> '' GROUP BY kind, key HAVING count(*) > 1
UNION
SELECT kind, key FROM there WHERE key <> '' GROUP BY kind, key HAVING count(*) > 1
"""
_UNUSABLE = """
SELECT key, org, vendor_id, CASE key WHEN '' THEN 'blank key' ELSE 'duplicate key' END
FROM there WHERE kind = :kind AND (
    (key = '' AND active) OR (kind, key) IN (SELECT kind, key FROM duplicate)
)
UNION ALL
SELECT key, org, '', CASE key WHEN '' THEN 'blank key' ELSE 'duplicate key' END
FROM wanted WHERE kind = :kind AND (
    (key = '' AND active) OR ((kind, key) IN (SELECT kind, key FROM duplicate) AND NOT EXISTS (
        SELECT 1 FROM there WHERE there.kind = wanted.kind AND there.key = wanted.key
    ))
)
"""
_FILL_PARENT = """
INSERT INTO parent
SELECT kind, key,
    CASE
        WHEN (kind, key) IN (SELECT kind, key FROM duplicate) THEN 'duplicate key'
        WHEN max(outside) THEN 'out of scope'
    END,
    max(is_wanted),
    (kind, key) IN (SELECT kind, key FROM removed),
    (kind, key) NOT IN (SELECT kind, key FROM removed)
        AND (max(is_there) OR (max(is_wanted) AND NOT max(is_locked)))
FROM (
    SELECT kind, key, outside, active AS is_wanted, 0 AS is_there, 0 AS is_locked
    FROM wanted WHERE kind = :kind AND key <> ''
    UNION ALL
    SELECT kind, key, outside, 0, active, locked <> '' FROM there WHERE kind = :kind AND key <> ''
)
GROUP BY kind, key
"""
# Records that are wanted, and missing, inactive or different. In this order: records to return,
# to update, and to create, because an update may free a value that a new record needs.
_ADDITIONS = """
SELECT w.key, w.org, w.compared, w.hidden, t.vendor_id, t.compared, t.active, t.locked,
    CASE
        WHEN w.locked <> '' THEN w.locked
        WHEN w.outside OR t.outside THEN 'out of scope'
        WHEN t.locked <> '' THEN 'locked'
        WHEN first.blocked IS NOT NULL THEN first.blocked
        WHEN second.blocked IS NOT NULL THEN second.blocked
        WHEN :first IS NOT NULL AND NOT coalesce(first.reachable, 0)
            THEN 'section or person missing'
        WHEN :second IS NOT NULL AND NOT coalesce(second.reachable, 0)
            THEN 'section or person missing'
    END
FROM wanted AS w
LEFT JOIN there AS t ON t.kind = w.kind AND t.key = w.key
LEFT JOIN parent AS first ON first.kind = :first AND first.key = part(w.key, 0)
LEFT JOIN parent AS second ON second.kind = :second AND second.key = part(w.key, 1)
WHERE w.kind = :kind AND w.key <> '' AND w.active
    AND (t.active IS NULL OR NOT t.active OR t.compared <> w.compared)
    AND (w.kind, w.key) NOT IN (SELECT kind, key FROM duplicate)
ORDER BY t.active IS NULL, t.active, w.rowid
"""
# Records that are in use and not wanted.
_REMOVALS = """
SELECT t.kind AS kind, t.key AS key, t.org AS org, t.vendor_id AS vendor_id,
    t.compared AS compared, t.locked AS locked,
    CASE
        WHEN t.outside OR w.outside THEN 'out of scope'
        WHEN t.locked <> '' THEN 'locked'
        WHEN first.blocked IS NOT NULL THEN first.blocked
        WHEN second.blocked IS NOT NULL THEN second.blocked
        WHEN :first IS NOT NULL AND first.key IS NULL THEN 'section or person missing'
        WHEN :second IS NOT NULL AND second.key IS NULL THEN 'section or person missing'
        WHEN first.removed AND :ends_with_first THEN 'ends with its section or person'
        WHEN second.removed AND :ends_with_second THEN 'ends with its section or person'
        WHEN :additions_only THEN 'only additions are made'
        WHEN :new_year AND coalesce(NOT first.wanted, :of_a_year) THEN 'belongs to last year'
        WHEN NOT :removable THEN 'vendor cannot remove it'
        WHEN NOT :asked THEN 'removal is off'
        WHEN :in_doubt THEN 'source may be incomplete'
    END AS reason
FROM there AS t
LEFT JOIN wanted AS w ON w.kind = t.kind AND w.key = t.key
LEFT JOIN parent AS first ON first.kind = :first AND first.key = part(t.key, 0)
LEFT JOIN parent AS second ON second.kind = :second AND second.key = part(t.key, 1)
WHERE t.kind = :kind AND t.key <> '' AND t.active AND (w.active IS NULL OR NOT w.active)
    AND (t.kind, t.key) NOT IN (SELECT kind, key FROM duplicate)
"""
_FILL_REMOVED = f"INSERT INTO removed SELECT kind, key FROM ({_REMOVALS}) WHERE reason IS NULL"  # noqa: S608


def difference(working_set: WorkingSet, rules: Rules) -> Iterator[Change | LeftAlone]:
    """Yield the changes that make the vendor equal to the school, and what is left alone.

    Additions and updates come first, in the order of the kinds. Removals follow in reverse order,
    so a person who moves is enrolled in the new section before leaving the old one.

    :param working_set: all entries that are wanted and there.
    :param rules: which differences become changes.
    :returns: an iterator. It blocks while SQLite compares, so use it in a thread.
    :raises PlanFailed: the working set can't be written or read.
    """
    compared = _Difference(working_set, rules)
    with writing(working_set.path):
        compared.prepare()
        yield from working_set.not_compared()
        for kind in working_set.capabilities.kinds:
            yield from compared.unusable(kind)
            yield from compared.additions(kind)
        for kind in reversed(list(working_set.capabilities.kinds)):
            yield from compared.removals(kind)


@attrs.frozen
class _Difference:
    working_set: WorkingSet
    rules: Rules

    def prepare(self) -> None:
        """Find duplicate keys, and what happens to sections and people."""
        connection = self.working_set.connection
        self.working_set.make_indexes()
        connection.executescript(_TABLES)
        connection.execute(_DELETE_REPEATED)
        connection.execute(_FIND_DUPLICATES)
        parents = {part for parts in KEY_PARTS.values() for part in parts}
        for kind in self.working_set.capabilities.kinds:
            if kind in parents:
                connection.execute(_FILL_REMOVED, self._parameters(kind))
                connection.execute(_FILL_PARENT, self._parameters(kind))

    def unusable(self, kind: str) -> Iterator[LeftAlone]:
        """Yield the records whose key is blank or not unique."""
        rows = self.working_set.connection.execute(_UNUSABLE, self._parameters(kind))
        for key, org, vendor_id, reason in rows:
            yield LeftAlone(kind=kind, key=key, org=org, vendor_id=vendor_id, reason=Reason(reason))

    def additions(self, kind: str) -> Iterator[Change | LeftAlone]:
        """Yield what is to be returned, updated and created."""
        create = Action.LINK if kind in KEY_PARTS else Action.CREATE
        rows = self.working_set.connection.execute(_ADDITIONS, self._parameters(kind))
        for key, org, wanted, hidden, vendor_id, there, active, locked, reason in rows:
            if vendor_id is None:
                if reason is not None:
                    yield LeftAlone(kind=kind, key=key, org=org, reason=Reason(reason))
                    continue
                after = orjson.loads(wanted)
                if hidden:
                    after |= orjson.loads(hidden)
                yield Change(kind=kind, action=create, key=key, org=org, after=after)
                continue
            before, after = _fields_that_differ(orjson.loads(wanted), orjson.loads(there))
            if active and not after:
                continue
            if reason is not None:
                yield LeftAlone(
                    kind=kind,
                    key=key,
                    org=org,
                    vendor_id=vendor_id,
                    reason=Reason(reason),
                    detail=locked if reason == Reason.LOCKED else "",
                )
                continue
            yield from self._changes_of(
                kind, key, org, vendor_id, before, after, is_active=bool(active)
            )

    def _changes_of(
        self,
        kind: str,
        key: str,
        org: str,
        vendor_id: str,
        before: dict[str, str],
        after: dict[str, str],
        *,
        is_active: bool,
    ) -> Iterator[Change | LeftAlone]:
        """Yield the update or return of a record, and the fields that can't be changed."""

        def left(reason: Reason, field: str = "") -> LeftAlone:
            return LeftAlone(
                kind=kind, key=key, org=org, vendor_id=vendor_id, reason=reason, detail=field
            )

        if self.rules.mode is Mode.ADDITIONS_ONLY:
            if after:
                yield left(Reason.ADDITIONS_ONLY)
            before, after = {}, {}
        for field in sorted(after.keys() & self.working_set.capabilities.kinds[kind].fixed):
            yield left(Reason.FIXED_FIELD, field)
            del before[field], after[field]
        if after or not is_active:
            yield Change(
                kind=kind,
                action=Action.UPDATE if is_active else Action.RETURN,
                key=key,
                org=org,
                vendor_id=vendor_id,
                before=before,
                after=after,
            )

    def removals(self, kind: str) -> Iterator[Change | LeftAlone]:
        """Yield what is to be taken out of use."""
        removal = self.working_set.capabilities.kinds[kind].removal
        rows = self.working_set.connection.execute(_REMOVALS, self._parameters(kind))
        for _, key, org, vendor_id, compared, locked, reason in rows:
            if reason is None and removal is not None:
                yield Change(
                    kind=kind,
                    action=removal,
                    key=key,
                    org=org,
                    vendor_id=vendor_id,
                    before=orjson.loads(compared),
                )
                continue
            yield LeftAlone(
                kind=kind,
                key=key,
                org=org,
                vendor_id=vendor_id,
                reason=Reason(reason),
                detail=locked if reason == Reason.LOCKED else "",
            )

    def _parameters(self, kind: str) -> dict[str, object]:
        capabilities, rules = self.working_set.capabilities, self.rules
        parts = (*KEY_PARTS.get(kind, ()), "", "")
        ending = capabilities.ending(kind)
        return {
            "kind": self.working_set.number_of(kind),
            "first": self.working_set.number_of(parts[0]),
            "second": self.working_set.number_of(parts[1]),
            "ends_with_first": parts[0] in ending,
            "ends_with_second": parts[1] in ending,
            "additions_only": rules.mode is Mode.ADDITIONS_ONLY,
            "new_year": rules.mode is Mode.NEW_SCHOOL_YEAR and kind != "relationships",
            "of_a_year": kind in _OF_A_YEAR,
            "removable": capabilities.kinds[kind].removal is not None,
            "asked": kind in rules.removals,
            "in_doubt": kind in rules.in_doubt,
        }


def _fields_that_differ(
    wanted: dict[str, str], there: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields that differ, as they are there and as they are wanted.

    A field that the vendor's record does not have is empty. A field that is not wanted may have any
    value.
    """
    after = {name: value for name, value in wanted.items() if value != there.get(name, "")}
    return {name: there.get(name, "") for name in after}, after
