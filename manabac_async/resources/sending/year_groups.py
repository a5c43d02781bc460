"""Check and encode year groups."""

from __future__ import annotations

from ...models import YearGroupPlace, YearGroupPlaceDict
from .nulls import WithoutNulls

YearGroupRow = YearGroupPlace | YearGroupPlaceDict

year_group_row = WithoutNulls(YearGroupPlace, "the row")
