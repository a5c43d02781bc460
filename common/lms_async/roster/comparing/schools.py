"""Decide which school a record of the vendor belongs to.

A vendor may show no school of a record, such as of a course of the whole district. Of sections and
enrollments it may only know the school of the course. If the school wants the record, it says whose
record this is: the scope and the guard then use the school's word. An enrollment or relationship
that is not wanted belongs to the school of its section or person.
"""

from __future__ import annotations

from ..database import writing
from ..entries import KEY_PARTS
from .working_set import OUTSIDE_OTHERWISE, WorkingSet

#: Each record that may need a school, with the school of the wanted record of the same key. Wanted
#: records decide the school only if they are in scope and agree with each other.
_BY_OWN_KEY = """
INSERT INTO decided
SELECT there.rowid, wanted.org
FROM there CROSS JOIN wanted ON wanted.kind = there.kind AND wanted.key = there.key
WHERE there.kind = :kind AND there.key <> '' AND (there.org = '' OR :is_unknown)
    AND wanted.org <> '' AND NOT wanted.outside
ON CONFLICT (id) DO UPDATE SET org = NULL WHERE org <> excluded.org
"""
#: The same for the other records, with the school of their section or person.
_BY_PARENT = """
INSERT INTO decided
SELECT there.rowid, (
    SELECT CASE WHEN min(wanted.org) = max(wanted.org) THEN wanted.org END FROM wanted
    WHERE wanted.kind = :parent AND wanted.key = part(there.key, 0) AND wanted.org <> ''
        AND NOT wanted.outside
)
FROM there LEFT JOIN decided ON decided.id = there.rowid
WHERE there.kind = :kind AND there.key <> '' AND (there.org = '' OR :is_unknown)
    AND decided.org IS NULL
ON CONFLICT (id) DO UPDATE SET org = excluded.org
"""
_WRITE = f"""
UPDATE there SET outside = outside & {OUTSIDE_OTHERWISE},
    org = (SELECT decided.org FROM decided WHERE decided.id = there.rowid)
WHERE rowid IN (
    SELECT id FROM decided CROSS JOIN there ON there.rowid = id WHERE decided.org <> there.org
)
"""  # noqa: S608


def decide_schools(working_set: WorkingSet, kind: str) -> None:
    """Give the vendor's records of ``kind`` their schools. Call it when all entries were added.

    If the vendor shows the school of such a record, only records without one get a school.
    """
    working_set.make_indexes()
    parent = working_set.number_of(next(iter(KEY_PARTS.get(kind, ())), ""))
    parameters = {
        "kind": working_set.number_of(kind),
        "parent": parent,
        "is_unknown": "school" not in working_set.capabilities.kinds[kind].shows,
    }
    with writing(working_set.path):
        working_set.connection.executescript(
            "DROP TABLE IF EXISTS decided; CREATE TABLE decided (id INTEGER PRIMARY KEY, org TEXT);"
        )
        working_set.connection.execute(_BY_OWN_KEY, parameters)
        if parent is not None:
            working_set.connection.execute(_BY_PARENT, parameters)
        working_set.connection.execute(_WRITE)
