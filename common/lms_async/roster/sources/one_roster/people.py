"""Read people: users, and in OneRoster 1.2 their roles; demographics add birthday and gender."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from ...model import Deleted, Person, Record, Role
from .cells import GENDERS, PERSON_ROLES, ROLES_BY_RANK, read_list
from .columns import DEMOGRAPHICS, ROLES, USERS
from .known import KnownPeople, warn_unknown
from .reading import Reading, different, read_rows, rows_once
from .repeats import Repeat, find_repeats
from .row import Row, RowRejected
from .table import Table

_RANK = {role: rank for rank, role in enumerate(ROLES_BY_RANK)}


@attrs.frozen
class _StatedRole:
    """A role as a row states it: whether the row says that it is the primary one."""

    role: Role
    primary: bool


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
    repeats = find_repeats(table, may_differ=may_differ)
    shared_mail = find_repeats(table, "email", fold=str.casefold)

    def build(row: Row) -> Person:
        own = repeats.get(row["sourcedId"])
        apart = own.apart if own else ()
        stated = [
            *roles.pop(row["sourcedId"], ()),
            *_roles_of_rows(row, apart or ((row["role"], row["orgSourcedIds"]),)),
        ]
        orgs = _org_ids(row, stated)
        warn_unknown(row, "orgSourcedIds", orgs, reading.known.orgs)
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
            roles=_with_one_primary(row, stated),
            org_ids=orgs,
            grades=row.list("grades"),
            identifier=row["identifier"],
            enabled=row.flag("enabledUser", blank=True),
        )
        if known is not None:
            known.add(person.id, person.roles[0].role if person.roles else "")
        return person

    yield from read_rows(
        table, Person.plural, build, rows=lambda: _each_person_once(table, repeats)
    )
    _warn_unused(reading.table(ROLES), len(roles), "userSourcedId")
    _warn_unused(reading.table(DEMOGRAPHICS), len(demographics), "sourcedId")


def _warn_unused(table: Table | None, people: int, column: str) -> None:
    """Report people of another file who were not read from ``users.csv``."""
    if table is not None and people:
        text = f"{people:,} people here were not read from users.csv. Their rows are not used."
        table.warn(0, column, "unused", text)


def _each_person_once(table: Table, repeats: Mapping[str, Repeat]) -> Iterator[Row]:
    """Yield the row of each person; where several rows differ in their roles only, the first."""
    for row in table.rows():
        repeat = repeats.get(row["sourcedId"])
        if repeat is None:
            yield row
        elif not repeat.equal or _is_student_and_staff(repeat):
            table.reject(row.line, different(repeat.line, row.line))
        elif repeat.line == row.line:
            yield row
        else:
            text = f"line {repeat.line} has the same person. The roles of both lines are read."
            table.skip(row.line, "same_row_twice", text)


def _is_student_and_staff(repeat: Repeat) -> bool:
    """Return whether the rows are a student's and somebody else's: two people with one id."""
    students = {cells[0].casefold() == "student" for cells in repeat.apart if cells[0]}
    return len(students) > 1


def _roles_of_rows(row: Row, apart: Sequence[tuple[str, ...]]) -> Iterator[_StatedRole]:
    """Yield the roles that ``users.csv`` states. Each role counts in each org of its row."""
    for word, orgs in dict.fromkeys(apart):
        if not word:
            continue
        known = PERSON_ROLES.get(word.casefold())
        if known is None:
            row.warn("role", "unknown_word", "the standard does not have this role.")
        for org in read_list(orgs) or ("",):
            yield _StatedRole(Role(role=known or word, org_id=org), primary=False)


def _org_ids(row: Row, stated: list[_StatedRole]) -> tuple[str, ...]:
    """Return the orgs of a person, the main one first."""
    primary = [one.role.org_id for one in stated if one.primary]
    others = [one.role.org_id for one in stated]
    orgs = (row["primaryOrgSourcedId"], *row.list("orgSourcedIds"), *primary, *others)
    return tuple(dict.fromkeys(filter(None, orgs)))


def _with_one_primary(row: Row, stated: list[_StatedRole]) -> tuple[Role, ...]:
    """Return the roles, the primary one first.

    A role that the source calls primary comes before others; then the rank of the role decides.
    """
    if not stated:
        text = "the person has no role, and none is assumed."
        row.warn("role", "no_role", text)
        return ()
    main = row["primaryOrgSourcedId"]
    ordered = sorted(
        stated,
        key=lambda one: (
            not one.primary,
            _RANK.get(one.role.role, len(_RANK)),
            one.role.org_id != main,
        ),
    )
    first = ordered[0]
    rivals = {one.role.role for one in stated if one.primary == first.primary}
    if len(rivals) > 1:
        text = f"the person has several roles. The main one is taken to be {_shown(first.role)}."
        row.warn("role", "several_roles", text)
    primary = attrs.evolve(first.role, primary=True)
    return tuple(dict.fromkeys((primary, *(one.role for one in ordered[1:]))))


def _shown(role: Role) -> str:
    return role.role if role.role in _RANK else "a role that the standard does not have"


def _read_roles(reading: Reading) -> dict[str, list[_StatedRole]]:
    """Return the roles of ``roles.csv`` by person. Equal roles are one object."""
    table = reading.table(ROLES)
    found: dict[str, list[_StatedRole]] = {}
    if table is None:
        return found
    shared: dict[_StatedRole, _StatedRole] = {}

    def build(row: Row) -> None:
        row.need("role")
        warn_unknown(row, "orgSourcedId", filter(None, (row["orgSourcedId"],)), reading.known.orgs)
        stated = _StatedRole(
            Role(
                role=row.word("role", PERSON_ROLES),
                org_id=row["orgSourcedId"],
                begins=row.date("beginDate"),
                ends=row.date("endDate"),
            ),
            primary=row["roleType"].casefold() == "primary",
        )
        found.setdefault(row["userSourcedId"], []).append(shared.setdefault(stated, stated))

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
        pair = row.date("birthDate"), row.word("sex", GENDERS)
        found[row["sourcedId"]] = shared.setdefault(pair, pair)

    _read_all(table, build, lambda: rows_once(table))
    return found


def _read_all(
    table: Table, build: Callable[[Row], None], rows: Callable[[], Iterator[Row]]
) -> None:
    """Call ``build`` with each row that is not deleted."""
    for row in rows():
        try:
            if not table.is_deleted(row):
                build(row)
        except RowRejected as why:
            table.reject(row.line, why)
