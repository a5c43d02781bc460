"""Acme's records. The field names are the vendor's."""

from __future__ import annotations

from typing import Any, Required, TypedDict

import attrs

from lms_async.vendor_kit import UNSET, Id, Needed, NeededId, Record, Unset, make_converter


@attrs.define(kw_only=True, repr=False)
class Pupil(Record):
    """A pupil, as Acme returns it. Every field may be ``None``."""

    #: Acme's id of the pupil.
    id: Id | None = None
    #: The school's own number for the pupil, unique within the school.
    number: Id | None = None
    name: str | None = None
    house: str | None = None
    #: Keys of the response that are not fields of this model.
    extra: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(kw_only=True, repr=False)
class PupilCreate(Record):
    """A pupil to create. A field that is ``UNSET`` is not sent."""

    number: NeededId
    name: Needed
    house: str | Unset | None = UNSET


class PupilCreateDict(TypedDict, total=False):
    """The fields of :class:`PupilCreate` as a dict, so that a type checker finds misspelt keys."""

    number: Required[NeededId]
    name: Required[Needed]
    house: str | None


converter = make_converter()
strict_converter = make_converter(strict=True)
