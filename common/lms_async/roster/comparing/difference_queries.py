"""The SQL that compares the two tables of a working set; see ``difference.py``.

The texts of the reasons are those of :class:`~lms_async.roster.changes.Reason`.
"""

from __future__ import annotations

# There are joins instead of "(kind, key) NOT IN (SELECT …)", for which SQLite would read a whole
# table for each row.
#
# ``repeated`` has the keys that the source has more than once. ``to_add`` and ``to_remove`` have
# the rowids of the records that the further queries look at. Most records are the same on both
# sides, so these are few.
#
# ``unusable`` has the keys that several different records have, at the vendor or in the source, and
# those of sections of another school year and of people with another role. ``removed`` has the
# sections and people that the plan removes. ``parent`` has all sections and people: why their
# enrollments are left alone, why they are locked, and whether they are wanted, removed, or
# reachable (in use after the plan's changes).
TABLES = """
DROP TABLE IF EXISTS repeated; DROP TABLE IF EXISTS to_add; DROP TABLE IF EXISTS to_remove;
DROP TABLE IF EXISTS unusable; DROP TABLE IF EXISTS removed; DROP TABLE IF EXISTS parent;
CREATE TABLE repeated (kind INTEGER, key TEXT);
CREATE TABLE to_add (kind INTEGER, id INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE to_remove (kind INTEGER, id INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE unusable (kind INTEGER, key TEXT, reason TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE removed (kind INTEGER, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE parent (kind INTEGER, key TEXT, blocked TEXT, locked TEXT, wanted INTEGER,
    removed INTEGER, reachable INTEGER, PRIMARY KEY (kind, key)) WITHOUT ROWID;
"""
FIND_REPEATED = """
INSERT INTO repeated
SELECT kind, key FROM wanted WHERE key <> '' GROUP BY kind, key HAVING count(*) > 1
"""
# A record that the source has twice in the same form counts once, unless the lock says that it is
# another record with the same key.
DELETE_REPEATED = """
DELETE FROM wanted WHERE rowid IN (
    SELECT later.rowid FROM repeated
    CROSS JOIN wanted AS later ON later.kind = repeated.kind AND later.key = repeated.key
    WHERE later.rowid > (
        SELECT min(rowid) FROM wanted AS first
        WHERE first.kind = later.kind AND first.key = later.key AND first.org = later.org
        AND first.active = later.active AND first.compared = later.compared
        AND first.hidden = later.hidden AND first.locked = later.locked
    ) AND later.locked <> 'same id as another record'
)
"""
FIND_DUPLICATES = """
INSERT INTO unusable
SELECT kind, key, 'same id as another record' FROM (
    SELECT kind, key FROM repeated CROSS JOIN wanted USING (kind, key)
    GROUP BY kind, key HAVING count(*) > 1
    UNION
    SELECT kind, key FROM there WHERE key <> '' GROUP BY kind, key HAVING count(*) > 1
)
"""
ADD_UNUSABLE = "INSERT OR IGNORE INTO unusable VALUES (?, ?, ?)"
ADD_OTHER_ROLES = """
INSERT OR IGNORE INTO unusable
SELECT w.kind, w.key, 'id belongs to a person with another role'
FROM wanted AS w JOIN there AS t ON t.kind = w.kind AND t.key = w.key
WHERE w.kind = :kind AND w.key <> '' AND w.locked = ''
    AND role(w.compared) <> role(t.compared) AND role(t.compared) <> ''
"""
UNUSABLE = """
SELECT key, org, vendor_id, 'no id from the school at the vendor'
FROM there WHERE kind = :kind AND key = '' AND active
UNION ALL
SELECT key, org, vendor_id, reason
FROM unusable CROSS JOIN there USING (kind, key) WHERE kind = :kind
UNION ALL
SELECT key, org, '', 'no id in the source' FROM wanted WHERE kind = :kind AND key = '' AND active
UNION ALL
SELECT key, org, '', reason
FROM unusable CROSS JOIN wanted USING (kind, key) WHERE kind = :kind AND NOT EXISTS (
    SELECT 1 FROM there WHERE there.kind = wanted.kind AND there.key = wanted.key
)
"""
# Records that are wanted, and missing, inactive, different or locked.
FIND_ADDITIONS = """
INSERT OR IGNORE INTO to_add
SELECT w.kind, w.rowid
FROM wanted AS w LEFT JOIN there AS t ON t.kind = w.kind AND t.key = w.key
WHERE w.key <> '' AND w.active AND (
    t.active IS NULL OR NOT t.active OR w.locked <> ''
    OR (t.compared <> w.compared AND NOT has_fields(t.compared, w.compared))
)
"""
# Records that are in use and not wanted.
FIND_REMOVALS = """
INSERT OR IGNORE INTO to_remove
SELECT t.kind, t.rowid
FROM there AS t LEFT JOIN wanted AS w ON w.kind = t.kind AND w.key = t.key
WHERE t.key <> '' AND t.active AND (w.active IS NULL OR NOT w.active)
"""
FILL_PARENT = """
INSERT INTO parent
SELECT kind, key,
    CASE
        WHEN max(reason) IS NOT NULL THEN max(reason)
        WHEN max(own_reason) <> '' THEN max(own_reason)
        WHEN max(outside) THEN 'out of scope'
        WHEN max(locked) <> '' THEN 'locked'
    END,
    max(locked),
    max(is_wanted),
    count(removed.key) > 0,
    count(removed.key) = 0
        AND (max(is_there) OR (max(is_wanted) AND (max(is_known) OR max(lacking) = '')))
FROM (
    SELECT kind, key, outside, active AS is_wanted, 0 AS is_there, 0 AS is_known, lacking,
        '' AS locked, locked AS own_reason
    FROM wanted WHERE kind = :kind AND key <> ''
    UNION ALL
    SELECT kind, key, outside, 0, active, 1, '', locked, ''
    FROM there WHERE kind = :kind AND key <> ''
) LEFT JOIN unusable USING (kind, key) LEFT JOIN removed USING (kind, key)
GROUP BY kind, key
"""
# In this order: records to return, to update, and to create, because an update may free a value
# that a new record needs. Enrollments are ordered by section, so that vendors can take those of one
# section in one request.
ADDITIONS = """
SELECT w.key, w.org, w.compared, w.hidden, w.lacking, w.locked, t.vendor_id, t.compared,
    t.active,
    coalesce(nullif(t.locked, ''), nullif(first.locked, ''), second.locked, '') AS locked,
    CASE
        WHEN w.locked <> '' THEN w.locked
        WHEN w.outside OR t.outside THEN 'out of scope'
        WHEN t.locked <> '' THEN 'locked'
        WHEN first.blocked IS NOT NULL THEN first.blocked
        WHEN second.blocked IS NOT NULL THEN second.blocked
        WHEN :first IS NOT NULL AND NOT coalesce(first.reachable, 0)
            THEN 'its section or person is missing'
        WHEN :second IS NOT NULL AND NOT coalesce(second.reachable, 0)
            THEN 'its section or person is missing'
        WHEN t.key IS NULL AND w.lacking <> '' THEN 'needed field is missing'
    END
FROM to_add CROSS JOIN wanted AS w ON w.rowid = to_add.id
LEFT JOIN there AS t ON t.kind = w.kind AND t.key = w.key
LEFT JOIN parent AS first ON first.kind = :first AND first.key = part(w.key, 0)
LEFT JOIN parent AS second ON second.kind = :second AND second.key = part(w.key, 1)
WHERE to_add.kind = :kind
    AND NOT EXISTS (SELECT 1 FROM unusable AS u WHERE u.kind = w.kind AND u.key = w.key)
ORDER BY t.active IS NULL, t.active, CASE WHEN :first IS NULL THEN w.rowid END, w.key
"""
# If the source itself says that a record is not wanted
# (``w.active`` is 0), the record is not merely missing from a source that may be incomplete.
REMOVALS = """
SELECT t.kind AS kind, t.key AS key, t.org AS org, t.vendor_id AS vendor_id,
    t.compared AS compared,
    coalesce(nullif(t.locked, ''), nullif(first.locked, ''), second.locked, '') AS locked,
    CASE
        WHEN t.outside OR w.outside THEN 'out of scope'
        WHEN t.locked <> '' THEN 'locked'
        WHEN first.blocked IS NOT NULL THEN first.blocked
        WHEN second.blocked IS NOT NULL THEN second.blocked
        WHEN :first IS NOT NULL AND first.key IS NULL THEN 'its section or person is missing'
        WHEN :second IS NOT NULL AND second.key IS NULL THEN 'its section or person is missing'
        WHEN first.removed AND :ends_with_first THEN 'vendor ends it with its section or person'
        WHEN second.removed AND :ends_with_second THEN 'vendor ends it with its section or person'
        WHEN :additions_only THEN 'mode is additions_only'
        WHEN :new_year AND coalesce(NOT first.wanted, :of_a_year) THEN 'belongs to last year'
        WHEN NOT :removable THEN 'vendor cannot remove this kind'
        WHEN NOT :asked THEN 'removals are off'
        WHEN :incomplete AND w.key IS NULL THEN 'source may be incomplete'
    END AS reason
FROM to_remove CROSS JOIN there AS t ON t.rowid = to_remove.id
LEFT JOIN wanted AS w ON w.kind = t.kind AND w.key = t.key
LEFT JOIN parent AS first ON first.kind = :first AND first.key = part(t.key, 0)
LEFT JOIN parent AS second ON second.kind = :second AND second.key = part(t.key, 1)
WHERE to_remove.kind = :kind AND (w.active IS NULL OR NOT w.active)
    AND NOT EXISTS (SELECT 1 FROM unusable AS u WHERE u.kind = t.kind AND u.key = t.key)
ORDER BY t.key, t.rowid
"""
FILL_REMOVED = f"INSERT INTO removed SELECT kind, key FROM ({REMOVALS}) WHERE reason IS NULL"  # noqa: S608
