"""``--kind students``: create students, or update them; and the list of students."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping

from lms_async.cli.filters import filter_ids, filter_word
from lms_async.cli.kinds import Kind, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of

from ..client import ManageBac
from ..resources.sending.students import new_student
from .checking import needs
from .people import (
    ALIASES,
    EXPLAINED,
    FILTERS,
    MEANINGS,
    SHOWN_ONLY,
    existing_people,
    list_people,
    recognized_by,
    save_people,
)
from .people import FIELDS as OF_PEOPLE
from .references import TEACHER, YEAR_GROUP, read_teachers, read_year_groups

#: ``parent_ids`` is left out, because a change replaces all parents of a student. The kind
#: ``children`` adds parents, with their relationship.
FIELDS = {
    "student_id": "the school's own id for the student; must never change",
    **OF_PEOPLE,
    "year_group_id": "name or ManageBac's id of the year group; moves a student who exists",
    "homeroom_advisor_id": "email address, identifier or ManageBac's id of the homeroom advisor",
    "graduating_year": "graduation year, four digits",
}

_COLUMNS = (
    *(name for name in FIELDS if name != "password"),
    *("status", "class_grade", "program_code", "withdrawn_on", "graduated_on", "parent_ids"),
    *SHOWN_ONLY,
)
_KEPT = tuple(name for name in FIELDS if name != "password")


def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    return existing_people(client, "students", _KEPT)


async def _read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    groups, teachers = await read_year_groups(client), await read_teachers(client)
    students = list_people(
        client,
        "students",
        filters,
        status=filter_word(filters, "status", "enrolled", "withdrawn", "graduated"),
        year_group_ids=await filter_ids(client, filters, "year_group_ids", YEAR_GROUP),
        homeroom_advisor_ids=await filter_ids(client, filters, "homeroom_advisor_ids", TEACHER),
    )
    async for student in students:
        names = {
            "year_group_id": groups.name_of(student.year_group_id),
            "homeroom_advisor_id": teachers.name_of(student.homeroom_advisor_id),
        }
        yield row_of(student, _COLUMNS, names)


STUDENTS = Kind(
    name="students",
    noun="students",
    does="Create students. With --update-existing, also update students who exist, found by "
    "student_id or email address.",
    fields=FIELDS,
    required=(("student_id",), ("email",), ("last_name",)),
    key=("student_id",),
    aliases={
        **ALIASES,
        "student id": "student_id",
        "student number": "student_id",
        "sis id": "student_id",
        "year group": "year_group_id",
        "homeroom advisor": "homeroom_advisor_id",
        "graduation year": "graduating_year",
    },
    meanings={**MEANINGS, "student_id": "person id", "graduating_year": "graduation year"},
    references={"year_group_id": YEAR_GROUP, "homeroom_advisor_id": TEACHER},
    dates=("birthday",),
    options=("update_existing", "notify"),
    check_row=needs(new_student, student_id="is needed"),
    count_requests=requests_of(1),
    bulk=save_people("students"),
    read_existing=_existing,
    activated_by="unarchive",
    recognized_by=recognized_by("student_id"),
    code_explanations=EXPLAINED,
)

STUDENT_LIST = Listing(
    name="students",
    does="Students, active and archived.",
    columns=_COLUMNS,
    read=_read,
    shown=("id", "student_id", "last_name", "first_name", "email", "year_group_id", "archived"),
    filters={
        **FILTERS,
        "status": "enrolled, withdrawn or graduated",
        "year_group_ids": "names or ids of year groups, separated by commas",
        "homeroom_advisor_ids": "email addresses or ids of homeroom advisors, separated by commas",
    },
    imported_as="students",
)
