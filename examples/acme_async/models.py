"""Acme's records. The field names are the vendor's."""

from __future__ import annotations

from typing import Any, Required, TypedDict

import attrs

from lms_async.vendor_kit import (
    UNSET,
    Flag,
    Id,
    Needed,
    NeededId,
    Record,
    Unset,
    make_converter,
)


@attrs.define(kw_only=True, repr=False)
class Pupil(Record):
    """A pupil, as Acme returns it. Every field may be ``None``."""

    #: Acme's id of the pupil.
    id: Id | None = None
    #: The school's own number for the pupil, unique within the school.
    number: Id | None = None
    name: str | None = None
    surname: str | None = None
    house: str | None = None
    #: Whether the pupil is at the school. Acme keeps the records of those who have left.
    active: Flag | None = None
    #: Keys of the response that are not fields of this model.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class PupilCreate(Record):
    """A pupil to create. A field that is ``UNSET`` is not sent."""

    number: NeededId
    name: Needed
    surname: str | Unset | None = UNSET
    house: str | Unset | None = UNSET


@attrs.define(kw_only=True, repr=False)
class PupilUpdate(Record):
    """Changes of a pupil. A field that is ``UNSET`` is not sent, so it stays as it is."""

    #: Acme's id of the pupil.
    id: NeededId
    name: str | Unset = UNSET
    surname: str | Unset | None = UNSET
    house: str | Unset | None = UNSET
    active: bool | Unset = UNSET


class PupilCreateDict(TypedDict, total=False):
    """The fields of :class:`PupilCreate` as a dict, so that a type checker finds misspelt keys."""

    number: Required[NeededId]
    name: Required[Needed]
    surname: str | None
    house: str | None


class PupilUpdateDict(TypedDict, total=False):
    """The fields of :class:`PupilUpdate` as a dict."""

    id: Required[NeededId]
    name: str
    surname: str | None
    house: str | None
    active: bool


converter = make_converter()
strict_converter = make_converter(strict=True)
