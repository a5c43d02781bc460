"""The legacy API v1."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from lms_async.sandbox import Request, Response

from . import bodies, users, views
from .records import Person, Rejected
from .state import State

_TYPES = {
    **dict.fromkeys(("student", "students"), "student"),
    **dict.fromkeys(("parent", "parents"), "parent"),
    **dict.fromkeys(("advisor", "advisors", "teacher", "teachers"), "advisor"),
}


class V1:
    """The operations of v1."""

    def __init__(self, state: State) -> None:
        self._state = state

    def admit(self, request: Request) -> Response | None:
        """Refuse a request without the token, which may be in the query, a header or HTTP Basic.

        The document's text has HTTP Basic, its examples the query and the header. The body of the
        refusal is assumed.
        """
        if self._operation(request) is None:
            return Response(404)
        header = request.headers.get("auth_token") if self._state.quirks.v1_header else None
        tokens = [header or request.query.get("auth_token") or "", *self._basic(request)]
        # As in v2, the response is the same for a wrong token and for a missing one.
        return None if self._state.v1_token in tokens else bodies.v1_error(401, "Not authorized")

    def _basic(self, request: Request) -> tuple[str, ...]:
        """Return the part of HTTP Basic in which this server expects the token."""
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic" or self._state.quirks.v1_basic == "no":
            return ()
        try:
            decoded = base64.b64decode(encoded, validate=True).decode()
        except ValueError:
            return ()
        user, _, password = decoded.partition(":")
        places = {"user": (user,), "password": (password,), "either": (user, password)}
        return places[self._state.quirks.v1_basic]

    def serve(self, request: Request) -> Response:
        """Execute the request."""
        operation = self._operation(request)
        assert operation is not None  # noqa: S101 - `admit` has checked it
        try:
            return operation()
        except bodies.Refused as refused:
            return refused.response

    def _operation(self, request: Request) -> Callable[[], Response] | None:
        match (request.method, *request.segments[1:]):
            case ("GET", "users"):
                return lambda: self._list(request)
            case ("POST", "users"):
                return lambda: self._create(request)
            case ("GET", "users", raw_id):
                return lambda: bodies.json_response(
                    200, {"user": self._shown(self._person(raw_id))}
                )
            case ("PUT", "users", raw_id):
                return lambda: self._update(request, raw_id)
            case ("GET", "ib_groups"):
                return self._ib_groups
            case ("GET", "classes"):
                return self._classes
            case ("GET", "groups", raw_id, "members"):
                return lambda: self._members(raw_id)
            case ("POST", "groups", raw_id, "add_members"):
                return lambda: self._change(request, raw_id, add=True)
            case ("PUT", "groups", raw_id, "remove_members"):
                return lambda: self._change(request, raw_id, add=False)
        return None

    # -- users

    def _shown(self, person: Person) -> dict[str, Any]:
        return views.v1_user(
            person, dates=self._state.quirks.v1_dates, id_lists=self._state.quirks.v1_id_lists
        )

    def _list(self, request: Request) -> Response:
        """List all users. v1 has no pages."""
        school = self._state.school
        lists = {"student": school.students, "parent": school.parents, "advisor": school.teachers}
        type_ = request.query.get("type")
        if type_:
            kind = _TYPES.get(type_.lower())
            if kind is None:  # assumed: an unknown type is refused
                return bodies.v1_error(400, "Type is not included in the list")
            lists = {kind: lists[kind]}
        shown = [self._shown(person) for people in lists.values() for person in people.values()]
        return bodies.json_response(200, {"users": shown})

    def _person(self, raw_id: str) -> Person:
        found = self._state.school.user(_id(raw_id))
        if found is None:
            raise bodies.Refused(bodies.v1_error(404, "User not found."))
        return found

    def _create(self, request: Request) -> Response:
        try:
            person = users.create(self._state.school, _wrapped(request), self._state.now())
        except Rejected as rejected:
            return bodies.v1_error(400, f"Invalid user data: {rejected}.")
        body = {"status": "Success", "user_id": str(person.id)}
        return bodies.json_response(self._state.quirks.v1_created, body)

    def _update(self, request: Request, raw_id: str) -> Response:
        person = self._person(raw_id)
        try:
            users.update(self._state.school, person, _wrapped(request), self._state.now())
        except Rejected:
            # The document has only this message, for all errors.
            return bodies.v1_error(400, "User parameters are invalid")
        return bodies.json_response(200, {"status": "Successfully updated."})

    # -- classes and groups

    def _ib_groups(self) -> Response:
        rows = [views.v1_ib_group(group) for group in self._state.school.ib_groups.values()]
        return bodies.json_response(200, {"ib_groups": rows})

    def _classes(self) -> Response:
        # "Sorted alphabetically by name if they can't be sorted by subject group"; the sandbox has
        # no subject groups. Assumed: archived classes are left out, as in v2.
        shown = [c for c in self._state.school.classes.values() if not c.archived]
        rows = [views.v1_class(c) for c in sorted(shown, key=lambda c: c.name)]
        return bodies.json_response(200, {"classes": rows})

    def _members(self, raw_id: str) -> Response:
        school = self._state.school
        number = self._group(raw_id)
        group = school.ib_groups.get(number)
        found = school.members(number) if group is None else group.student_ids
        # Assumed: without archived students, as in v2 by default.
        people = [school.students[one] for one in found if not school.students[one].archived]
        return bodies.json_response(200, {"members": [self._shown(person) for person in people]})

    def _change(self, request: Request, raw_id: str, *, add: bool) -> Response:
        school, number = self._state.school, self._group(raw_id)
        ids = _read(request).get("users")
        if not isinstance(ids, list):
            return bodies.v1_error(400, "Users are invalid.")
        # Assumed: if one id is unknown or not a student's, nothing is done.
        students = [school.students.get(_id(str(one))) for one in ids]
        if None in students:
            return bodies.v1_error(400, "Student not found.")
        for student in filter(None, students):
            if number in school.ib_groups and add:
                school.move_to_ib_group(number, student.id, at=self._state.now())
            elif number in school.ib_groups:
                group = school.ib_groups[number]
                if student.id in group.student_ids:
                    group.student_ids.remove(student.id)
                    group.updated_at = self._state.now()
            elif add:
                school.enrol(number, student.id, at=self._state.now())
            else:
                school.leave(number, student.id, at=self._state.now())
        word = "added" if add else "removed"
        return bodies.json_response(200, {"status": f"Successfully {word}."})

    def _group(self, raw_id: str) -> int:
        number = _id(raw_id)
        if number not in self._state.school.ib_groups | self._state.school.classes:
            raise bodies.Refused(bodies.v1_error(404, "Group not found."))
        return number


def _read(request: Request) -> dict[str, Any]:
    try:
        body = bodies.read(request)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bodies.Refused(bodies.v1_error(400, "Invalid JSON"))
    return body


def _wrapped(request: Request) -> dict[str, Any]:
    """Return the user in a body: in ``user``, or in ``users`` as in one of the samples."""
    body = _read(request)
    inner = body.get("user", body.get("users"))
    if not isinstance(inner, dict):
        raise bodies.Refused(bodies.v1_error(400, "User parameters are invalid"))
    return inner


def _id(raw_id: str) -> int:
    return int(raw_id) if raw_id.isascii() and raw_id.isdecimal() else 0
