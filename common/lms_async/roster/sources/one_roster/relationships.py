"""Read the relationships between students and guardians: the agents of users."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Deleted, Record, Relationship
from ...problems import Mode
from ..tables.cells import PERSON_ROLES
from ..tables.known import Known, KnownPeople, need_known
from ..tables.row import Row, RowRejected
from .columns import USERS
from .reading import Reading
from .table import OneRosterTable

_GUARDIANS = frozenset({"guardian", "parent", "relative"})


def read_relationships(reading: Reading) -> Iterator[Record | Deleted]:
    """Yield a relationship for each agent of each user that was read.

    A student names the guardians as agents, or a guardian the students, or both. The student is
    always the ``person_id``, and each pair is given once.
    """
    coverage = reading.report.of(Relationship.plural)
    table = reading.table(USERS)
    if table is None or not table.has("agentSourcedIds"):
        return
    coverage.mode = table.mode
    coverage.gaps |= table.coverage.gaps
    if table.coverage.rejected:
        coverage.gaps.add("rejected_people")
    people = reading.known.people or KnownPeople()
    given: set[object] = set()
    for row in table.scan():
        agents = row.list("agentSourcedIds")
        if not agents or not _was_read(row, reading.known.people, table):
            continue
        for agent in agents:
            coverage.rows += 1
            try:
                relationship = _relationship(row, agent, reading.known)
            except RowRejected as why:
                table.reject(row.line, why, coverage)
                continue
            pair = people.pair(relationship.person_id, relationship.other_id)
            if pair not in given:
                given.add(pair)
                yield relationship


def _was_read(row: Row, people: KnownPeople | None, table: OneRosterTable) -> bool:
    if people is not None:
        return row["sourcedId"] in people
    return table.mode is Mode.DELTA and row["status"].casefold() in {"", "active"}


def _relationship(row: Row, agent: str, known: Known) -> Relationship:
    need_known(row, "agentSourcedIds", agent, known, "people")
    people = known.people
    if people is None:
        own, other = PERSON_ROLES.get(row["role"].casefold(), ""), ""
    else:
        own, other = people.role(row["sourcedId"]), people.role(agent)
    if agent == row["sourcedId"] or own == other == "student":
        text = "a student cannot be responsible for a student."
        row.reject("agentSourcedIds", "agent_is_student", text)
    swapped = other == "student" or (own in _GUARDIANS and other not in _GUARDIANS)
    person, guardian, role = (
        (agent, row["sourcedId"], own) if swapped else (row["sourcedId"], agent, other)
    )
    kind = role if role in _GUARDIANS else "guardian"
    return Relationship(person_id=person, other_id=guardian, kind=kind)
