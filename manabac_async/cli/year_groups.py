"""``--kind year-groups``: put students into year groups; the list of year groups, and the list of
their students."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_flag, filter_ids, filter_time
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import ManageBac
from ..models import YearGroup
from ..resources.sending.year_groups import year_group_row
from .counting import CHUNK, requests_by
from .references import PAGE_SIZE, STUDENT, YEAR_GROUP, read_students, read_year_groups
from .since import SINCE

FIELDS = {
    "year_group_id": "name or ManageBac's id of the year group",
    "student_id": "the school's own student_id, email address or ManageBac's id of the student",
}
_COLUMNS = (
    *("id", "name", "short_name", "program", "program_code", "grade", "grade_number"),
    *("graduation_year", "archived"),
)
_FILTERS = {
    "archived": "1 for archived year groups instead of active ones",
    "student_ids": "ids of students, the school's own or ManageBac's, separated by commas",
    "modified_since": SINCE["modified_since"],
}


def _add(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.year_groups.add_students_many(rows, chunk=CHUNK, journal=journal)


async def _groups(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[YearGroup]:
    groups = client.year_groups.list(
        archived=bool(filter_flag(filters, "archived")),
        student_ids=await filter_ids(client, filters, "student_ids", STUDENT),
        modified_since=filter_time(filters, "modified_since"),
        per_page=PAGE_SIZE,
    )
    async for group in groups:
        yield group


async def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    wanted = {key[0] for key in keys}
    async for group in _groups(client, {}):
        for student_id in group.student_ids or ():
            if student_id in wanted:
                yield {"year_group_id": group.id or "", "student_id": student_id}


async def _read_groups(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    async for group in _groups(client, filters):
        yield row_of(group, _COLUMNS)


async def _read_members(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    names, students = await read_year_groups(client), await read_students(client)
    async for group in _groups(client, filters):
        for student_id in group.student_ids or ():
            yield {
                "year_group_id": names.only_name_of(group.id),
                "student_id": students.only_name_of(student_id),
                "managebac_year_group_id": group.id or "",
                "managebac_student_id": student_id,
            }


YEAR_GROUPS = Kind(
    name="year-groups",
    noun="students",
    does="Put students into year groups. ManageBac removes them from their other active ones.",
    fields=FIELDS,
    required=(("year_group_id",), ("student_id",)),
    key=("student_id",),
    aliases={
        "year group": "year_group_id",
        "student": "student_id",
        "student number": "student_id",
    },
    meanings={"student_id": "person id"},
    references={"year_group_id": YEAR_GROUP, "student_id": STUDENT},
    check_row=year_group_row,
    count_requests=requests_by("year_group_id", requests_per_group=2),
    bulk=_add,
    read_existing=_existing,
    code_explanations={
        "404": "ManageBac has no year group with this id.",
        "not_found": "ManageBac has no student with this id.",
    },
)

YEAR_GROUP_LIST = Listing(
    name="year-groups",
    does="Year groups, without their students.",
    columns=_COLUMNS,
    read=_read_groups,
    shown=("id", "name", "grade", "graduation_year"),
    filters=_FILTERS,
)

YEAR_GROUP_MEMBER_LIST = Listing(
    name="year-group-members",
    does="Students of year groups.",
    columns=(*FIELDS, "managebac_year_group_id", "managebac_student_id"),
    read=_read_members,
    filters=_FILTERS,
    imported_as="year-groups",
)
