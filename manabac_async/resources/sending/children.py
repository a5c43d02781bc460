"""Check and encode links of parents to children."""

from __future__ import annotations

from ...models import (
    ChildLink,
    ChildLinkDict,
    ParentChild,
    ParentChildDict,
    ParentChildLink,
    ParentChildLinkDict,
    ParentChildren,
    ParentChildrenDict,
)
from .nulls import WithoutNulls

Child = ChildLink | ChildLinkDict
ParentAndChild = ParentChildLink | ParentChildLinkDict
RemovedChild = ParentChild | ParentChildDict
AllChildren = ParentChildren | ParentChildrenDict

child = WithoutNulls(ChildLink, "the child")
parent_and_child = WithoutNulls(ParentChildLink, "the row")
removed_child = WithoutNulls(ParentChild, "the row")
all_children = WithoutNulls(ParentChildren, "the row", inner={"children": child})
