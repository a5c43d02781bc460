"""``--kind children``: link parents to their children; and the list of these links."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_flag, filter_time
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import ManageBac
from ..models import ChildRelation, Parent
from ..resources.sending.children import parent_and_child
from .references import PAGE_SIZE, PARENT, STUDENT, read_parents, read_students
from .since import SINCE

FIELDS = {
    "parent_id": "email address, identifier or ManageBac's id of the parent",
    "child_id": "the school's own student_id, email address or ManageBac's id of the student",
    "relationship": "Mother, Father, Stepmother, Stepfather, Legal Guardian, Grandmother, "
    "Grandfather, Sister, Brother, Uncle, Aunt, Other Guardian or Consultant Recruiter",
}


def _save(
    client: ManageBac, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    save = client.children.upsert_many if options.update_existing else client.children.add_many
    return save(rows, journal=journal)


async def _children_of(
    client: ManageBac, parents: Iterable[Parent]
) -> AsyncIterator[tuple[str, ChildRelation]]:
    """Yield each parent's id with a child. A list of parents may leave out the children."""
    for parent in parents:
        if parent.id is None or (parent.child_ids is not None and not parent.child_ids):
            continue
        children = parent.children
        if children is None:
            children = await client.children.list(parent.id, per_page=PAGE_SIZE)
        for child in children:
            yield parent.id, child


async def _existing(client: ManageBac, keys: Collection[tuple[str, ...]]) -> AsyncIterator[Row]:
    wanted = set(keys)
    parents = await client.parents.list(ids={key[0] for key in keys}, per_page=PAGE_SIZE)
    async for parent_id, child in _children_of(client, parents):
        if (parent_id, child.id) in wanted:
            yield row_of(child, ("relationship",), {"parent_id": parent_id, "child_id": child.id})


async def _read(client: ManageBac, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    students, names = await read_students(client), await read_parents(client)
    parents = await client.parents.list(
        archived=filter_flag(filters, "archived"),
        modified_since=filter_time(filters, "modified_since"),
        per_page=PAGE_SIZE,
    )
    async for parent_id, child in _children_of(client, parents):
        pair = {
            "parent_id": names.only_name_of(parent_id),
            "child_id": students.only_name_of(child.id),
            "managebac_parent_id": parent_id,
            "managebac_child_id": child.id,
        }
        yield row_of(child, ("relationship",), pair)


CHILDREN = Kind(
    name="children",
    noun="links",
    does="Link parents to their children. With --update-existing, also change the relationship of "
    "links that exist.",
    fields=FIELDS,
    required=(("parent_id",), ("child_id",), ("relationship",)),
    key=("parent_id", "child_id"),
    aliases={
        "parent email": "parent_id",
        "guardian email": "parent_id",
        "student id": "child_id",
        "student_id": "child_id",
        "relation": "relationship",
    },
    meanings={"child_id": "person id"},
    references={"parent_id": PARENT, "child_id": STUDENT},
    options=("update_existing",),
    check_row=parent_and_child,
    count_requests=requests_of(1),
    bulk=_save,
    read_existing=_existing,
    code_explanations={
        "422": "ManageBac did not accept the link. The student may be linked to the parent "
        "already. To change existing links, add --update-existing --restart."
    },
)

CHILD_LIST = Listing(
    name="children",
    does="Links of parents to their children.",
    columns=(*FIELDS, "managebac_parent_id", "managebac_child_id"),
    read=_read,
    filters={
        "archived": "1 for archived parents only, 0 for active parents only",
        "modified_since": SINCE["modified_since"],
    },
    imported_as="children",
)
