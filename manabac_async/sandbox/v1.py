"""The legacy API v1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lms_async.sandbox import Arrived, Response

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

    def admit(self, arrived: Arrived) -> Response | None:
        """Refuse a request without the token.

        The document speaks of HTTP Basic and shows the query and a header, never Basic: that it
        is not taken is a choice. So is the body of the refusal.
        """
        if self._operation(arrived) is None:
            return Response(404)
        header = arrived.headers.get("auth_token") if self._state.quirks.v1_header else None
        token = header or arrived.query.get("auth_token")
        # As v2's default, a wrong token is not told from none.
        return None if token == self._state.v1_token else bodies.v1_error(401, "Not authorized")

    def serve(self, arrived: Arrived) -> Response:
        """Do what was asked."""
        operation = self._operation(arrived)
        assert operation is not None  # noqa: S101 - else it was not admitted
        try:
            return operation()
        except bodies.Refused as refused:
            return refused.answer

    def _operation(self, arrived: Arrived) -> Callable[[], Response] | None:
        match (arrived.method, *arrived.segments[1:]):
            case ("GET", "users"):
                return lambda: self._list(arrived)
            case ("POST", "users"):
                return lambda: self._create(arrived)
            case ("GET", "users", said):
                return lambda: bodies.answer(200, {"user": self._shown(self._person(said))})
            case ("PUT", "users", said):
                return lambda: self._update(arrived, said)
            case ("GET", "ib_groups"):
                return self._ib_groups
            case ("GET", "classes"):
                return self._classes
            case ("GET", "groups", said, "members"):
                return lambda: self._members(said)
            case ("POST", "groups", said, "add_members"):
                return lambda: self._change(arrived, said, add=True)
            case ("PUT", "groups", said, "remove_members"):
                return lambda: self._change(arrived, said, add=False)
        return None

    # -- users

    def _shown(self, person: Person) -> dict[str, Any]:
        return views.v1_user(
            person, dates=self._state.quirks.v1_dates, id_lists=self._state.quirks.v1_id_lists
        )

    def _list(self, arrived: Arrived) -> Response:
        """List all users at once: there are no pages."""
        school = self._state.school
        lists = {"student": school.students, "parent": school.parents, "advisor": school.teachers}
        asked = arrived.query.get("type")
        if asked:
            kind = _TYPES.get(asked.lower())
            if kind is None:  # nothing is said about it: a choice
                return bodies.v1_error(400, "Type is not included in the list")
            lists = {kind: lists[kind]}
        shown = [self._shown(person) for people in lists.values() for person in people.values()]
        return bodies.answer(200, {"users": shown})

    def _person(self, said: str) -> Person:
        found = self._state.school.user(_id(said))
        if found is None:
            raise bodies.Refused(bodies.v1_error(404, "User not found."))
        return found

    def _create(self, arrived: Arrived) -> Response:
        try:
            person = users.create(self._state.school, _wrapped(arrived))
        except Rejected as rejected:
            return bodies.v1_error(400, f"Invalid user data: {rejected}.")
        body = {"status": "Success", "user_id": str(person.id)}
        return bodies.answer(self._state.quirks.v1_created, body)

    def _update(self, arrived: Arrived, said: str) -> Response:
        person = self._person(said)
        try:
            users.update(self._state.school, person, _wrapped(arrived))
        except Rejected:
            # The one sentence that the document has, whatever is wrong.
            return bodies.v1_error(400, "User parameters are invalid")
        return bodies.answer(200, {"status": "Successfully updated."})

    # -- classes and groups

    def _ib_groups(self) -> Response:
        rows = [views.v1_ib_group(group) for group in self._state.school.ib_groups.values()]
        return bodies.answer(200, {"ib_groups": rows})

    def _classes(self) -> Response:
        # "Sorted alphabetically by name if they can't be sorted by subject group"; there are no
        # subject groups here. Archived ones are left out, as in v2: a choice.
        shown = [c for c in self._state.school.classes.values() if not c.archived]
        rows = [views.v1_class(c) for c in sorted(shown, key=lambda c: c.name)]
        return bodies.answer(200, {"classes": rows})

    def _members(self, said: str) -> Response:
        school = self._state.school
        number = self._group(said)
        group = school.ib_groups.get(number)
        found = school.members(number) if group is None else group.student_ids
        # Without archived students, as v2's list is by default: a choice.
        people = [school.students[one] for one in found if not school.students[one].archived]
        return bodies.answer(200, {"members": [self._shown(person) for person in people]})

    def _change(self, arrived: Arrived, said: str, *, add: bool) -> Response:
        school, number = self._state.school, self._group(said)
        ids = _read(arrived).get("users")
        if not isinstance(ids, list):
            return bodies.v1_error(400, "Users are invalid.")
        # One unknown id, or one of somebody who is no student, and nothing is done: a choice.
        students = [school.students.get(_id(str(one))) for one in ids]
        if None in students:
            return bodies.v1_error(400, "Student not found.")
        for student in filter(None, students):
            if number in school.ib_groups and add:
                school.move_to_ib_group(number, student.id)
            elif number in school.ib_groups:
                group = school.ib_groups[number]
                group.student_ids = [one for one in group.student_ids if one != student.id]
            elif add:
                school.enrol(number, student.id, at=self._state.now())
            else:
                school.leave(number, student.id, at=self._state.now())
        word = "added" if add else "removed"
        return bodies.answer(200, {"status": f"Successfully {word}."})

    def _group(self, said: str) -> int:
        number = _id(said)
        if number not in self._state.school.ib_groups | self._state.school.classes:
            raise bodies.Refused(bodies.v1_error(404, "Group not found."))
        return number


def _read(arrived: Arrived) -> dict[str, Any]:
    try:
        body = bodies.read(arrived)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bodies.Refused(bodies.v1_error(400, "Invalid JSON"))
    return body


def _wrapped(arrived: Arrived) -> dict[str, Any]:
    """Return the user in a body: in ``user``, or in ``users`` as in one of the samples."""
    body = _read(arrived)
    inner = body.get("user", body.get("users"))
    if not isinstance(inner, dict):
        raise bodies.Refused(bodies.v1_error(400, "User parameters are invalid"))
    return inner


def _id(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() else 0
