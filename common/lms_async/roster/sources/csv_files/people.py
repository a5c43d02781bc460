"""Read people, who may be in several files and have a row for each role."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Enrollment, Person, Record, Relationship
from ..tables.cells import GENDERS
from ..tables.known import KnownPeople, warn_unknown
from ..tables.lost_zeros import find_lost_zeros
from ..tables.repeats import find_repeats
from ..tables.roles import each_person_once, roles_of_rows, with_one_primary
from ..tables.row import Row
from .fields import FIELDS
from .reading import Reading, read_rows
from .table import CsvTable

_APART = ("role", "org_ids")


def read_people(reading: Reading) -> Iterator[Record]:
    """Yield the people."""
    tables = reading.tables(Person.plural)
    known = KnownPeople() if reading.is_whole_list(Person.plural) else None
    reading.known.people = known
    same = FIELDS[Person.plural].same
    repeats = find_repeats(tables, same, may_differ=_APART)
    with_mail = [table for table in tables if table.has("email")]
    shared_mail = find_repeats(with_mail, ("email",), fold=str.casefold)

    zeros = find_lost_zeros(
        (of for table in tables for of in table.keys(same)), lambda: _references(reading)
    )
    if known is not None:
        known.lost_zeros = zeros.here

    def build(table: CsvTable, row: Row) -> Person:
        zeros.check(row, "id")
        own = repeats.get(row["id"])
        apart = own.apart if own else (tuple(map(row.__getitem__, _APART)),)
        stated = list(roles_of_rows(row, apart))
        orgs = tuple(dict.fromkeys((*row.list("org_ids"), *(one.role.org_id for one in stated))))
        orgs = tuple(filter(None, orgs))
        warn_unknown(row, "org_ids", orgs, reading.known, "orgs")
        mail = shared_mail.get(row["email"].casefold())
        if mail is not None and mail.rows > (own.rows if own else 1):
            row.warn("email", "shared_email", "several people have this e-mail address.")
        person = Person(
            id=row["id"],
            given_name=row.need("given_name"),
            family_name=row.need("family_name"),
            middle_name=row["middle_name"],
            preferred_given_name=row["preferred_given_name"],
            email=row["email"],
            username=row["username"],
            phone=row["phone"],
            sms=row["sms"],
            birth_date=table.date(row, "birth_date"),
            gender=row.word("gender", GENDERS),
            roles=with_one_primary(row, stated, orgs[0] if orgs else ""),
            org_ids=orgs,
            grades=row.list("grades"),
            identifier=row["identifier"],
            enabled=row.flag("enabled", blank=True),
        )
        if known is not None:
            known.add(person.id, person.roles[0].role if person.roles else "")
        return person

    yield from read_rows(
        reading,
        Person.plural,
        build,
        rows=lambda table: each_person_once(table, same, repeats, quiet=table.shared),
    )


def _references(reading: Reading) -> Iterator[str]:
    """Yield the ids by which enrollments and relationships refer to people."""
    for kind, fields in (
        (Enrollment.plural, ("person_id",)),
        (Relationship.plural, ("person_id", "other_id")),
    ):
        for table in reading.tables(kind):
            for field in fields:
                yield from table.keys((field,))
