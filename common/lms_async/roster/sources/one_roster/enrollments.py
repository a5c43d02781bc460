"""Read enrollments."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import KEY_SEPARATOR, Deleted, Enrollment, Record
from ..tables.cells import ENROLLMENT_ROLES
from ..tables.known import need_known
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

    def build(row: Row) -> Enrollment:
        section, person = row.need("classSourcedId"), row["userSourcedId"]
        need_known(row, "classSourcedId", (section,), reading.known, "sections")
        need_known(row, "userSourcedId", (person,), reading.known, "people")
        row.need("role")
        enrollment = Enrollment(
            id=row["sourcedId"],
            section_id=section,
            person_id=person,
            role=row.word("role", ENROLLMENT_ROLES),
            primary=row.flag("primary", blank=False),
            begins=table.date(row, "beginDate"),
            ends=table.date(row, "endDate"),
        )
        if enrollment.begins and enrollment.ends and enrollment.ends < enrollment.begins:
            row.reject("endDate", "date_order", "the enrollment ends before it begins.")
        return enrollment

    yield from read_rows(table, Enrollment.plural, build, deleted_key=_key)


def _key(row: Row) -> str:
    return KEY_SEPARATOR.join((row.need("classSourcedId"), row["userSourcedId"]))
