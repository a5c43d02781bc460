"""API v2: which operation a method and a path mean, and its reads."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from lms_async.sandbox import Arrived, Response

from . import bodies, memberships, views
from .records import Class
from .rosters import Rosters
from .state import State

_EXTENDED = {"classes/students/update", "classes/teachers/update"}
"""What needs the package "Extended APIs" (v2-endpoints.md, 1.6)."""


@frozen
class Operation:
    """An operation, and the permission that it needs."""

    permission: str | None
    do: Callable[[], Response]


class V2:
    """The nine operations of the Memberships page, and those that they need."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rosters = Rosters(state)

    def admit(self, arrived: Arrived) -> Response | None:
        """Refuse a request without a token or the permission; the response is the same."""
        operation = self._operation(arrived)
        if operation is None:
            return Response(404)  # no such path: how that looks is a choice
        grant = self._state.auth.identify(arrived)
        if grant is None:
            return bodies.DENIED
        needed = operation.permission
        if needed is not None and needed not in grant.permissions:
            return bodies.DENIED
        # Without the package it is "likely 401 or 403" (vendors.md, 2.2).
        return bodies.DENIED if needed in _EXTENDED and not self._state.quirks.extended else None

    def serve(self, arrived: Arrived) -> Response:
        """Do what was asked."""
        operation = self._operation(arrived)
        assert operation is not None  # noqa: S101 - else it was not admitted
        try:
            return operation.do()
        except bodies.Refused as refused:
            return refused.answer

    def _operation(self, arrived: Arrived) -> Operation | None:
        match (arrived.method, *arrived.segments):
            case ("GET", "ping"):
                # Any token will do for this and the next: a choice.
                return Operation(None, lambda: bodies.answer(200, {"pong": "ok"}))
            case ("GET", "auth", "permissions"):
                return Operation(None, lambda: self._permissions(arrived))
            case ("GET", "memberships"):
                return Operation("memberships/index", lambda: self._memberships(arrived))
            case ("GET", "students", said, "memberships"):
                one = "students/memberships/index"
                return Operation(one, lambda: self._of_student(arrived, said))
            case (_, "classes", said, *rest):
                return self._of_class(arrived, said, *rest)
        return None

    def _of_class(self, arrived: Arrived, said: str, *rest: str) -> Operation | None:
        do: Callable[[Arrived, Class], Response]
        match (arrived.method, *rest):
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
        return Operation(permission, lambda: do(arrived, self._class(said)))

    def _class(self, said: str) -> Class:
        found = self._state.school.classes.get(_id(said))
        if found is None:
            raise bodies.Refused(self._state.missing("Class", said))
        return found

    # -- reads

    def _permissions(self, arrived: Arrived) -> Response:
        grant = self._state.auth.identify(arrived)
        assert grant is not None  # noqa: S101 - else it was not admitted
        return bodies.answer(200, {"permissions": sorted(grant.permissions)})

    def _students(self, arrived: Arrived, of: Class) -> Response:
        """The ids, a page of them; paging this list is undocumented, but it has ``meta``."""
        school, query = self._state.school, arrived.query
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

    def _teachers(self, arrived: Arrived, of: Class) -> Response:
        school = self._state.school
        rows = school.ledger.in_class(of.id, teaches=True)
        page, meta = self._state.pager.cut(rows, arrived.query)
        shown = [views.class_teacher(school, row) for row in page]
        return bodies.answer(200, {"teachers": shown, "meta": meta})

    def _memberships(self, arrived: Arrived) -> Response:
        state = self._state
        rows = memberships.picked(state.school, arrived.query)
        page, meta = state.pager.cut(rows, arrived.query)
        shown = [
            views.membership(
                state.school, row, teacher=state.quirks.teacher_role, uniq_ids=state.quirks.uniq_ids
            )
            for row in page
        ]
        return bodies.answer(200, {"memberships": bodies.rendered(shown), "meta": meta})

    def _of_student(self, arrived: Arrived, said: str) -> Response:
        student = self._state.school.students.get(_id(said))
        if student is None:
            return self._state.missing("Student", said)
        archived = memberships.flag(arrived.query, "archived")
        shown = views.of_student(self._state.school, student, archived=archived)
        return bodies.answer(200, {"memberships": bodies.rendered(shown)})


def _id(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() else 0
