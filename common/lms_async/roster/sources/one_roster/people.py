"""Read people: users, and in OneRoster 1.2 their roles; demographics add birthday and gender."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from ...model import Deleted, Enrollment, Person, Record, Role
from ..tables.cells import GENDERS, PERSON_ROLES, read_list
from ..tables.known import KnownPeople, warn_unknown
from ..tables.lost_zeros import find_lost_zeros
from ..tables.repeats import find_repeats
from ..tables.roles import StatedRole, each_person_once, roles_of_rows, with_one_primary
from ..tables.row import Row, RowRejected
from .columns import DEMOGRAPHICS, ENROLLMENTS, ROLES, USERS
from .reading import SOURCED_ID, Reading, each_once, read_rows
from .table import OneRosterTable


def read_people(reading: Reading) -> Iterator[Record | Deleted]:
    """Yield the people."""
    table = reading.table(USERS, Person.plural)
    if table is None:
        return
    known = KnownPeople() if reading.is_whole_list(USERS) else None
    reading.known.people = known
    roles = _read_roles(reading)
    demographics = _read_demographics(reading)
    # In version 1.2, some exports write a row for each role of a person.
    may_differ = ("role", "orgSourcedIds") if reading.manifest.version == "1.2" else ()
    repeats = find_repeats((table,), SOURCED_ID, may_differ=may_differ)
    shared_mail = find_repeats((table,), ("email",), fold=str.casefold)

    zeros = find_lost_zeros(table.keys(SOURCED_ID), lambda: _references(reading, table))
    if known is not None:
        known.lost_zeros = zeros.here

    def build(row: Row) -> Person:
        zeros.check(row, "sourcedId")
        own = repeats.get(row["sourcedId"])
        apart = own.apart if own else ()
        stated = [
            *roles.pop(row["sourcedId"], ()),
            *roles_of_rows(row, apart or ((row["role"], row["orgSourcedIds"]),)),
        ]
        orgs = _org_ids(row, stated)
        warn_unknown(row, "orgSourcedIds", orgs, reading.known, "orgs")
        mail = shared_mail.get(row["email"].casefold())
        if mail is not None and mail.rows > (own.rows if own else 1):
            row.warn("email", "shared_email", "several people have this e-mail address.")
        born, gender = demographics.pop(row["sourcedId"], (None, ""))
        person = Person(
            id=row["sourcedId"],
            given_name=row.need("givenName"),
            family_name=row.need("familyName"),
            middle_name=row["middleName"],
            preferred_given_name=row["preferredGivenName"],
            email=row["email"],
            username=row["username"],
            phone=row["phone"],
            sms=row["sms"],
            birth_date=born,
            gender=gender,
            roles=with_one_primary(row, stated, row["primaryOrgSourcedId"]),
            org_ids=orgs,
            grades=row.list("grades"),
            identifier=row["identifier"],
            enabled=row.flag("enabledUser", blank=True),
        )
        if known is not None:
            known.add(person.id, person.roles[0].role if person.roles else "")
        return person

    yield from read_rows(
        table, Person.plural, build, rows=lambda: each_person_once(table, SOURCED_ID, repeats)
    )
    _warn_unused(reading.table(ROLES), len(roles), "userSourcedId")
    _warn_unused(reading.table(DEMOGRAPHICS), len(demographics), "sourcedId")


def _references(reading: Reading, users: OneRosterTable) -> Iterator[str]:
    """Yield the ids by which enrollments and users refer to people."""
    enrollments = reading.table(ENROLLMENTS, Enrollment.plural)
    if enrollments is not None:
        yield from enrollments.keys(("userSourcedId",))
    if users.has("agentSourcedIds"):
        for agents in users.keys(("agentSourcedIds",)):
            yield from read_list(agents)


def _warn_unused(table: OneRosterTable | None, people: int, column: str) -> None:
    """Report people of another file who were not read from ``users.csv``."""
    if table is not None and people:
        text = f"{people:,} people here were not read from users.csv. Their rows are not used."
        table.warn(0, column, "unused", text)


def _org_ids(row: Row, stated: list[StatedRole]) -> tuple[str, ...]:
    """Return the orgs of a person, the main one first."""
    primary = [one.role.org_id for one in stated if one.primary]
    others = [one.role.org_id for one in stated]
    orgs = (row["primaryOrgSourcedId"], *row.list("orgSourcedIds"), *primary, *others)
    return tuple(dict.fromkeys(filter(None, orgs)))


def _read_roles(reading: Reading) -> dict[str, list[StatedRole]]:
    """Return the roles of ``roles.csv`` by person. Equal roles are one object."""
    table = reading.table(ROLES)
    found: dict[str, list[StatedRole]] = {}
    if table is None:
        return found
    shared: dict[tuple[str, str, date | None, date | None, bool], StatedRole] = {}

    def build(row: Row) -> None:
        row.need("role")
        orgs = filter(None, (row["orgSourcedId"],))
        warn_unknown(row, "orgSourcedId", orgs, reading.known, "orgs")
        role, org = row.word("role", PERSON_ROLES), row["orgSourcedId"]
        begins, ends = table.date(row, "beginDate"), table.date(row, "endDate")
        primary = row["roleType"].casefold() == "primary"
        values = role, org, begins, ends, primary
        stated = shared.get(values)
        if stated is None:
            stated = shared[values] = StatedRole(
                Role(role=role, org_id=org, begins=begins, ends=ends), primary
            )
        found.setdefault(row["userSourcedId"], []).append(stated)

    _read_all(table, build, table.rows)
    return found


def _read_demographics(reading: Reading) -> dict[str, tuple[date | None, str]]:
    """Return birthday and gender by person. Equal pairs are one object."""
    table = reading.table(DEMOGRAPHICS)
    found: dict[str, tuple[date | None, str]] = {}
    if table is None:
        return found
    shared: dict[tuple[date | None, str], tuple[date | None, str]] = {}

    def build(row: Row) -> None:
        pair = table.date(row, "birthDate"), row.word("sex", GENDERS)
        found[row["sourcedId"]] = shared.setdefault(pair, pair)

    _read_all(table, build, lambda: each_once(table))
    return found


def _read_all(
    table: OneRosterTable, build: Callable[[Row], None], rows: Callable[[], Iterator[Row]]
) -> None:
    """Call ``build`` with each row that is not deleted."""
    for row in rows():
        try:
            if not table.is_deleted(row):
                build(row)
        except RowRejected as why:
            table.reject(row.line, why)
