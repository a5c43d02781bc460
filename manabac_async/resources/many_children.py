"""The bulk methods of ``managebac.children``: the children of many parents.

Vendor page: Relationships.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard, check_guard, guarded
from lms_async.bulk.rows import check_input
from lms_async.errors import InvalidInput
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..bulk_results import may_exist
from .child_links import (
    CHILDREN,
    pair_of,
    parse_child,
    parse_children,
    parse_removal,
    path_of_child,
)
from .many import GUARD
from .sending.children import (
    AllChildren,
    ParentAndChild,
    RemovedChild,
    all_children,
    parent_and_child,
    removed_child,
)
from .upsert_children import UpsertChildren


class ManyChildren(UpsertChildren):
    """The methods of ``managebac.children`` that take any number of rows."""

    def add_many(
        self, rows: Given[ParentAndChild], *, journal: Journal | None = None
    ) -> Bulk[ParentAndChild]:
        """Link children to their parents, one link per request, several requests at once.

        If a response is lost, the children of the parent are read, and the row is sent again only
        if the link is missing. ManageBac rejects a child who is linked already. Vendor page:
        "Create a parent-child relationship".

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
            lambda key: build_path(CHILDREN, parent_id=key[0]),
            prepare=pair_of(parent_and_child),
            body=lambda row: {
                "child": {"id": row["child_id"], "relationship": row["relationship"]}
            },
            required_key="child",
            parse=parse_child,
            path_fields=("parent_id",),
            repeatable=False,
            look_up=self._look_up_added,
            is_conflict=may_exist,
            journal=journal,
        )

    def update_many(
        self, rows: Given[ParentAndChild], *, journal: Journal | None = None
    ) -> Bulk[ParentAndChild]:
        """Change the relationship of parents to their children, one link per request, several
        requests at once. Vendor page: "Update a parent-child relationship".

        :param rows: each with ``parent_id``, ``child_id`` and ``relationship``. A pair may appear
            only once.
        :param journal: see :meth:`add_many`.
        """
        return self._one_each(
            rows,
            "children.update_many",
            "PUT",
            path_of_child,
            prepare=pair_of(parent_and_child),
            body=lambda row: {"child": {"relationship": row["relationship"]}},
            required_key="child",
            parse=parse_child,
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
        """Remove children from their parents, one link per request, several requests at once.
        :meth:`add_many` restores a link. Vendor page: "Delete a parent-child relationship".

        All rows are read before the first request, so that they can be counted. If a response is
        lost, the children of the parent are read. The row is ``done`` if the link is gone, and is
        sent again otherwise.

        :param rows: each with ``parent_id`` and ``child_id``. A pair may appear only once.
        :param guard: how many links may be removed, or which share of all links; 500 by default. If
            there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`add_many`.
        """
        return self._one_each(
            guarded(rows, guard, self._count_links),
            "children.remove_many",
            "DELETE",
            path_of_child,
            prepare=pair_of(removed_child),
            body=lambda row: None,
            required_key=None,
            parse=parse_removal,
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

        All rows and all their parents are read before the first change, so that the links to be
        removed can be counted. If ManageBac rejects one child of a parent, it changes nothing for
        this parent.

        :param rows: each with ``parent_id`` and ``children``. Each child has ``id`` and
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
                fields["children"] = "has no child; to remove all children, pass allow_empty=True"
            if len(set(ids)) < len(ids):
                fields["children"] = "names a child twice"
            if fields:
                raise InvalidInput("the row can't be sent", fields=fields)
            return str(body["parent_id"]), body

        return self._one_each(
            self._guarded_replacements(rows, guard, prepare),
            "children.replace_many" + (" allow_empty" if allow_empty else ""),
            "PUT",
            lambda key: build_path(CHILDREN, parent_id=key),
            prepare=prepare,
            body=lambda row: {"children": row["children"]},
            required_key="children",
            parse=parse_children,
            path_fields=("parent_id",),
            repeatable=True,
            look_up=self._look_up_replaced,
            journal=journal,
        )
