"""``--kind class-teachers``: add teachers to classes; and the list of the teachers of classes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_flag, filter_time
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import ManageBac
from ..resources.sending.classes import class_teacher_row
from .checking import NO_CLASS, needs
from .counting import CHUNK, requests_by
from .references import CLASS, PAGE_SIZE, TEACHER, directory_of_classes, read_teachers
from .since import SINCE

FIELDS = {
    "class_id": "the school's own id (uniq_id) or ManageBac's id of the class",
    "teacher_id": "email address, identifier or ManageBac's id of the teacher",
}


def _add(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.classes.add_teachers_many(rows, chunk=CHUNK, journal=journal)


async def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    wanted = set(keys)
    async for one in client.classes.list(archived=None, per_page=PAGE_SIZE):
        for teacher in one.teachers or ():
            if (one.id, teacher.teacher_id) in wanted:
                yield row_of(teacher, ("teacher_id",), {"class_id": one.id})


async def _read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    archived = filter_flag(filters, "archived")
    classes = await client.classes.list(
        archived=bool(archived),
        modified_since=filter_time(filters, "modified_since"),
        per_page=PAGE_SIZE,
    )
    names, teachers = directory_of_classes(classes), await read_teachers(client)
    for one in classes:
        for teacher in one.teachers or ():
            others = {
                "class_id": names.only_name_of(one.id),
                "teacher_id": teachers.only_name_of(teacher.teacher_id),
                "managebac_class_id": one.id,
                "managebac_teacher_id": teacher.teacher_id,
            }
            yield row_of(teacher, ("show_on_reports", "teacher_archived"), others)


#: ``show_on_reports`` is not a column: the vendor sets it only together with all teachers of a
#: class.
CLASS_TEACHERS = Kind(
    name="class-teachers",
    noun="teachers of classes",
    does="Add teachers to classes. No teacher is removed.",
    fields=FIELDS,
    required=(("class_id",), ("teacher_id",)),
    key=("class_id", "teacher_id"),
    aliases={
        "class": "class_id",
        "uniq_id": "class_id",
        "section id": "class_id",
        "teacher": "teacher_id",
        "teacher email": "teacher_id",
        "staff id": "teacher_id",
    },
    meanings={"class_id": "section code", "teacher_id": "person id"},
    references={"class_id": CLASS, "teacher_id": TEACHER},
    check_row=needs(class_teacher_row, class_id=NO_CLASS),
    count_requests=requests_by("class_id", requests_per_group=2),
    bulk=_add,
    read_existing=_existing,
    code_explanations={
        "404": "ManageBac has no class with this id.",
        "not_found": "ManageBac has no teacher with this id.",
    },
)

CLASS_TEACHER_LIST = Listing(
    name="class-teachers",
    does="Teachers of classes.",
    columns=(
        *FIELDS,
        *("show_on_reports", "teacher_archived", "managebac_class_id", "managebac_teacher_id"),
    ),
    read=_read,
    filters={
        "archived": "1 for archived classes instead of active ones",
        "modified_since": SINCE["modified_since"],
    },
    imported_as="class-teachers",
)
