"""``--kind archive``, ``unarchive``, ``archive-teachers``, ``archive-parents`` and
``archive-classes``: archive records, and make students active again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.kinds import Kind, KindOptions, Reference, Row, every_row, requests_of
from lms_async.cli.meanings import Meaning
from lms_async.journal.journal import Journal

from ..client import ManageBac
from ..resources.many import whole_id
from ..resources.sending.students import archived_student
from .counting import CHUNK, count_of
from .references import ARCHIVED_STUDENT, CLASS, PAGE_SIZE, PARENT, STUDENT, TEACHER


def _guarded(options: KindOptions) -> dict[str, Any]:
    return {} if options.guard is None else {"guard": options.guard}


def _archive_students(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.students.archive_many(rows, journal=journal, **_guarded(options))


def _archive_by_id(
    resource: str,
) -> Callable[[Any, Iterable[Any], KindOptions, Journal | None], Bulk[Any]]:
    def bulk(
        client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
    ) -> Bulk[Any]:
        archive: Callable[..., Bulk[Any]] = getattr(client, resource).archive_many
        return archive((row["id"] for row in rows), journal=journal, **_guarded(options))

    return bulk


def _unarchive(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.students.unarchive_many((row["id"] for row in rows), journal=journal)


def _already(
    resource: str, *, archived: bool
) -> Callable[[Any, Collection[tuple[str, ...]]], AsyncIterator[Row]]:
    """Return a function that yields those records with the given ids that have the state."""

    async def read(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
        ids = {id_ for (id_,) in keys}
        async for one in getattr(client, resource).list(archived=archived, per_page=PAGE_SIZE):
            if one.id in ids:
                yield {"id": one.id}

    return read


def _check_id(row: Row) -> object:
    return whole_id(row.get("id", ""))


def _archive_kind(
    name: str,
    resource: str,
    *,
    does: str,
    what_is_id: str,
    reference: Reference,
    aliases: Mapping[str, str],
    meaning: Meaning = "person id",
    flag: str = "0",
    rows_per_request: int = 1,
) -> Kind:
    """Make a kind that archives records by their ids alone.

    :param meaning: what the school's own id is called in other exports.
    :param flag: the value of the vendor's filter ``archived`` that selects active records.
    """
    return Kind(
        name=name,
        noun=resource,
        does=does,
        fields={"id": what_is_id},
        required=(("id",),),
        key=("id",),
        aliases=aliases,
        meanings={"id": meaning},
        references={"id": reference},
        check_row=_check_id,
        count_requests=requests_of(rows_per_request),
        bulk=_archive_by_id(resource),
        read_existing=_already(resource, archived=True),
        switches=True,
        removes=every_row,
        count_existing=count_of(
            resource,
            lambda client: getattr(client, resource).list(archived=False, per_page=PAGE_SIZE),
            archived=flag,
        ),
        code_explanations={"404": f"ManageBac has no {resource} with this id."},
    )


_STUDENT_ID = "the school's own student_id, email address or ManageBac's id of the student"
_STUDENT_ALIASES = {
    "student_id": "id",
    "student id": "id",
    "student number": "id",
    "sis id": "id",
}

ARCHIVE = Kind(
    name="archive",
    noun="students",
    does="Archive students who have left. ManageBac removes them from all classes and groups.",
    fields={
        "id": _STUDENT_ID,
        "withdrawn_on": "last day of a student who left without graduating, YYYY-MM-DD",
        "graduated_on": "day of graduation, YYYY-MM-DD; each row needs one of the two dates",
    },
    required=(("id",), ("withdrawn_on", "graduated_on")),
    key=("id",),
    aliases={**_STUDENT_ALIASES, "graduation date": "graduated_on"},
    meanings={"id": "person id"},
    references={"id": STUDENT},
    dates=("withdrawn_on", "graduated_on"),
    check_row=archived_student,
    count_requests=requests_of(1),
    bulk=_archive_students,
    read_existing=_already("students", archived=True),
    switches=True,
    removes=every_row,
    count_existing=count_of(
        "students",
        lambda client: client.students.list(archived=False, per_page=PAGE_SIZE),
        archived="0",
    ),
    code_explanations={"404": "ManageBac has no student with this id."},
)

UNARCHIVE = Kind(
    name="unarchive",
    noun="students",
    does="Make archived students active again, without the classes and groups that they had.",
    fields={"id": _STUDENT_ID},
    required=(("id",),),
    key=("id",),
    aliases=_STUDENT_ALIASES,
    meanings={"id": "person id"},
    references={"id": ARCHIVED_STUDENT},
    check_row=_check_id,
    count_requests=requests_of(1),
    bulk=_unarchive,
    read_existing=_already("students", archived=False),
    switches=True,
    code_explanations={"404": "ManageBac has no student with this id."},
)

ARCHIVE_TEACHERS = _archive_kind(
    "archive-teachers",
    "teachers",
    does="Archive teachers who have left.",
    what_is_id="email address, identifier or ManageBac's id of the teacher",
    reference=TEACHER,
    aliases={"teacher_id": "id", "teacher id": "id", "staff id": "id", "email": "id"},
)

ARCHIVE_PARENTS = _archive_kind(
    "archive-parents",
    "parents",
    does="Archive parents.",
    what_is_id="email address, identifier or ManageBac's id of the parent",
    reference=PARENT,
    aliases={"parent_id": "id", "parent id": "id", "email": "id"},
)

ARCHIVE_CLASSES = _archive_kind(
    "archive-classes",
    "classes",
    does="Archive classes, for example those of last year.",
    what_is_id="the school's own id (uniq_id) or ManageBac's id of the class",
    reference=CLASS,
    aliases={"uniq_id": "id", "class_id": "id", "class id": "id"},
    meaning="section code",
    rows_per_request=CHUNK,
)
