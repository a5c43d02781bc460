"""Schools and their buildings, which have the same fields. Vendor page: Schools, "Fields"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    AnyId,
    Id,
    Needed,
    NeededNumber,
    Unset,
)


@attrs.define(kw_only=True, repr=False)
class School(Record):
    """A school or a building. A field that is not set is ``""`` or ``None``."""

    id: Id | None = None
    title: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    website: str | None = None
    phone: str | None = None
    fax: str | None = None
    #: The school's own id of the building; ``""`` for a school.
    building_code: str | None = None
    picture_url: str | None = None
    #: Keys of the response that this model does not know, and ``links``.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _Writable(Record):
    """The fields that a create and an update share. A field that is ``UNSET`` is not sent."""

    address1: str | Unset | None = UNSET
    address2: str | Unset | None = UNSET
    city: str | Unset | None = UNSET
    state: str | Unset | None = UNSET
    postal_code: str | Unset | None = UNSET
    country: str | Unset | None = UNSET
    website: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    fax: str | Unset | None = UNSET
    #: The school's own id of the building.
    building_code: AnyId | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class SchoolCreate(_Writable):
    """A school or building to create."""

    title: Needed


@attrs.define(kw_only=True, repr=False)
class BuildingCreate(SchoolCreate):
    """A building to create with ``buildings.create_many``."""

    #: Schoology's id of the school.
    school_id: NeededNumber


@attrs.define(kw_only=True, repr=False)
class SchoolUpdate(_Writable):
    """Changes to a school or building. Fields that are not set stay unchanged."""

    title: str | Unset = UNSET
