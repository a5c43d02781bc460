"""``--kind memberships`` and ``leave-classes``: add students to classes, and remove them; and the
list of the students of classes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_day, filter_ids, filter_time, filter_word
from lms_async.cli.kinds import CodeReference, Kind, KindOptions, Listing, Row, every_row
from lms_async.cli.meanings import Meaning
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending

from ..client import ManageBac
from ..models import Membership, MembershipPlace
from ..models.converter import converter
from ..resources.sending.classes import class_student_row
from .checking import NO_CLASS, needs
from .counting import CHUNK, count_of, requests_by
from .references import CLASS, PAGE_SIZE, STUDENT, read_classes, read_students
from .since import SINCE

_place = Sending(converter, MembershipPlace, what="the row")

_PLACE = {
    "class_id": "the school's own id (uniq_id) or ManageBac's id of the class",
    "student_id": "the school's own student_id, email address or ManageBac's id of the student",
}
_ALIASES = {
    "class": "class_id",
    "uniq_id": "class_id",
    "section id": "class_id",
    "student": "student_id",
    "student number": "student_id",
}
_MEANINGS: Mapping[str, Meaning] = {"class_id": "section code", "student_id": "person id"}
_REFERENCES = {"class_id": CLASS, "student_id": STUDENT}
#: The levels that ManageBac documents, as cells of one field.
_LEVELS = {("SL",), ("HL",)}


def _update(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.memberships.update_many(rows, chunk=CHUNK, journal=journal)


def _remove(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    guard = {} if options.guard is None else {"guard": options.guard}
    return client.classes.remove_students_many(rows, chunk=CHUNK, journal=journal, **guard)


def _is_student(membership: Membership) -> bool:
    return (membership.role or "").casefold() == "student"


async def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    wanted = set(keys)
    found = client.memberships.list(class_ids={key[0] for key in keys}, per_page=PAGE_SIZE)
    async for one in found:
        if _is_student(one) and (one.class_id, one.user_id) in wanted:
            yield row_of(one, ("class_id", "level"), {"student_id": one.user_id})


async def _read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    active: Any = [filter_word(filters, name, "active") for name in ("classes", "users")]
    found = client.memberships.list(
        class_ids=await filter_ids(client, filters, "class_ids", CLASS),
        student_ids=await filter_ids(client, filters, "student_ids", STUDENT),
        classes=active[0],
        users=active[1],
        modified_since=filter_time(filters, "modified_since"),
        deleted_since=filter_time(filters, "deleted_since"),
        class_happens_on=filter_day(filters, "class_happens_on"),
        per_page=PAGE_SIZE,
    )
    classes, students = await read_classes(client), await read_students(client)
    async for one in found:
        if _is_student(one):
            others = {
                "class_id": classes.only_name_of(one.class_id),
                "student_id": students.only_name_of(one.user_id),
                "managebac_class_id": one.class_id,
                "managebac_student_id": one.user_id,
            }
            yield row_of(one, ("level", "created_at", "updated_at"), others)


async def _count_levels(
    client: ManageBac, cells: Collection[tuple[str, ...]]
) -> Mapping[tuple[str, ...], int]:
    return {cell: int(cell in _LEVELS) for cell in cells}


#: ``--update-existing`` is not an option: every import adds missing students and updates others.
MEMBERSHIPS = Kind(
    name="memberships",
    noun="members",
    does="Add students to classes, and set the level of students who are already there.",
    fields={**_PLACE, "level": "SL or HL, if the class has levels"},
    required=(("class_id",), ("student_id",)),
    key=("class_id", "student_id"),
    aliases=_ALIASES,
    meanings=_MEANINGS,
    references=_REFERENCES,
    codes=(CodeReference(noun="levels", fields=("level",), find=_count_levels),),
    check_row=needs(_place, class_id=NO_CLASS),  # the vendor checks levels
    count_requests=requests_by("class_id"),
    bulk=_update,
    read_existing=_existing,
    code_explanations={"not_found": "ManageBac has no student with this id."},
)

LEAVE_CLASSES = Kind(
    name="leave-classes",
    noun="members",
    does="Remove students from classes.",
    fields=_PLACE,
    required=(("class_id",), ("student_id",)),
    key=("class_id", "student_id"),
    aliases=_ALIASES,
    meanings=_MEANINGS,
    references=_REFERENCES,
    check_row=needs(class_student_row, class_id=NO_CLASS),
    count_requests=requests_by("class_id"),
    bulk=_remove,
    removes=every_row,
    count_existing=count_of(
        "memberships",
        lambda client: client.memberships.list(per_page=PAGE_SIZE),
    ),
    code_explanations={"404": "ManageBac has no class or no student with this id."},
)

MEMBERSHIP_LIST = Listing(
    name="memberships",
    does="Students of classes.",
    columns=(
        *MEMBERSHIPS.fields,
        *("managebac_class_id", "managebac_student_id", "created_at", "updated_at"),
    ),
    read=_read,
    filters={
        "class_ids": "ids of classes, the school's own or ManageBac's, separated by commas",
        "student_ids": "ids of students, the school's own or ManageBac's, separated by commas",
        "classes": "active for members of active classes only",
        "users": "active for active students only",
        "class_happens_on": "only classes whose terms include this date, YYYY-MM-DD",
        **SINCE,
    },
    imported_as="memberships",
)
