"""Parents and their links to children as TypedDicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from lms_async.records.scalars import Email, NumberList

from ..fields import Relationship, Salutation, WholeId
from ..parent import ChildLink
from .person import NewPersonFields, PersonChangeFields


class _ParentFields(TypedDict, total=False):
    """The fields of a parent that can be written."""

    salutation: Salutation
    title: str
    employer: str
    work_email: Email
    work_phone: str
    work_address: str
    work_address_ii: str
    work_fax: str
    work_city: str
    work_state: str
    work_postal_code: str
    work_country: str


class ParentCreateDict(NewPersonFields, _ParentFields, total=False):
    """The fields of :class:`ParentCreate`, as a mapping."""

    child_ids: NumberList


class ParentUpdateDict(PersonChangeFields, _ParentFields, total=False):
    """The fields of :class:`ParentUpdate`, as a mapping."""


class ChildLinkDict(TypedDict, total=False):
    """The fields of :class:`ChildLink`, as a mapping."""

    id: Required[WholeId]
    relationship: Required[Relationship]


class ParentChildLinkDict(TypedDict, total=False):
    """The fields of :class:`ParentChildLink`, as a mapping."""

    parent_id: Required[WholeId]
    child_id: Required[WholeId]
    relationship: Required[Relationship]


class ParentChildDict(TypedDict, total=False):
    """The fields of :class:`ParentChild`, as a mapping."""

    parent_id: Required[WholeId]
    child_id: Required[WholeId]


class ParentChildrenDict(TypedDict, total=False):
    """The fields of :class:`ParentChildren`, as a mapping."""

    parent_id: Required[WholeId]
    children: Required[Sequence[ChildLink | ChildLinkDict]]
