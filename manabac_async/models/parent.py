"""Models of parents, and of their links to children. Vendor pages: Parents, Relationships."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    Email,
    Id,
    IdList,
    Needed,
    NumberList,
    Unset,
)

from .fields import AnyRelationship, NeededEmail, Relationship, Salutation, WholeId
from .person import Person, PersonFields


@attrs.define(kw_only=True, repr=False)
class ChildRelation(Record):
    """A child of one parent."""

    #: ManageBac's id of the student.
    id: Id | None = None
    #: E.g. ``Mother``, see :data:`Relationship`.
    relationship: AnyRelationship | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class Parent(Person):
    """A parent as ManageBac returns them. It leaves out null values."""

    #: ``Mr.``, ``Ms.``, ``Mrs.`` or ``Dr.``.
    salutation: str | None = None
    #: The job title.
    title: str | None = None
    employer: str | None = None
    work_email: str | None = None
    work_phone: str | None = None
    work_address: str | None = None
    work_address_ii: str | None = None
    work_fax: str | None = None
    work_city: str | None = None
    work_state: str | None = None
    work_postal_code: str | None = None
    work_country: str | None = None
    #: ManageBac's ids of the children.
    child_ids: IdList | None = None
    #: The children with their relationships. The vendor may leave it out.
    children: list[ChildRelation] | None = None
    #: Keys of the response that this model does not know, such as ``options`` after a creation.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class _ParentFields(PersonFields):
    """The fields of a parent that can be written, besides those of a person."""

    salutation: Salutation | Unset = UNSET
    #: The job title.
    title: str | Unset = UNSET
    employer: str | Unset = UNSET
    work_email: Email | Unset = UNSET
    work_phone: str | Unset = UNSET
    work_address: str | Unset = UNSET
    work_address_ii: str | Unset = UNSET
    work_fax: str | Unset = UNSET
    work_city: str | Unset = UNSET
    work_state: str | Unset = UNSET
    work_postal_code: str | Unset = UNSET
    work_country: str | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ParentCreate(_ParentFields):
    """A parent to create. ``email`` and ``last_name`` are required."""

    #: The email address with which the person signs in, unique in ManageBac.
    email: NeededEmail
    last_name: Needed

    #: ManageBac's ids of existing children. To set the relationship, use ``children.add``.
    child_ids: NumberList | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ParentUpdate(_ParentFields):
    """Changes to a parent. Only the fields that are set are changed; ``""`` clears a field.

    To change the children, use ``managebac.children``.
    """

    #: ManageBac's id of the person, for ``update_many``. ``update`` has its own argument for it.
    id: WholeId | Unset = UNSET
    email: Email | Unset = UNSET
    last_name: str | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ChildLink(Record):
    """A child to link to a parent."""

    #: ManageBac's id of the student.
    id: WholeId
    relationship: Relationship


@attrs.define(kw_only=True, repr=False)
class ParentChildLink(Record):
    """A child to link to one of many parents."""

    #: ManageBac's id of the parent.
    parent_id: WholeId
    #: ManageBac's id of the student.
    child_id: WholeId
    relationship: Relationship


@attrs.define(kw_only=True, repr=False)
class ParentChild(Record):
    """A child of one of many parents, to remove."""

    #: ManageBac's id of the parent.
    parent_id: WholeId
    #: ManageBac's id of the student.
    child_id: WholeId


@attrs.define(kw_only=True, repr=False)
class ParentChildren(Record):
    """One of many parents, with all of their children."""

    #: ManageBac's id of the parent.
    parent_id: WholeId
    #: The children that the parent has from now on. All others are removed.
    children: list[ChildLink]
