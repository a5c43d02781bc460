"""Relationships: the links of students to their parents, by the keys of both.

ManageBac has words such as ``Mother`` for a link, which rosters do not have. So all are guardians,
and the word of an existing link is never changed. The vendor's id of a link, as an entry has it, is
ManageBac's ids of the parent and the child, with a slash between them.
"""

from __future__ import annotations

from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import DIFFERENT, Found
from lms_async.bulk.rows import Rows
from lms_async.errors import InvalidInput
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult, Status
from lms_async.roster import Change, Entry
from lms_async.roster.entries import join, split

from ..models.parent import Parent
from ..resources import Children
from ..resources.child_links import child_of, pair_of, path_of_child
from ..resources.sending.children import removed_child
from .people import PARENTS, STUDENTS
from .references import Keys

_PARENT = "guardian"


def entry(
    parent: Parent, child_id: str, *, child: str, key: str, active: bool, school: str
) -> Entry:
    """Return the entry of a link.

    :param child: the key of the student.
    :param key: the key of the parent.
    :param active: whether both people are active. The links of archived people are not in use.
    :param school: the key of the school.
    """
    return Entry(
        kind="relationships",
        key=join(child, key, _PARENT),
        org=school,
        vendor_id=f"{parent.id}/{child_id}",
        active=active,
    )


def children_of(parent: Parent) -> list[str]:
    """Return ManageBac's ids of the children. The vendor may leave out one of the two lists."""
    if parent.child_ids is not None:
        return list(parent.child_ids)
    return [child.id for child in parent.children or () if child.id is not None]


def new_row(change: Change, people: Keys, *, relationship: str) -> dict[str, Any]:
    """Return the row that links a student to a parent.

    :param relationship: ManageBac's word for the link.
    :raises InvalidInput: ManageBac does not know the people, or the other person is not a parent.
    """
    student, other, kind = split(change.key)
    if kind != _PARENT:
        raise InvalidInput(
            "the change can't be sent", fields={"kind": "only parents can be linked"}
        )
    return {
        "parent_id": _id(people, other, PARENTS, field="parent"),
        "child_id": _id(people, student, STUDENTS, field="student"),
        "relationship": relationship,
    }


def removed_row(change: Change) -> dict[str, Any]:
    """Return the row that removes a link."""
    parent_id, child_id = change.vendor_id.split("/")
    return {"parent_id": parent_id, "child_id": child_id}


def _id(people: Keys, key: str, path: str, *, field: str) -> str:
    found, _, id_ = people.id(key, field=field).partition("/")
    if found != path:
        fault = f"the person with this key is not one of the {path} in ManageBac"
        raise InvalidInput("the change can't be sent", fields={field: fault})
    return id_


def confirm_links(children: Children, changes: Any, *, journal: Journal | None) -> Bulk[Change]:
    """Return a bulk that reads links, to check that they are still there.

    ManageBac keeps the links of people who are archived. So a link is in use again after the people
    have returned, and nothing has to be written.
    """
    bulk: Bulk[Any] = children._one_each(
        changes,
        "children.confirm",
        "GET",
        path_of_child,
        prepare=pair_of(removed_child),
        body=lambda row: None,
        required_key="child",
        parse=_confirmed,
        path_fields=("parent_id", "child_id"),
        missing="ManageBac has removed the link: make a new plan, which adds it",
        repeatable=True,
        look_up=_ask_again,
        journal=journal,
    )
    return bulk.converting(removed_row)


def _confirmed(payload: Any, rows: Rows[Any]) -> RowResult:
    keys: list[Any] = rows.keys
    return RowResult(Status.DONE, child_of(keys[0]))


async def _ask_again(rows: Rows[Any]) -> list[Found]:
    return [DIFFERENT] * len(rows)
