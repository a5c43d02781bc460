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

#: Wanted records decide the school only if they are in scope and agree with each other.
_SCHOOL_OF = """(
    SELECT CASE WHEN min(w.org) = max(w.org) THEN w.org END FROM wanted AS w
    WHERE w.kind = {kind} AND w.key = {key} AND w.org <> '' AND NOT w.outside
)"""
_DECIDE = f"""
INSERT INTO decided SELECT id, decided_org FROM (
    SELECT there.rowid AS id, there.org AS org, coalesce(
        {_SCHOOL_OF.format(kind="there.kind", key="there.key")},
        {_SCHOOL_OF.format(kind=":parent", key="part(there.key, 0)")}
    ) AS decided_org
    FROM there WHERE kind = :kind AND key <> '' AND (org = '' OR :is_unknown)
) WHERE decided_org <> org
"""  # noqa: S608
_WRITE = f"""
UPDATE there SET outside = outside & {OUTSIDE_OTHERWISE},
    org = (SELECT decided.org FROM decided WHERE decided.id = there.rowid)
WHERE rowid IN (SELECT id FROM decided)
"""  # noqa: S608


def decide_schools(working_set: WorkingSet, kind: str) -> None:
    """Give the vendor's records of ``kind`` their schools. Call it when all entries were added.

    If the vendor shows the school of such a record, only records without one get a school.
    """
    working_set.make_indexes()
    parent = next(iter(KEY_PARTS.get(kind, ())), "")
    parameters = {
        "kind": working_set.number_of(kind),
        "parent": working_set.number_of(parent),
        "is_unknown": "school" not in working_set.capabilities.kinds[kind].shows,
    }
    with writing(working_set.path):
        working_set.connection.executescript(
            "DROP TABLE IF EXISTS decided; CREATE TABLE decided (id INTEGER PRIMARY KEY, org TEXT);"
        )
        working_set.connection.execute(_DECIDE, parameters)
        working_set.connection.execute(_WRITE)
