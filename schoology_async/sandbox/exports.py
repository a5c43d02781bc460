"""``csvexport/…``: everybody as CSV. What the header and the line breaks look like is a choice."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from lms_async.sandbox import Arrived, Response

from . import bodies
from .accounts import Account, comma_list
from .school import School

_OTHER_NAMES = {
    "name": "username",
    "mail": "primary_email",
    "building_nid": "building_id",
    "birthday": "birthday_date",
}
"""Column → field of an account, where they differ."""

USER_COLUMNS = (
    "uid school_uid building_nid name_title name_first name_first_preferred name_middle name_last "
    "role_name name mail position grad_year birthday gender bio subjects_taught grades_taught "
    "phone address website interests activities"
).split()
GROUP_ENROLLMENT_COLUMNS = (
    "uid school_uid name_first name_last mail title group_code type status"
).split()


def users(arrived: Arrived, school: School) -> Response:
    """Export all users."""
    return _export(arrived, USER_COLUMNS, (_cells(user) for user in school.users.values()))


def group_enrollments(arrived: Arrived, rows: Iterable[Mapping[str, Any]]) -> Response:
    """Export the members of all groups."""
    return _export(arrived, GROUP_ENROLLMENT_COLUMNS, rows)


def _cells(account: Account) -> dict[str, Any]:
    cells = {
        column: getattr(account, _OTHER_NAMES.get(column, column), "") for column in USER_COLUMNS
    }
    return {**cells, "role_name": f"Role {account.role_id}", **account.details}


def _export(arrived: Arrived, allowed: list[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    columns = comma_list(arrived.query.get("fields")) or allowed  # all without it: a choice
    if not set(columns) <= set(allowed):
        return bodies.plain(400, "Unknown field.")  # a choice
    text = StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(columns)
    for row in rows:
        out.writerow(["" if row.get(name) is None else row[name] for name in columns])
    return Response(200, text.getvalue().encode(), {"Content-Type": "text/csv"})
