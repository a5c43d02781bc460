"""Links of students to parents or advisors. Vendor page: User, "Bulk Import Associations"."""

from __future__ import annotations

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import (
    UNSET,
    Flag,
    NeededId,
    Unset,
)


@attrs.define(kw_only=True, repr=False)
class AdvisorPair(Record):
    """A student and an advisor, by their ``school_uid``; ``delete`` removes the link."""

    student_school_uid: NeededId
    advisor_school_uid: NeededId
    delete: Flag | Unset = UNSET


@attrs.define(kw_only=True, repr=False)
class ParentPair(Record):
    """A student and a parent, by their ``school_uid``; ``delete`` removes the link."""

    student_school_uid: NeededId
    parent_school_uid: NeededId
    delete: Flag | Unset = UNSET
