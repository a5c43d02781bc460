"""Link children to parents, and change the relationship of existing links, in one bulk call."""

from __future__ import annotations

from typing import Any

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import Rows
from lms_async.http.call import Call
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from .child_links import (
    CHILDREN,
    ChildLinks,
    ParentLinks,
    child_of,
    pair_of,
    parse_child,
    path_of_child,
)
from .many import PAGE
from .routed import Route, RoutedRecords
from .sending.children import ParentAndChild, parent_and_child


class UpsertChildren(RoutedRecords, ChildLinks):
    """A resource that links children to parents, and changes links that exist."""

    def upsert_many(
        self, rows: Given[ParentAndChild], *, journal: Journal | None = None
    ) -> Bulk[ParentAndChild]:
        """Link children to their parents, or change the relationship if they are linked, one link
        per request, several requests at once. Vendor pages: "Create a parent-child relationship",
        "Update a parent-child relationship".

        All parents are read before the first change.

        :param rows: each with ``parent_id``, ``child_id`` and ``relationship``. A pair may appear
            only once.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        """
        linked: dict[str, set[str]] = {}
        add = Route(
            call=_add,
            parse=lambda payload, sent: [parse_child(payload, sent)],
            look_up=self._look_up_added,
            path_names_rows=True,
        )
        update = Route(
            call=_update, parse=add.parse, look_up=self._look_up_updated, path_names_rows=True
        )

        def route(sent: Rows[Any]) -> tuple[Route, Rows[Any]]:
            keys: list[Any] = sent.keys
            is_linked = child_of(keys[0]) in linked.get(str(keys[0][0]), ())
            return (update if is_linked else add), sent

        async def begin() -> None:
            parents = self._list(
                build_path("parents"), ParentLinks, envelope_key="parents", query=PAGE
            )
            async for parent in parents:
                if parent.id is not None:
                    linked[parent.id] = await self._children_shown(parent.id, parent)

        return self._bulk_routed(
            rows,
            "children.upsert_many",
            prepare=pair_of(parent_and_child),
            begin=begin,
            route=route,
            journal=journal,
        )


def _add(rows: Rows[Any]) -> Call[Any]:
    row, key = orjson.loads(rows.bodies[0]), _pair(rows)
    path = build_path(CHILDREN, parent_id=key[0])
    child = {"id": row["child_id"], "relationship": row["relationship"]}
    return Call(
        "POST",
        str(path),
        route=path.route,
        body={"child": child},
        required_key="child",
        is_bulk=True,
    )


def _update(rows: Rows[Any]) -> Call[Any]:
    path = path_of_child(_pair(rows))
    relationship = orjson.loads(rows.bodies[0])["relationship"]
    return Call(
        "PUT",
        str(path),
        route=path.route,
        body={"child": {"relationship": relationship}},
        required_key="child",
        repeatable=True,
        is_bulk=True,
    )


def _pair(rows: Rows[Any]) -> Any:
    return rows.keys[0]
