"""Read enrollments."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import KEY_SEPARATOR, Deleted, Enrollment, Record
from ..tables.known import need_known
from ..tables.memberships import Memberships
from ..tables.row import Row
from .columns import ENROLLMENTS
from .reading import Reading, read_rows


def read_enrollments(reading: Reading) -> Iterator[Record | Deleted]:
    """Yield the enrollments. Their own ids may be missing, because section and person identify one.

    A person may be in a section more than once, with other dates or roles.
    """
    table = reading.table(ENROLLMENTS, Enrollment.plural)
    if table is None:
        return
    known = reading.known
    memberships = Memberships(table.date, begins="beginDate", ends="endDate")

    def build(row: Row) -> Enrollment:
        section, person = row.need("classSourcedId"), row["userSourcedId"]
        need_known(row, "classSourcedId", section, known, "sections")
        need_known(row, "userSourcedId", person, known, "people")
        membership = memberships.of(row)
        return membership.enrollment(section_id=section, person_id=person, id_=row["sourcedId"])

    yield from read_rows(table, Enrollment.plural, build, deleted_key=_key)


def _key(row: Row) -> str:
    return KEY_SEPARATOR.join((row.need("classSourcedId"), row["userSourcedId"]))
