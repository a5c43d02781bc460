"""The operations on one user's sections, groups, grades, connections, requests and invites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies
from ..accounts import Rejected, comma_list
from ..oauth import Caller
from ..roster import Enrollment, Realm
from ..roster.enrollments import ACTIVE
from ..roster.people import FriendRequest, Invite
from ..state import State
from . import section_views
from .base import EMPTY, Operations, Row, Verbs, number
from .groups import GroupOperations
from .sections import SectionOperations

PATHS = ("sections", "groups", "grades", "network", "requests", "invites")
"""The names that may follow the id of a user in a path."""

REALMS: dict[str, Realm] = {"sections": "section", "groups": "group"}
_NETWORK_PAGE = 30


class PeopleOperations(Operations):
    """``users/{id}/sections`` and the other paths of :data:`PATHS`."""

    def __init__(self, state: State, sections: SectionOperations, groups: GroupOperations) -> None:
        super().__init__(state)
        self._sections = sections
        self._groups = groups

    def verbs(
        self, request: Request, uid: str, rest: tuple[str, ...], caller: Caller
    ) -> Verbs | None:
        """Return the operations on a path below the person ``uid``."""
        if uid not in self.school.users:
            return None
        match rest:
            case ("sections",):
                return {"GET": lambda: self._list_sections(request, uid, caller)}
            case ("groups",):
                return {"GET": lambda: self._list_groups(request, uid, caller)}
            case ("grades",):
                return {"GET": lambda: self._grades(request, uid)}
            case ("network",):
                return {"GET": lambda: self._network(request, uid)}
            case ("requests", "friends"):
                return {"GET": lambda: self._requests(request, uid)}
            case ("requests", "friends", identity):
                return {"PUT": lambda: self._answer_request(request, uid, identity)}
            case ("invites", "sections" | "groups" as realms):
                return {"GET": lambda: self._invites(request, uid, REALMS[realms])}
            case ("invites", "sections" | "groups" as realms, identity):
                realm = REALMS[realms]
                return {"PUT": lambda: self._answer_invite(request, uid, realm, identity)}
            case ("invites", _, *_):
                return {"GET": lambda: bodies.plain(400)}  # as in the live API
        return None

    # -- enrolled in

    def _enrolled(self, uid: str, realm: Realm) -> list[Enrollment]:
        """Return the active enrollments. Assumed: the lists leave out all others."""
        found = self.school.enrollments.of_user(uid)
        return [each for each in found if each.realm == realm and each.status == ACTIVE]

    def _list_sections(self, request: Request, uid: str, caller: Caller) -> Response:
        current = self.school.grading_periods.current
        found = [
            each
            for each in self._enrolled(uid, "section")
            # Any value of `include_past` adds the sections of other grading periods.
            if "include_past" in request.query
            or current(self.school.sections[each.realm_id].grading_periods, self.today)
        ]

        def view(enrollment: Enrollment) -> Row:
            section = self.school.sections[enrollment.realm_id]
            course = self.school.courses.by_id.get(section.course_id)
            # These fields are numbers here and strings in the single read. The live API returns "0"
            # here for a missing parent.
            levels = section_views.levels(course, int) | {"parent_id": "0"}
            row = self._sections.row(section, caller) | levels
            # Assumed: `admin` is about the user in the path, not about the caller.
            return row | {"admin": enrollment.admin}

        return self.listing(request, "section", found, view, total=None)

    def _list_groups(self, request: Request, uid: str, caller: Caller) -> Response:
        def view(enrollment: Enrollment) -> Row:
            group = self.school.groups[enrollment.realm_id]
            row = self._groups.row(group, caller, links=True, admin=False)
            return row | {"admin": enrollment.admin}

        found = self._enrolled(uid, "group")
        return self.listing(request, "group", found, view, total=None)

    def _grades(self, request: Request, uid: str) -> Response:
        section_id = request.query.get("section_id")
        if not section_id and self.state.quirks.grades_need_section:
            return Response(403)
        wanted = {f"p{each}" if each.isdigit() else each for each in self._periods(request)}
        found = [
            _of_periods(row, wanted)
            for row in self.school.gradebook.user_grades.get(uid, [])
            if section_id in {None, "", str(row["section_id"])}
        ]
        paged = {"timestamp", "include_all_enrollments"} & request.query.keys()
        if paged:
            return self.listing(request, "section", found, dict, total=None)
        return self.whole_list(request, "section", found, links=True)

    def _periods(self, request: Request) -> list[str]:
        return comma_list(request.query.get("grading_period_ids"))

    # -- connected with

    def _network(self, request: Request, uid: str) -> Response:
        search = request.query.get("search", "").lower()
        accounts = map(self.person, self.school.connections.of(uid))
        found = [each for each in accounts if search in each.name_display.lower()]
        start = number(request, "page") * _NETWORK_PAGE
        rows = [
            {
                "uid": each.uid,
                "name_title": each.name_title,
                "name_title_show": str(each.name_title_show),
                "name_first": each.name_first,
                "name_first_preferred": each.name_first_preferred,
                "name_middle": each.name_middle,
                "name_middle_show": str(each.name_middle_show),
                "name_last": each.name_last,
                "picture_url": self.picture("default_user.gif"),
            }
            for each in found[start : start + _NETWORK_PAGE]
        ]
        # In the documents, this link has other parameters than this list, and there is no `next`.
        body: Row = {"user": self.state.many(rows), "total": str(len(found))}
        body["links"] = {"self": f"{self.url(request.path)}?start=0&limit=20"}
        if not self.state.quirks.totals:
            del body["total"]
        return bodies.write(request, 200, body)

    def _requests(self, request: Request, uid: str) -> Response:
        def view(friend: FriendRequest) -> Row:
            return {
                "id": friend.id,
                "requester_id": friend.requester_id,
                "created": str(friend.created),
                "requester_name": self.person(friend.requester_id).name_display,
                "picture_url": self.picture("default_user.gif"),
                "school_name": self.school.title,
                "school_id": str(self.school.school_id),
            }

        since = _offset(request)
        requests = self.school.connections.requests
        rows = [view(each) for each in requests if each.uid == uid and each.created > since]
        return self.whole_list(request, "request", rows)

    def _answer_request(self, request: Request, uid: str, identity: str) -> Response:
        action = bodies.read(request).get("request_action")
        self.school.connections.answer_request(uid, identity, action)
        return EMPTY

    def _invites(self, request: Request, uid: str, realm: Realm) -> Response:
        def view(invite: Invite) -> Row:
            name, picture = self._name_and_picture(invite)
            # Ids and times are numbers here, and strings in friend requests.
            return {
                f"{realm}_id": int(invite.realm_id),
                f"{realm}_name": name,
                "picture_url": self.picture(picture),
                "school_name": self.school.title,
                "school_id": self.school.school_id,
                "id": int(invite.id),
                "created": invite.created,
            }

        since = _offset(request)
        rows = [
            view(each)
            for each in self.school.connections.invites
            if (each.uid, each.realm) == (uid, realm)
            and each.created > since
            and self.school.has_realm(realm, each.realm_id)
        ]
        return self.whole_list(request, "invite", rows)

    def _name_and_picture(self, invite: Invite) -> tuple[str, str]:
        if invite.realm == "group":
            return self.school.groups[invite.realm_id].title, "group-default.gif"
        return self.school.sections[invite.realm_id].title, "course-default.gif"

    def _answer_invite(self, request: Request, uid: str, realm: Realm, identity: str) -> Response:
        inner = bodies.read(request).get("invite")
        if not isinstance(inner, Mapping):
            raise Rejected(400, "There is no invite in the request body.")
        action = inner.get("invite_action")
        self.school.connections.answer_invite(uid, realm, identity, action)
        return EMPTY


def _of_periods(row: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    """Return a section's grades for the requested periods only."""
    if not wanted:
        return row
    kept = {
        name: [each for each in row.get(name, []) if each["period_id"] in wanted]
        for name in ("period", "final_grade")
    }
    return row | kept


def _offset(request: Request) -> float:
    """Return the time in ``created_offset``, or -1 if there is none.

    The vendor accepts all formats of PHP's ``strtotime``. The sandbox accepts ISO dates and times.
    Assumed: a time that can't be read counts as absent.
    """
    given = request.query.get("created_offset", "").strip()
    if re.fullmatch(r"@\d+", given, re.ASCII):
        return float(given[1:])
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return -1.0
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
