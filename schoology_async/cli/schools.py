"""``--kind buildings``, and the lists of schools, buildings and roles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Hashable, Iterable, Mapping
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.cli.filters import filter_id
from lms_async.cli.kinds import Kind, KindOptions, Listing, Row, requests_of
from lms_async.cli.record_rows import row_of
from lms_async.journal.journal import Journal

from ..client import Schoology
from ..resources.sending.schools import new_building
from .references import SCHOOL, list_buildings, read_schools

_ADDRESS = {
    "address1": "street and number",
    "address2": "second line of the address",
    "city": "city",
    "state": "state",
    "postal_code": "postal code",
    "country": "country",
    "website": "web address",
    "phone": "telephone number",
    "fax": "fax number",
}
FIELDS = {
    "school_id": "school: its title, or Schoology's id",
    "title": "name of the building",
    "building_code": "the school's own id of the building",
    **_ADDRESS,
}
ALIASES = {
    "school": "school_id",
    "building": "title",
    "building name": "title",
    "name": "title",
    "building code": "building_code",
    "building number": "building_code",
    "street": "address1",
    "address": "address1",
    "zip": "postal_code",
    "zip code": "postal_code",
}
#: A building has the key of its code. Without a code, it has the key of its title.
_KEY = ("school_id", "building_code", "title")


def _code_or_title(key: tuple[str, ...]) -> Hashable:
    school_id, code, title = key
    return school_id, code or title


def _create(
    client: Schoology, rows: Iterable[Any], options: KindOptions, journal: Journal | None
) -> Bulk[Any]:
    return client.buildings.create_many(
        rows, update_existing=options.update_existing, journal=journal
    )


async def _read_existing(
    client: Schoology, keys: Collection[tuple[str, ...]]
) -> AsyncIterator[Row]:
    wanted = {_code_or_title(key): key for key in keys}
    for school, building in await list_buildings(client):
        for name in (building.building_code, building.title):
            key = wanted.get((school.id, name))
            if name and key is not None:
                row = row_of(building, [*FIELDS, "id"], {"school_id": school.id})
                # Without a code in its file, the row is identified by its title.
                yield row if key[1] else row | {"building_code": ""}


async def _read_buildings(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    school_id = await filter_id(client, filters, "school_id", SCHOOL)
    schools = await read_schools(client)
    for school, building in await list_buildings(client):
        if school_id in (None, school.id):
            names = {"school_id": schools.name_of(school.id)}
            yield row_of(building, BUILDINGS_LISTING.columns, names)


async def _read_schools(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    for school in await client.schools.list():
        yield row_of(school, SCHOOLS_LISTING.columns)


async def _read_roles(client: Schoology, filters: Mapping[str, str]) -> AsyncIterator[Row]:
    for role in await client.roles.list():
        yield row_of(role, ROLES_LISTING.columns)


BUILDINGS = Kind(
    name="buildings",
    noun="buildings",
    does="Create buildings, one per request. With --update-existing, also update buildings with "
    "the same building_code, or without a code the same title.",
    fields=FIELDS,
    required=(("school_id",), ("title",)),
    key=_KEY,
    normalize_key=_code_or_title,
    aliases=ALIASES,
    meanings={"building_code": "school code"},
    references={"school_id": SCHOOL},
    options=("update_existing",),
    check_row=new_building,
    count_requests=requests_of(1),
    bulk=_create,
    read_existing=_read_existing,
    code_explanations={
        "404": "Schoology has no school with this id.",
        "409": "The school has a building with this code, or without a code with this title. To "
        "update existing buildings, add --update-existing --restart.",
    },
)

BUILDINGS_LISTING = Listing(
    name="buildings",
    does="The buildings of the schools.",
    columns=[*FIELDS, "id"],
    shown=("title", "building_code", "city", "id"),
    filters={"school_id": "buildings of this school: its title or id"},
    imported_as="buildings",
    read=_read_buildings,
)
SCHOOLS_LISTING = Listing(
    name="schools",
    does="The schools of the account.",
    columns=["title", *_ADDRESS, "id"],
    shown=("title", "city", "id"),
    read=_read_schools,
)
ROLES_LISTING = Listing(
    name="roles",
    does="The roles that people can have.",
    columns=["title", "id", "faculty", "role_type"],
    shown=("title", "id"),
    read=_read_roles,
)
