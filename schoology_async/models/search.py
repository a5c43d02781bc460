"""Results of a search. Vendor page: Search."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Id

from .bare import BareList


@attrs.define(kw_only=True, repr=False)
class FoundUser(Record):
    """A user that a search found."""

    uid: Id | None = None
    name: str | None = None
    picture_url: str | None = None
    #: The name of the school.
    school: str | None = None
    school_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class FoundGroup(Record):
    """A group that a search found."""

    id: Id | None = None
    group_title: str | None = None
    picture_url: str | None = None
    #: The name of the school.
    school: str | None = None
    school_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class FoundCourse(Record):
    """A course that a search found."""

    id: Id | None = None
    course_title: str | None = None
    #: The code of the department.
    dep_code: str | None = None
    course_code: str | None = None
    course_description: str | None = None
    picture_url: str | None = None
    #: The name of the school.
    school: str | None = None
    school_id: Id | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class FoundUsers(Record):
    """One page of the users that a search found. ``total`` counts all pages."""

    search_result: BareList[FoundUser] | None = None
    total: int | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class FoundGroups(Record):
    """One page of the groups that a search found. ``total`` counts all pages."""

    search_result: BareList[FoundGroup] | None = None
    total: int | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class FoundCourses(Record):
    """One page of the courses that a search found. ``total`` counts all pages."""

    search_result: BareList[FoundCourse] | None = None
    total: int | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class SearchResults(Record):
    """One page of search results. A kind that was not searched for is ``None``."""

    users: FoundUsers | None = None
    groups: FoundGroups | None = None
    courses: FoundCourses | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
