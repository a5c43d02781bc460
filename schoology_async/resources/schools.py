"""``schoology.schools`` and ``schoology.buildings``, whose records have the same fields.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/school
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, build_path
from lms_async.journal.journal import Journal
from lms_async.resource import Given, changes_of

from ..models import School
from .base import PAGE_SIZE, SchoologyResource
from .create_each import CreateEach, Key, OneEach, by_name
from .sending.schools import (
    NewBuilding,
    NewSchool,
    SchoolChange,
    new_building,
    new_school,
    school_change,
)


class Schools(SchoologyResource):
    """Schools of the account. ``get``, ``update`` and ``delete`` also work for buildings."""

    def list(self, *, page_size: int = PAGE_SIZE) -> Pages[School]:
        """List all schools. Vendor page: "list".

        Schoology does not document whether this list is paged. Both cases work.

        :param page_size: schools per page, at least 2. Schoology returns at most 200.
        """
        return self._paged(
            build_path("schools"),
            School,
            envelope_key="school",
            page_size=page_size,
            perhaps_unpaged=True,
        )

    async def create(self, school: NewSchool) -> School:
        """Create a school. Vendor page: "create".

        :param school: the fields of the school. ``title`` is required.
        :returns: the school as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid. Nothing was sent.
        :raises OutcomeUnknown: the response was lost. Look up the school before you try again.
        """
        return await self._send(
            "POST", build_path("schools"), new_school(school), returns=School, required_key="id"
        )

    async def get(self, school_id: str | int) -> School:
        """Get one school or building. Vendor page: "view".

        :raises NotFound: it does not exist, or the account may not see it.
        """
        path = build_path("schools/{school_id:number}", school_id=school_id)
        return await self._get(path, School, required_key="id", about=about("id", school_id))

    async def update(self, school_id: str | int, changes: SchoolChange) -> None:
        """Update one school or building. Vendor page: "update".

        :param changes: only the fields to change.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such school or building.
        """
        path = build_path("schools/{school_id:number}", school_id=school_id)
        body = changes_of(school_change, changes, id_=school_id)
        await self._send("PUT", path, body, repeatable=True)

    async def delete(self, school_id: str | int) -> None:
        """Delete one school or building. Vendor page: "delete".

        :raises NotFound: there is no such school or building.
        :raises OutcomeUnknown: the response was lost. A deletion is never repeated automatically.
        """
        path = build_path("schools/{school_id:number}", school_id=school_id)
        await self._send("DELETE", path)


class Buildings(CreateEach):
    """Buildings of a school. To get, update or delete one, use ``schoology.schools``."""

    def list(self, school_id: str | int, *, page_size: int = PAGE_SIZE) -> Pages[School]:
        """List all buildings of a school. Vendor page: "list buildings".

        Schoology does not document whether this list is paged. Both cases work.

        :param page_size: buildings per page, at least 2. Schoology returns at most 200.
        """
        return self._paged(
            build_path("schools/{school_id:number}/buildings", school_id=school_id),
            School,
            envelope_key="building",
            page_size=page_size,
            perhaps_unpaged=True,
        )

    async def create(self, school_id: str | int, building: NewSchool) -> School:
        """Create a building in a school. Vendor page: "create building".

        :param building: the fields of the building. ``title`` is required.
        :returns: the building as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid. Nothing was sent.
        :raises OutcomeUnknown: the response was lost. Look up the building before you try again.
        """
        path = build_path("schools/{school_id:number}/buildings", school_id=school_id)
        body = new_school(building)
        return await self._send("POST", path, body, returns=School, required_key="id")

    def create_many(
        self,
        buildings: Given[NewBuilding],
        *,
        update_existing: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewBuilding]:
        """Create buildings, one per request, several requests at once.

        Schoology has no bulk request for buildings, and does not refuse a second building with the
        same code. So the buildings of each school are read first. A building exists if one of its
        school has the same ``building_code``. A row without a code is compared by ``title``.

        :param buildings: an iterable or async iterable of any length, of models or of mappings with
            the same fields. Each needs ``school_id`` and ``title``. A row is rejected without being
            sent if a required field is missing, or if an earlier row is about the same building.
        :param update_existing: update buildings that exist, instead of rejecting them.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.

        If a response is lost, its building is looked up before it is sent again.
        """
        return self._create_each(
            buildings,
            "buildings.create_many",
            OneEach(
                noun="a building with this code or title",
                prepare=_prepare,
                read=self._by_name,
                create=_of_school,
                one=lambda id_: build_path("schools/{school_id:number}", school_id=id_),
            ),
            update_existing=update_existing,
            journal=journal,
        )

    async def _by_name(self, school_id: str) -> Mapping[str, Sequence[School]]:
        """Read the buildings of a school, by the names that :func:`_prepare` gives them."""
        buildings = await self.list(school_id)
        return by_name(
            (name, one)
            for one in buildings
            for name in (_name("code", one.building_code), _name("title", one.title))
        )


def _of_school(school_id: str) -> Path:
    return build_path("schools/{school_id:number}/buildings", school_id=school_id)


def _name(kind: str, text: object) -> str:
    return f"{kind} {text}" if text else ""


def _prepare(item: Any) -> tuple[Key, dict[str, Any]]:
    body = new_building(item)
    school_id = str(body.pop("school_id"))
    name = _name("code", body.get("building_code")) or _name("title", body["title"])
    return (school_id, name), body
