"""Check and encode parents."""

from __future__ import annotations

from ...models import ParentCreate, ParentCreateDict, ParentUpdate, ParentUpdateDict
from .nulls import WithoutNulls

NewParent = ParentCreate | ParentCreateDict
ParentChange = ParentUpdate | ParentUpdateDict

new_parent = WithoutNulls(ParentCreate, "the parent")
parent_change = WithoutNulls(ParentUpdate, "the change")
