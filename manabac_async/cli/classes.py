"""``--kind classes``: create classes, or update them, by the school's own id; and their list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.directory import Directory
from lms_async.cli.filters import filter_flag, filter_time
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import ManageBac
from ..models import Class
from ..resources.sending.classes import new_class
from .checking import needs
from .counting import CHUNK
from .references import (
    GRADE,
    PAGE_SIZE,
    PROGRAM,
    SUBJECT,
    SUBJECTS,
    TERM,
    read_subjects,
    read_terms,
)
from .since import SINCE

FIELDS = {
    "uniq_id": "the school's own id of the class; must never change",
    "name": "name; if empty, ManageBac makes one of program, subject, grade and section",
    "program": "code or name of the program, such as myp",
    "grade_number": "label of the grade, such as Grade 7, or ManageBac's number of it (8)",
    "subject_id": "program and name of the subject, such as myp/Biology, or ManageBac's id",
    "subject_ids": "the same for a class of several subjects, separated by commas",
    "start_term_id": "first term, such as myp/2025-2026/Semester 1, or ManageBac's id",
    "end_term_id": "last term, such as myp/2025-2026/Semester 2, or ManageBac's id",
    "language": "language code, such as en",
    "class_section": "section, such as A",
    "description": "description",
    "sl": "true if the class has students on SL, otherwise false",
    "hl": "true if the class has students on HL, otherwise false",
    "subject_option": "phases of a language class, separated by commas",
    "lock_memberships": "which members cannot be added by hand, such as students_only",
}
_SHOWN_ONLY = ("id", "grade", "subject_name", "archived", "created_at", "updated_at")


def _save(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.classes.upsert_by_uniq_id(
        rows, update_existing=options.update_existing, chunk=CHUNK, journal=journal
    )


def _row(
    one: Class, columns: Iterable[str], subjects: Directory | None, terms: Directory | None
) -> dict[str, str]:
    """Return a class as a row.

    :param subjects: the subjects, to write names instead of ids.
    :param terms: the terms, to write names instead of ids.
    """

    def named(directory: Directory | None, id_: str | None) -> str:
        return (id_ or "") if directory is None else directory.name_of(id_)

    ids = [subject.id for subject in one.subjects or ()]
    levels = one.applicable_levels or ()
    others: dict[str, object] = {
        "program": one.program_code,
        "subject_id": named(subjects, one.subject_id) if len(ids) < 2 else "",
        "subject_ids": [named(subjects, id_) for id_ in ids] if len(ids) > 1 else "",
        "start_term_id": named(terms, one.start_term_id),
        "end_term_id": named(terms, one.end_term_id),
        "sl": "true" if "SL" in levels else "false",
        "hl": "true" if "HL" in levels else "false",
    }
    return row_of(one, columns, others)


async def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    wanted = {key[0].strip() for key in keys}
    async for one in client.classes.list(archived=None, per_page=PAGE_SIZE):
        if (one.uniq_id or "").strip() in wanted:
            yield _row(one, (*FIELDS, "id"), None, None)


async def _read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    subjects, terms = await read_subjects(client), await read_terms(client)
    classes = client.classes.list(
        archived=bool(filter_flag(filters, "archived")),
        modified_since=filter_time(filters, "modified_since"),
        deleted_since=filter_time(filters, "deleted_since"),
        per_page=PAGE_SIZE,
    )
    async for one in classes:
        yield _row(one, (*FIELDS, *_SHOWN_ONLY), subjects, terms)


#: ``archived`` is not a column: the kind ``archive-classes`` archives classes, with a guard.
CLASSES = Kind(
    name="classes",
    noun="classes",
    does="Create classes. With --update-existing, also update classes whose uniq_id exists.",
    fields=FIELDS,
    required=(
        ("uniq_id",),
        ("program",),
        ("grade_number",),
        ("language",),
        ("start_term_id",),
        ("end_term_id",),
        ("subject_id", "subject_ids"),
    ),
    key=("uniq_id",),
    aliases={
        "class id": "uniq_id",
        "section id": "uniq_id",
        "class name": "name",
        "grade": "grade_number",
        "subject": "subject_id",
        "start term": "start_term_id",
        "end term": "end_term_id",
        "section": "class_section",
    },
    meanings={"uniq_id": "section code", "name": "section title"},
    references={
        "program": PROGRAM,
        "grade_number": GRADE,
        "subject_id": SUBJECT,
        "subject_ids": SUBJECTS,
        "start_term_id": TERM,
        "end_term_id": TERM,
    },
    options=("update_existing",),
    check_row=needs(new_class, uniq_id="is needed"),
    count_requests=requests_of(CHUNK),
    bulk=_save,
    read_existing=_existing,
)

CLASS_LIST = Listing(
    name="classes",
    does="Classes.",
    columns=(*FIELDS, *_SHOWN_ONLY),
    read=_read,
    shown=("id", "uniq_id", "name", "program", "grade", "subject_name"),
    filters={"archived": "1 for archived classes instead of active ones", **SINCE},
    imported_as="classes",
)
