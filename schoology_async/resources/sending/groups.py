"""Check and encode groups."""

from __future__ import annotations

from lms_async.records.encoding import Sending

from ...models import GroupCreate, GroupCreateDict, GroupOptionsUpdate, GroupUpdate, GroupUpdateDict
from ...models.converter import converter

NewGroup = GroupCreate | GroupCreateDict
GroupChange = GroupUpdate | GroupUpdateDict

_group_options = {"options": Sending(converter, GroupOptionsUpdate, what="the options")}
new_group = Sending(converter, GroupCreate, what="the group", inner=_group_options)
group_change = Sending(converter, GroupUpdate, what="the change", inner=_group_options)
