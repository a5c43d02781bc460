"""``--kind teachers``: create teachers, or update them; and the list of teachers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping

from lms_async.cli.kinds import Kind, Listing, Row, requests_of

from ..client import ManageBac
from ..resources.sending.teachers import new_teacher
from .people import (
    ALIASES,
    EXPLAINED,
    FIELDS,
    FILTERS,
    SHOWN_ONLY,
    existing_people,
    in_lower_case,
    list_people,
    recognized_by,
    save_people,
)
from .rows import row_of

_KEPT = tuple(name for name in FIELDS if name != "password")
_COLUMNS = (*_KEPT, "role", "programs", *SHOWN_ONLY)


def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    return existing_people(client, "teachers", _KEPT)


async def _read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    async for teacher in list_people(client, "teachers", filters):
        yield row_of(teacher, _COLUMNS)


TEACHERS = Kind(
    name="teachers",
    noun="teachers",
    does="Create teachers. With --update-existing, also update teachers who exist, found by "
    "identifier or email address.",
    fields=FIELDS,
    required=(("email",), ("last_name",)),
    key=("email",),
    normalize_key=in_lower_case,
    aliases={
        **ALIASES,
        "staff id": "identifier",
        "teacher id": "identifier",
        "employee id": "identifier",
    },
    dates=("birthday",),
    options=("update_existing", "notify"),
    check_row=new_teacher,
    count_requests=requests_of(1),
    bulk=save_people("teachers"),
    read_existing=_existing,
    recognized_by=recognized_by("identifier"),
    code_explanations=EXPLAINED,
)

TEACHER_LIST = Listing(
    name="teachers",
    does="Teachers, active and archived.",
    columns=_COLUMNS,
    read=_read,
    shown=("id", "identifier", "last_name", "first_name", "email", "archived"),
    filters=FILTERS,
    imported_as="teachers",
)
