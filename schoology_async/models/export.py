"""Rows of CSV exports that differ from every JSON record. Vendor page: "CSV Export"."""

from __future__ import annotations

from typing import Any

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Id


@attrs.define(kw_only=True, repr=False)
class ExportedGroupEnrollment(Record):
    """One row of the export of group enrollments: a person in a group.

    The field of a column that was not requested is ``None``.
    """

    #: Schoology's id of the user.
    uid: Id | None = None
    #: The school's own id of the person.
    school_uid: Id | None = None
    name_first: str | None = None
    name_last: str | None = None
    #: The column ``mail``.
    primary_email: str | None = None
    #: The title of the group.
    title: str | None = None
    #: The school's own code of the group.
    group_code: Id | None = None
    #: Schoology does not document the values.
    type: str | None = None
    #: Schoology does not document the values.
    status: str | None = None
    #: Columns that this model does not know.
    extra: dict[str, Any] = attrs.field(factory=dict)
