"""``managebac.children``: the links of a parent to children. Vendor page: Relationships."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping

from lms_async.bulk.guard import Guard, check_guard
from lms_async.errors import InvalidInput
from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, build_path

from ..models import ChildRelation, Relationship
from .base import ManageBacResource
from .filters import list_query
from .many_children import ManyChildren
from .sending.children import Child, child


class Children(ManyChildren, ManageBacResource):
    """Links of a parent to children, who are students. All ids may be texts or numbers."""

    def list(self, parent_id: str | int, *, per_page: int | None = None) -> Pages[ChildRelation]:
        """List the children of a parent. Vendor page: "Get all Parent's children".

        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        """
        return self._list(
            _path(parent_id),
            ChildRelation,
            envelope_key="children",
            query=list_query(per_page=per_page),
        )

    async def get(self, parent_id: str | int, child_id: str | int) -> ChildRelation:
        """Get the relation of a parent to one child.

        :raises NotFound: there is no such parent, or the student is not a child of this parent.
        """
        path = _path_of_one(parent_id, child_id)
        return await self._get(
            path, ChildRelation, envelope_key="child", about=about("id", child_id)
        )

    async def add(self, parent_id: str | int, linked: Child) -> ChildRelation:
        """Link a parent to a child. A link that was removed is restored.

        :param linked: ``id`` of the student, and ``relationship``, such as ``Mother``.
        :raises InvalidInput: a field is missing, or the relationship is not one of the vendor's.
        :raises BadRequest: the student is linked already, or does not exist. ``fields`` has the
            reason.
        :raises OutcomeUnknown: the response was lost. List the children before you try again.
        """
        return await self._send(
            "POST",
            _path(parent_id),
            {"child": child(linked)},
            returns=ChildRelation,
            envelope_key="child",
        )

    async def replace(
        self,
        parent_id: str | int,
        children: Iterable[Child],
        *,
        allow_empty: bool = False,
        guard: Guard | None = None,
    ) -> builtins.list[ChildRelation]:
        """Replace all children of a parent in one request. If a child is not valid, none is sent.

        :param children: each with ``id`` and ``relationship``.
        :param allow_empty: confirm that an empty list removes all children.
        :param guard: how many of the current children may be removed, or which share of them.
        :returns: the children as the vendor shows them afterwards.
        :raises InvalidInput: the list is empty, a child is not valid or appears twice, or more
            children would be removed than ``guard`` allows.
        :raises BadRequest: ManageBac rejected the request and changed nothing.
        """
        if isinstance(children, str | bytes | Mapping) or not isinstance(children, Iterable):
            raise InvalidInput("children must be a list")
        rows = [child(one) for one in children]
        ids = {str(row["id"]) for row in rows}
        if len(ids) < len(rows):
            raise InvalidInput("children can't be sent", fields={"id": "appears twice"})
        if not rows and not allow_empty:
            raise InvalidInput(
                "an empty list would remove every child of the parent",
                hint="if this is intended, pass allow_empty=True",
            )
        if guard is not None:
            check_guard(guard)
            current = [one.id for one in await self.list(parent_id)]

            async def count() -> int:
                return len(current)

            await guard.allow(len(set(current) - ids), count)
        return await self._send(
            "PUT",
            _path(parent_id),
            {"children": rows},
            returns=builtins.list[ChildRelation],
            envelope_key="children",
            repeatable=True,
        )

    async def update(
        self, parent_id: str | int, child_id: str | int, relationship: Relationship
    ) -> ChildRelation:
        """Change the relation of a parent to a child.

        :param relationship: e.g. ``Legal Guardian``.
        :raises InvalidInput: the relationship is not one of the vendor's.
        :raises NotFound: there is no such parent, or the student is not a child of this parent.
        """
        row = child({"id": child_id, "relationship": relationship})
        return await self._send(
            "PUT",
            _path_of_one(parent_id, child_id),
            {"child": {"relationship": row["relationship"]}},
            returns=ChildRelation,
            envelope_key="child",
            repeatable=True,
        )

    async def remove(self, parent_id: str | int, child_id: str | int) -> None:
        """Remove the link of a parent to a child. :meth:`add` restores it.

        :raises NotFound: there is no such parent, or the student is not a child of this parent.
        :raises OutcomeUnknown: the response was lost. A deletion is never sent again automatically.
        """
        await self._send("DELETE", _path_of_one(parent_id, child_id))


def _path(parent_id: str | int) -> Path:
    return build_path("parents/{parent_id:person}/children", parent_id=parent_id)


def _path_of_one(parent_id: str | int, child_id: str | int) -> Path:
    template = "parents/{parent_id:person}/children/{child_id:person}"
    return build_path(template, parent_id=parent_id, child_id=child_id)
