"""``--kind memberships``: add students to classes, and set their levels."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.chunks import MOST_OPEN
from lms_async.cli.kinds import Kind, KindOptions, Row
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending

from ..client import ManageBac
from ..models import MembershipPlace
from ..models.converter import converter

#: Students per PATCH. The vendor documents no maximum.
CHUNK = 100

_place = Sending(converter, MembershipPlace, what="the row")


def _without_leading_zeros(key: tuple[str, ...]) -> Hashable:
    """Return ids without leading zeros, which some spreadsheets add."""
    return tuple(cell.lstrip("0") for cell in key)


def _count_requests(rows: Iterable[Row]) -> int:
    """Count the requests, with rows grouped by class as in :mod:`lms_async.bulk.chunks`."""
    open_: dict[int, int] = {}
    calls = 0
    for row in rows:
        class_id = int(row["class_id"])
        open_[class_id] = open_.get(class_id, 0) + 1
        if open_[class_id] >= CHUNK:
            del open_[class_id]
            calls += 1
        elif len(open_) > MOST_OPEN:
            del open_[next(iter(open_))]
            calls += 1
    return calls + len(open_)


def _update(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.memberships.update_many(rows, chunk=CHUNK, journal=journal)


#: ``--update-existing`` is not an option: every import adds missing students and updates others.
MEMBERSHIPS = Kind(
    name="memberships",
    noun="members",
    does="Add students to classes, and set the level of students who are already there.",
    fields={
        "class_id": "ManageBac's id of the class, a number",
        "student_id": "ManageBac's own id of the student, a number, not the school's id",
        "level": "SL or HL, if the class has levels",
    },
    required=(("class_id",), ("student_id",)),
    key=("class_id", "student_id"),
    normalize_key=_without_leading_zeros,
    check_row=_place,  # the vendor checks levels
    count_requests=_count_requests,
    bulk=_update,
    code_explanations={
        "not_found": "ManageBac has no student with this id. Use ManageBac's id, not the school's."
    },
)
