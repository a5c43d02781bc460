"""The CSV exports, which return all records in one request. Vendor page: "CSV Export"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lms_async.errors import InvalidInput
from lms_async.http.call import Call, get
from lms_async.http.responses import Response
from lms_async.http.urls import Path, build_path, query_params

from .. import models
from ..export import FIELD_OF_COLUMN, Export
from .base import SchoologyResource

_COLUMN_OF_FIELD = {field: column for column, field in FIELD_OF_COLUMN.items()}

USER_COLUMNS = (
    "uid",
    "school_uid",
    "building_nid",
    "name_title",
    "name_first",
    "name_first_preferred",
    "name_middle",
    "name_last",
    "role_name",
    "name",
    "mail",
    "position",
    "grad_year",
    "birthday",
    "gender",
    "bio",
    "subjects_taught",
    "grades_taught",
    "phone",
    "address",
    "website",
    "interests",
    "activities",
)
GROUP_ENROLLMENT_COLUMNS = (
    "uid",
    "school_uid",
    "name_first",
    "name_last",
    "mail",
    "title",
    "group_code",
    "type",
    "status",
)


def _export_call(
    path: Path, columns: Sequence[str], fields: Iterable[str] | None
) -> Call[Response]:
    """Return the call that exports ``fields``, by default all ``columns``.

    :raises InvalidInput: a field can't be exported.
    """
    if isinstance(fields, str):
        raise InvalidInput("fields must be a list of names, e.g. ['uid', 'school_uid']")
    wanted = columns if fields is None else list(fields)
    chosen = list(dict.fromkeys(_COLUMN_OF_FIELD.get(name, name) for name in wanted))
    if not chosen or not set(chosen) <= set(columns):
        known = ", ".join(FIELD_OF_COLUMN.get(name, name) for name in columns)
        raise InvalidInput("a field can't be exported", hint=f"these fields can: {known}")
    if len(chosen) == 1 and chosen != ["uid"]:
        # In a file with one column, a record whose cell is blank looks like no record.
        chosen.insert(0, "uid")
    return get(path, returns=Response, query=query_params(fields=chosen))


class UserExports(SchoologyResource):
    """The export method of ``schoology.users``."""

    def export(self, fields: Iterable[str] | None = None) -> Export[models.User]:
        """Export all users of the school, in one request. Vendor page: "CSV Export", users.

        Only an administrator of the whole school may do this.

        :param fields: names of fields of :class:`User`, such as ``username``, or of the vendor's
            columns, such as ``name``. By default, all fields that can be exported. ``role_name`` is
            in ``User.extra``. A single field is exported together with ``uid``.
        :returns: use ``async for`` to read rows as they arrive, or ``await`` for a list. A field
            that was not exported is ``None``. A blank cell of a text field is ``""``.
        :raises InvalidInput: a field can't be exported.
        :raises Forbidden: while reading, if the account may not export.
        :raises ResponseLost: while reading, after some rows, if the response is cut off.
        :raises UnexpectedResponse: while reading, if the response is not such an export.
        """
        call = _export_call(build_path("csvexport/users"), USER_COLUMNS, fields)
        return Export(self._transport, call, models.User)


class GroupEnrollmentExports(SchoologyResource):
    """The export method of ``schoology.enrollments``."""

    def export_group_enrollments(
        self, fields: Iterable[str] | None = None
    ) -> Export[models.ExportedGroupEnrollment]:
        """Export the members of all groups, in one request. Vendor page: "CSV Export", group
        enrollments. Schoology has no export of section enrollments.

        Only an administrator of the whole school may do this.

        :param fields: names of fields of :class:`ExportedGroupEnrollment`, or of the vendor's
            columns. By default, all fields that can be exported. A single field is exported
            together with ``uid``.
        :returns: use ``async for`` to read rows as they arrive, or ``await`` for a list.
        :raises InvalidInput: a field can't be exported.
        :raises Forbidden: while reading, if the account may not export.
        :raises ResponseLost: while reading, after some rows, if the response is cut off.
        :raises UnexpectedResponse: while reading, if the response is not such an export.
        """
        path = build_path("csvexport/group_enrollments")
        call = _export_call(path, GROUP_ENROLLMENT_COLUMNS, fields)
        return Export(self._transport, call, models.ExportedGroupEnrollment)
