"""The list of groups. An import can't create groups."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from lms_async.cli.filters import filter_id
from lms_async.cli.kinds import Listing, Row
from lms_async.cli.record_rows import row_of

from ..client import Schoology
from .references import BUILDING, read_buildings


async def _read(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    building_id = await filter_id(client, filters, "building_id", BUILDING)
    buildings = await read_buildings(client)
    async for group in client.groups.list(building_id=building_id):
        names = {"building_id": buildings.name_of(group.building_id)}
        yield row_of(group, GROUPS_LISTING.columns, names)


GROUPS_LISTING = Listing(
    name="groups",
    does="The groups that the account may see.",
    columns=[
        *("title", "group_code", "category", "building_id", "privacy_level", "description"),
        *("website", "id"),
    ],
    shown=("title", "group_code", "category", "id"),
    filters={"building_id": "groups of this building: its code, title or id"},
    read=_read,
)
