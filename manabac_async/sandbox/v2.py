"""API v2: route the requests, and serve the reads."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from lms_async.sandbox import Request, Response

from . import bodies, memberships, views
from .records import Class
from .rosters import Rosters
from .state import State

_EXTENDED = {"classes/students/update", "classes/teachers/update"}
"""The permissions that need the package "Extended APIs" (v2-endpoints.md, 1.6)."""


@frozen
class Operation:
    """An operation, and the permission that it needs."""

    permission: str | None
    do: Callable[[], Response]


class V2:
    """The nine operations of the Memberships page, ``ping``, and the list of permissions."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rosters = Rosters(state)

    def admit(self, request: Request) -> Response | None:
        """Refuse a request without a valid token or the permission, with the same response."""
        operation = self._operation(request)
        if operation is None:
            return Response(404)  # the response to an unknown path is assumed
        grant = self._state.auth.identify(request)
        if grant is None:
            return bodies.DENIED
        needed = operation.permission
        if needed is not None and needed not in grant.permissions:
            return bodies.DENIED
        # Without the package it is "likely 401 or 403" (vendors.md, 2.2).
        return bodies.DENIED if needed in _EXTENDED and not self._state.quirks.extended else None

    def serve(self, request: Request) -> Response:
        """Execute the request."""
        operation = self._operation(request)
        assert operation is not None  # noqa: S101 - `admit` has checked it
        try:
            return operation.do()
        except bodies.Refused as refused:
            return refused.answer

    def _operation(self, request: Request) -> Operation | None:
        match (request.method, *request.segments):
            case ("GET", "ping"):
                # Assumed: this and the next operation need a token but no permission.
                return Operation(None, lambda: bodies.answer(200, {"pong": "ok"}))
            case ("GET", "auth", "permissions"):
                return Operation(None, lambda: self._permissions(request))
            case ("GET", "memberships"):
                return Operation("memberships/index", lambda: self._memberships(request))
            case ("GET", "students", raw_id, "memberships"):
                one = "students/memberships/index"
                return Operation(one, lambda: self._of_student(request, raw_id))
            case (_, "classes", raw_id, *rest):
                return self._of_class(request, raw_id, *rest)
        return None

    def _of_class(self, request: Request, raw_id: str, *rest: str) -> Operation | None:
        do: Callable[[Request, Class], Response]
        match (request.method, *rest):
            case ("GET", "students"):
                permission, do = "classes/students/index", self._students
            case ("PATCH", "students"):
                permission, do = "classes/students/update", self._rosters.patch_students
            case ("POST", "add_students"):
                permission, do = "classes/add_students", self._rosters.add_students
            case ("POST", "remove_students"):
                permission, do = "classes/remove_students", self._rosters.remove_students
            case ("GET", "teachers"):
                permission, do = "classes/teachers/index", self._teachers
            case ("PUT", "teachers"):
                permission, do = "classes/teachers/update", self._rosters.set_teachers
            case ("POST", "teachers", "add_teachers"):
                permission, do = "classes/teachers/add_teachers", self._rosters.add_teachers
            case ("DELETE", "teachers", "remove_teachers"):
                permission, do = "classes/teachers/remove_teachers", self._rosters.remove_teachers
            case _:
                return None
        return Operation(permission, lambda: do(request, self._class(raw_id)))

    def _class(self, raw_id: str) -> Class:
        found = self._state.school.classes.get(_id(raw_id))
        if found is None:
            raise bodies.Refused(self._state.missing("Class", raw_id))
        return found

    # -- reads

    def _permissions(self, request: Request) -> Response:
        grant = self._state.auth.identify(request)
        assert grant is not None  # noqa: S101 - `admit` has checked it
        return bodies.answer(200, {"permissions": sorted(grant.permissions)})

    def _students(self, request: Request, of: Class) -> Response:
        """Return a page of the students' ids. Pages are not documented here, but ``meta`` is."""
        school, query = self._state.school, request.query
        members = school.members(of.id)
        found = list(members)
        if not memberships.flag(query, "include_archived_students"):
            found = [one for one in found if not school.students[one].archived]
        wanted = memberships.ids(query, "student_ids")
        if wanted is not None:
            found = [one for one in found if one in wanted]
        page, meta = self._state.pager.cut(found, query)
        levels = {str(one): members[one] for one in page}
        body = {"student_ids": page, "student_levels": levels, "meta": meta}
        return bodies.answer(200, bodies.rendered(body))

    def _teachers(self, request: Request, of: Class) -> Response:
        school = self._state.school
        rows = school.ledger.in_class(of.id, teaches=True)
        page, meta = self._state.pager.cut(rows, request.query)
        shown = [views.class_teacher(school, row) for row in page]
        return bodies.answer(200, {"teachers": shown, "meta": meta})

    def _memberships(self, request: Request) -> Response:
        state = self._state
        rows = memberships.picked(state.school, request.query)
        page, meta = state.pager.cut(rows, request.query)
        shown = [
            views.membership(
                state.school, row, teacher=state.quirks.teacher_role, uniq_ids=state.quirks.uniq_ids
            )
            for row in page
        ]
        return bodies.answer(200, {"memberships": bodies.rendered(shown), "meta": meta})

    def _of_student(self, request: Request, raw_id: str) -> Response:
        student = self._state.school.students.get(_id(raw_id))
        if student is None:
            return self._state.missing("Student", raw_id)
        archived = memberships.flag(request.query, "archived")
        shown = views.of_student(self._state.school, student, archived=archived)
        return bodies.answer(200, {"memberships": bodies.rendered(shown)})


def _id(raw_id: str) -> int:
    return int(raw_id) if raw_id.isascii() and raw_id.isdecimal() else 0
