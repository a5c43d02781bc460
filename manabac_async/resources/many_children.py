"""The bulk methods of ``managebac.children``: the children of many parents.

Vendor page: Relationships.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Hashable, Mapping
from contextlib import suppress
from typing import Any

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Present
from lms_async.bulk.guard import Guard, check_guard, guarded
from lms_async.bulk.rows import Rows, check_input
from lms_async.bulk.status import UNMENTIONED, with_parts
from lms_async.errors import InvalidInput, NotFound
from lms_async.http.urls import Path, build_path
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult, Status
from lms_async.records.encoding import Sending
from lms_async.resource import Given

from ..bulk_results import may_exist
from ..models import ChildRelation, Parent
from ..models.converter import converter
from .many import GUARD, PAGE, ManyRecords
from .sending import (
    AllChildren,
    ParentAndChild,
    RemovedChild,
    all_children,
    parent_and_child,
    removed_child,
)

_CHILDREN = "parents/{parent_id:person}/children"


class ManyChildren(ManyRecords):
    """The methods of ``managebac.children`` that take any number of rows."""

    def add_many(
        self, rows: Given[ParentAndChild], *, journal: Journal | None = None
    ) -> Bulk[ParentAndChild]:
        """Link children to their parents, one per request, several requests at once.

        A link whose response was lost is looked up among the parent's children, and sent again only
        if it is not there. ManageBac refuses a child who is linked already. Vendor page: "Create a
        parent-child relationship".

        :param rows: each with ``parent_id``, ``child_id`` and ``relationship``. A pair may appear
            only once.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        """
        return self._one_each(
            rows,
            "children.add_many",
            "POST",
            lambda key: build_path(_CHILDREN, parent_id=key[0]),
            prepare=_pair(parent_and_child),
            body=lambda row: {
                "child": {"id": row["child_id"], "relationship": row["relationship"]}
            },
            required_key="child",
            parse=_of_child,
            path_fields=("parent_id",),
            repeatable=False,
            look_up=self._look_up_added,
            is_conflict=may_exist,
            journal=journal,
        )

    def update_many(
        self, rows: Given[ParentAndChild], *, journal: Journal | None = None
    ) -> Bulk[ParentAndChild]:
        """Change what parents are to their children, one per request, several requests at once.
        Vendor page: "Update a parent-child relationship".

        :param rows: each with ``parent_id``, ``child_id`` and ``relationship``. A pair may appear
            only once.
        :param journal: see :meth:`add_many`.
        """
        return self._one_each(
            rows,
            "children.update_many",
            "PUT",
            _path_of_child,
            prepare=_pair(parent_and_child),
            body=lambda row: {"child": {"relationship": row["relationship"]}},
            required_key="child",
            parse=_of_child,
            path_fields=("parent_id", "child_id"),
            repeatable=True,
            look_up=self._look_up_updated,
            journal=journal,
        )

    def remove_many(
        self,
        rows: Given[RemovedChild],
        *,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[RemovedChild]:
        """Remove children from their parents, one per request, several requests at once. Adding the
        child again restores the link. Vendor page: "Delete a parent-child relationship".

        All rows are read before the first request, so that they can be counted. A link whose
        response was lost is looked up: it is ``done`` if it is gone, and removed again otherwise.

        :param rows: each with ``parent_id`` and ``child_id``. A pair may appear only once.
        :param guard: how many links may be removed, or which share of all links; 500 by default. If
            there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`add_many`.
        """
        return self._one_each(
            guarded(rows, guard, self._count_links),
            "children.remove_many",
            "DELETE",
            _path_of_child,
            prepare=_pair(removed_child),
            body=lambda row: None,
            required_key=None,
            parse=lambda _, rows: RowResult(Status.DONE, _child_of(rows.keys[0])),
            path_fields=("parent_id", "child_id"),
            repeatable=False,
            look_up=self._look_up_removed,
            journal=journal,
        )

    def replace_many(
        self,
        rows: Given[AllChildren],
        *,
        allow_empty: bool = False,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[AllChildren]:
        """Replace all children of many parents, one parent per request, several requests at once.
        Vendor page: "Bulk update parent-child relationships".

        All rows are read before the first request, and the parents too, so that the links that
        would be removed can be counted. If ManageBac refuses one child of a parent, nothing is
        changed for this parent.

        :param rows: each with ``parent_id`` and ``children``, which each have ``id`` and
            ``relationship``. A parent may appear only once.
        :param allow_empty: confirm that a row without children removes all children of its parent.
            Otherwise such a row is rejected.
        :param guard: how many links may be removed, or which share of all links; 500 by default. If
            there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`add_many`.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
            ``Outcome.parts`` has one result per child.
        """

        check_input(rows)
        check_guard(guard)

        def prepare(item: AllChildren) -> tuple[Hashable, Any]:
            body = all_children(item)
            ids = [child["id"] for child in body["children"]]
            fields = {}
            if not ids and not allow_empty:
                fields["children"] = "has no child; allow_empty=True removes all children"
            if len(set(ids)) < len(ids):
                fields["children"] = "has a child twice"
            if fields:
                raise InvalidInput("the row can't be sent", fields=fields)
            return str(body["parent_id"]), body

        return self._one_each(
            self._guarded_replacements(rows, guard, prepare),
            "children.replace_many" + (" allow_empty" if allow_empty else ""),
            "PUT",
            lambda key: build_path(_CHILDREN, parent_id=key),
            prepare=prepare,
            body=lambda row: {"children": row["children"]},
            required_key="children",
            parse=_of_children,
            path_fields=("parent_id",),
            repeatable=True,
            look_up=self._look_up_replaced,
            journal=journal,
        )

    async def _look_up_added(self, rows: Rows[Any]) -> list[Found]:
        children = await self._children(_parent_of(rows.keys[0]))
        found: list[Found] = []
        for sent, key in zip(map(orjson.loads, rows.bodies), rows.keys, strict=True):
            child = children.get(_child_of(key))
            if child is None:
                found.append(ABSENT)
            elif child.relationship == sent["relationship"]:
                found.append(RowResult(Status.DONE, child.id))
            else:
                found.append(Present(child.id))
        return found

    async def _look_up_updated(self, rows: Rows[Any]) -> list[Found]:
        return [
            DIFFERENT if isinstance(one, Present) else None if one is ABSENT else one
            for one in await self._look_up_added(rows)
        ]

    async def _look_up_removed(self, rows: Rows[Any]) -> list[Found]:
        children = await self._children(_parent_of(rows.keys[0]))
        ids = map(_child_of, rows.keys)
        return [DIFFERENT if id_ in children else RowResult(Status.DONE, id_) for id_ in ids]

    async def _look_up_replaced(self, rows: Rows[Any]) -> list[Found]:
        parent_id = rows.keys[0]
        found = await self._children(parent_id)
        shown = {int(id_): child.relationship for id_, child in found.items()}
        return [
            RowResult(Status.DONE, str(parent_id)) if shown == _links(body) else DIFFERENT
            for body in map(orjson.loads, rows.bodies)
        ]

    async def _children(self, parent_id: object) -> dict[str, ChildRelation]:
        path = build_path(_CHILDREN, parent_id=parent_id)
        found = self._list(path, ChildRelation, envelope_key="children", query=PAGE)
        return {child.id: child async for child in found if child.id is not None}

    async def _guarded_replacements(
        self,
        rows: Given[AllChildren],
        guard: Guard,
        prepare: Callable[[Any], tuple[Hashable, Any]],
    ) -> AsyncIterator[AllChildren]:
        """Read all ``rows``, and yield them if ``guard`` allows the removals that they make."""
        read = [row async for row in rows] if isinstance(rows, AsyncIterable) else list(rows)
        wanted: dict[str, set[str]] = {}
        for row in read:
            try:
                key, body = prepare(row)
            except InvalidInput:  # it is rejected later, with its reason
                continue
            wanted.setdefault(str(key), {str(child["id"]) for child in body["children"]})
        removed = 0
        async for parent_id, children in self._children_of(list(wanted)):
            removed += len(children - wanted[parent_id])
        await guard.allow(removed, self._count_links)
        for row in read:
            yield row

    async def _children_of(self, parents: list[str]) -> AsyncIterator[tuple[str, set[str]]]:
        """Yield the children of each of ``parents``, from the list of parents where it shows
        them. A parent who does not exist is left out."""
        if not parents:
            return
        path = build_path("parents")
        found = self._read(path, Parent, envelope_key="parents", ids=("ids[]", parents))
        left = set(parents)
        async for parent in found:
            if parent.id not in left:
                continue
            left.remove(parent.id)
            if parent.child_ids is not None:
                yield parent.id, set(parent.child_ids)
                continue
            yield parent.id, set(await self._children(parent.id))
        for parent_id in left:  # a parent who is not in the list may have children all the same
            with suppress(NotFound):
                yield parent_id, set(await self._children(parent_id))

    async def _count_links(self) -> int:
        parents = self._list(build_path("parents"), Parent, envelope_key="parents", query=PAGE)
        return sum([len(parent.child_ids or ()) async for parent in parents])


def _pair(sending: Sending) -> Callable[[Any], tuple[Hashable, Any]]:
    """Return a function that checks a row of a parent and a child."""

    def prepare(item: Any) -> tuple[Hashable, Any]:
        body = sending(item)
        return (body["parent_id"], body["child_id"]), body

    return prepare


def _parent_of(key: Any) -> int:
    parent_id: int = key[0]
    return parent_id


def _child_of(key: Any) -> str:
    return str(key[1])


def _path_of_child(key: Any) -> Path:
    return build_path(_CHILDREN + "/{child_id:person}", parent_id=key[0], child_id=key[1])


def _of_child(payload: Any, rows: Rows[Any]) -> RowResult | None:
    """Read the response to a request about one child."""
    child = payload["child"]
    if not isinstance(child, dict) or str(child.get("id")) != _child_of(rows.keys[0]):
        return None
    if _is_other(child, orjson.loads(rows.bodies[0])["relationship"]):
        return None
    return RowResult(Status.DONE, str(child["id"]))


def _of_children(payload: Any, rows: Rows[Any]) -> RowResult | None:
    """Read the response to a request with all children of a parent: one part per child."""
    shown = payload["children"]
    if not isinstance(shown, list):
        return None
    children = {str(child.get("id")): child for child in shown if isinstance(child, dict)}
    sent = {str(id_): one for id_, one in _links(orjson.loads(rows.bodies[0])).items()}
    if any(id_ not in sent or _is_other(one, sent[id_]) for id_, one in children.items()):
        return None  # the parent has other children than were sent, so they are looked up
    parts = [RowResult(Status.DONE, id_) if id_ in children else UNMENTIONED for id_ in sent]
    return with_parts(RowResult(Status.DONE, str(rows.keys[0])), parts, field="children")


def _is_other(child: Mapping[str, Any], relationship: str) -> bool:
    """Return whether a response shows another relationship than was sent."""
    shown = converter.structure(child, ChildRelation).relationship
    return bool(shown) and str(shown).strip().casefold() != relationship.casefold()


def _links(body: Mapping[str, Any]) -> dict[int, str]:
    return {child["id"]: child["relationship"] for child in body["children"]}
