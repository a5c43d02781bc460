"""The CSV exports: all users, or the members of all groups, in one response."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from lms_async.sandbox import Request, Response

from ..accounts import Account, comma_list
from ..oauth import Caller
from .base import Operations, Row, Verbs

USER_FIELDS = (
    *("uid", "school_uid", "building_nid", "name_title", "name_first", "name_first_preferred"),
    *("name_middle", "name_last", "role_name", "name", "mail", "position", "grad_year"),
    *("birthday", "gender", "bio", "subjects_taught", "grades_taught", "phone", "address"),
    *("website", "interests", "activities"),
)
GROUP_FIELDS = (
    *("uid", "school_uid", "name_first", "name_last", "mail"),
    *("title", "group_code", "type", "status"),
)
_RENAMED = {
    "building_nid": "building_id",
    "name": "username",
    "mail": "primary_email",
    "birthday": "birthday_date",
}
"""The JSON field for each column whose name differs."""


class ExportOperations(Operations):
    """``csvexport/users`` and ``csvexport/group_enrollments``."""

    def verbs(self, request: Request, rest: tuple[str, ...], caller: Caller) -> Verbs | None:
        """Return the operations on a path below ``csvexport``."""
        match rest:
            case ("users",):
                return {"GET": lambda: self._export(request, caller, USER_FIELDS, self._users())}
            case ("group_enrollments",):
                return {"GET": lambda: self._export(request, caller, GROUP_FIELDS, self._members())}
        return None

    def _export(
        self, request: Request, caller: Caller, allowed: tuple[str, ...], rows: Iterable[Row]
    ) -> Response:
        if not self.is_administrator(caller):
            return Response(403)
        requested = comma_list(request.query.get("fields"))
        # Assumed: fields that can't be exported are left out. Assumed: the line ending.
        names = [name for name in requested if name in allowed] if requested else list(allowed)
        text = io.StringIO()
        writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        kind = {"Content-Type": "text/csv; charset=utf-8"}
        return Response(200, text.getvalue().encode(errors="replace"), kind)

    def _users(self) -> Iterator[Row]:
        roles = self.school.roles.by_id
        for account in self.school.users.values():
            role = roles.get(str(account.role_id))
            yield {
                **{name: _value(account, _RENAMED.get(name, name)) for name in USER_FIELDS},
                "role_name": role.title if role else "",
            }

    def _members(self) -> Iterator[Row]:
        for group in self.school.groups:
            for enrollment in self.school.enrollments.of_realm("group", group.id):
                account = self.person(enrollment.uid)
                yield {
                    "uid": account.uid,
                    "school_uid": account.school_uid,
                    "name_first": account.name_first,
                    "name_last": account.name_last,
                    "mail": account.primary_email,
                    "title": group.title,
                    "group_code": group.group_code,
                    # Assumed: the form of these two values.
                    "type": "admin" if enrollment.admin else "member",
                    "status": enrollment.status,
                }


def _value(account: Account, name: str) -> object:
    found = account.details.get(name, getattr(account, name, ""))
    return "" if found is None else found
