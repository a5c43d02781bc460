"""Links of parents to children, for the bulk methods: look them up, count them, read responses.

A row's key is ``(parent_id, child_id)``, or the parent's id if the row has all children of a
parent. Vendor page: Relationships.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Hashable, Mapping
from contextlib import suppress
from typing import Any

import attrs
import orjson

from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Present
from lms_async.bulk.guard import Guard
from lms_async.bulk.rows import Rows
from lms_async.bulk.status import UNMENTIONED, with_parts
from lms_async.errors import InvalidInput, NotFound
from lms_async.http.urls import Path, build_path
from lms_async.outcome import RowResult, Status
from lms_async.records.converter import Record
from lms_async.records.encoding import Sending
from lms_async.records.scalars import Id, IdList
from lms_async.resource import Given

from ..models import ChildRelation
from ..models.converter import converter
from .many import PAGE, ManyRecords
from .sending.children import AllChildren

CHILDREN = "parents/{parent_id:person}/children"


@attrs.define(kw_only=True, repr=False)
class ParentLinks(Record):
    """The fields of a parent that a guard needs. Reading all fields would take most of the time."""

    id: Id | None = None
    child_ids: IdList | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


class ChildLinks(ManyRecords):
    """A resource that reads the links of parents to children."""

    async def _look_up_added(self, rows: Rows[Any]) -> list[Found]:
        children = await self._children(_parent_of(rows.keys[0]))
        found: list[Found] = []
        for sent, key in zip(map(orjson.loads, rows.bodies), rows.keys, strict=True):
            child = children.get(child_of(key))
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
        ids = map(child_of, rows.keys)
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
        path = build_path(CHILDREN, parent_id=parent_id)
        found = self._list(path, ChildRelation, envelope_key="children", query=PAGE)
        return {child.id: child async for child in found if child.id is not None}

    async def _guarded_replacements(
        self,
        rows: Given[AllChildren],
        guard: Guard,
        prepare: Callable[[Any], tuple[Hashable, Any]],
    ) -> AsyncIterator[AllChildren]:
        """Read all ``rows``, and yield them if ``guard`` allows the links that they remove."""
        read = [row async for row in rows] if isinstance(rows, AsyncIterable) else list(rows)
        wanted: dict[str, set[str]] = {}
        for row in read:
            try:
                key, body = prepare(row)
            except InvalidInput:  # the bulk rejects this row later, with the reason
                continue
            wanted.setdefault(str(key), {str(child["id"]) for child in body["children"]})
        removed = 0
        async for parent_id, children in self._children_of(list(wanted)):
            removed += len(children - wanted[parent_id])
        await guard.allow(removed, self._count_links)
        for row in read:
            yield row

    async def _children_of(self, parents: list[str]) -> AsyncIterator[tuple[str, set[str]]]:
        """Yield each of ``parents`` with the ids of the children.

        The list of parents may leave out the children. Then they are read for each parent. A parent
        who does not exist is left out.
        """
        if not parents:
            return
        path = build_path("parents")
        found = self._read(path, ParentLinks, envelope_key="parents", ids=("ids[]", parents))
        left = set(parents)
        async for parent in found:
            if parent.id not in left:
                continue
            left.remove(parent.id)
            yield parent.id, await self._children_shown(parent.id, parent)
        for parent_id in left:  # a parent who is not in the list may still have children
            with suppress(NotFound):
                yield parent_id, set(await self._children(parent_id))

    async def _children_shown(self, parent_id: str, parent: ParentLinks) -> set[str]:
        """Return the ids of the children of a parent from a list, which may leave them out."""
        if parent.child_ids is not None:
            return set(parent.child_ids)
        return set(await self._children(parent_id))

    async def _count_links(self) -> int:
        parents = self._list(build_path("parents"), ParentLinks, envelope_key="parents", query=PAGE)
        return sum([len(parent.child_ids or ()) async for parent in parents])


def pair_of(sending: Sending) -> Callable[[Any], tuple[Hashable, Any]]:
    """Return a function that checks a row with a parent and a child, and returns its key too."""

    def prepare(item: Any) -> tuple[Hashable, Any]:
        body = sending(item)
        return (body["parent_id"], body["child_id"]), body

    return prepare


def _parent_of(key: Any) -> int:
    parent_id: int = key[0]
    return parent_id


def child_of(key: Any) -> str:
    """Return the child's id from the key of a row."""
    return str(key[1])


def path_of_child(key: Any) -> Path:
    """Return the path of a link from the key of its row."""
    return build_path(CHILDREN + "/{child_id:person}", parent_id=key[0], child_id=key[1])


def parse_child(payload: Any, rows: Rows[Any]) -> RowResult | None:
    """Read the response to a request with one child."""
    child = payload["child"]
    if not isinstance(child, dict) or str(child.get("id")) != child_of(rows.keys[0]):
        return None
    if _is_other(child, orjson.loads(rows.bodies[0])["relationship"]):
        return None
    return RowResult(Status.DONE, str(child["id"]))


def parse_removal(payload: Any, rows: Rows[Any]) -> RowResult | None:
    """Read the response to a removal: no body, or ``{"status": "ok"}`` as for other removals."""
    is_ok = payload is None or (isinstance(payload, dict) and payload.get("status") == "ok")
    return RowResult(Status.DONE, child_of(rows.keys[0])) if is_ok else None


def parse_children(payload: Any, rows: Rows[Any]) -> RowResult | None:
    """Read the response to a request with all children of a parent. Each child is a part."""
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
