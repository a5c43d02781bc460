"""``--kind parents`` and ``--kind advisors``: link students to them, or remove the links."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending

from ..client import Schoology
from ..models import AdvisorPair, ParentPair, User
from ..models.converter import converter
from .codes import person
from .references import filterable, people_with
from .removing import DELETE, deletes

_STUDENT = {"student_school_uid": "the school's own id of the student"}
_DELETE = {"delete": DELETE.format(what="the link")}
_STUDENT_ALIASES = dict.fromkeys(
    ("student id", "student number", "student unique id", "child id"), "student_school_uid"
)
#: Schoology does not say which of the two it does not have.
_EXPLAINED = {"404": "Schoology has no person with one of these two ids."}


def _import_parents(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.users.import_parents(rows, journal=journal)


def _import_advisors(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.users.import_advisors(rows, journal=journal)


async def _read_existing_parents(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    wanted = set(keys)
    people = filterable(dict.fromkeys(school_uid for key in keys for school_uid in key))
    if not people:
        return
    for row in _pairs([user async for user in people_with(client, people)]):
        if (row.get("student_school_uid"), row.get("parent_school_uid")) in wanted:
            yield row | {"delete": "0"}


async def _read_parents(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    for row in _pairs(await client.users.list()):
        yield row


def _pairs(users: Collection[User]) -> Iterable[dict[str, str]]:
    """Return the links among these users. The list shows the children of each parent."""
    by_uid = {user.uid: user for user in users}
    for parent in users:
        for uid in parent.child_uids or ():
            student = by_uid.get(uid)
            if student is not None:
                pair = {
                    "student_school_uid": student.school_uid,
                    "parent_school_uid": parent.school_uid,
                    "id": student.uid,
                }
                names = {"student_uid": student.uid, "parent_uid": parent.uid}
                yield row_of(None, (), pair | names)


PARENTS = Kind(
    name="parents",
    noun="links to parents",
    does="Link students to parents, 50 per request. Rows with delete=1 remove the link.",
    fields={**_STUDENT, "parent_school_uid": "the school's own id of the parent", **_DELETE},
    required=(("student_school_uid",), ("parent_school_uid",)),
    key=("student_school_uid", "parent_school_uid"),
    aliases=_STUDENT_ALIASES
    | dict.fromkeys(("parent id", "guardian id", "parent unique id"), "parent_school_uid"),
    codes=(person("student_school_uid"), person("parent_school_uid")),
    check_row=Sending(converter, ParentPair, what="the row"),
    count_requests=requests_of(50),
    bulk=_import_parents,
    removes=deletes,
    read_existing=_read_existing_parents,
    code_explanations=_EXPLAINED,
)

#: There is no listing and no ``read_existing``: Schoology does not show the advisors of students.
ADVISORS = Kind(
    name="advisors",
    noun="links to advisors",
    does="Link students to advisors, 50 per request. Rows with delete=1 remove the link. Schoology "
    "does not show advisors, so the links can't be listed or compared.",
    fields={**_STUDENT, "advisor_school_uid": "the school's own id of the advisor", **_DELETE},
    required=(("student_school_uid",), ("advisor_school_uid",)),
    key=("student_school_uid", "advisor_school_uid"),
    aliases=_STUDENT_ALIASES
    | dict.fromkeys(("advisor id", "advisor unique id"), "advisor_school_uid"),
    codes=(person("student_school_uid"), person("advisor_school_uid")),
    check_row=Sending(converter, AdvisorPair, what="the row"),
    count_requests=requests_of(50),
    bulk=_import_advisors,
    removes=deletes,
    code_explanations=_EXPLAINED,
)

PARENTS_LISTING = Listing(
    name="parents",
    does="The links of students to parents. Schoology does not show the links to advisors.",
    columns=["student_school_uid", "parent_school_uid", "student_uid", "parent_uid"],
    imported_as="parents",
    read=_read_parents,
)
