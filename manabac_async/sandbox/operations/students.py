"""The operations on students."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies, views
from ..records import Person
from ..roster import Unprocessable
from . import person_views
from .base import Row, flag, ids, operation, readable_day
from .people import PeopleOperations

_DATES = ("withdrawn_on", "graduated_on")


class StudentOperations(PeopleOperations):
    """``students``."""

    kind = "student"
    what, many = "student", "students"

    def viewer(self, *, many: bool) -> Callable[[Person], Row]:
        """Return a function that converts students to JSON."""
        return person_views.students(self.school, many=many)

    @operation("GET", "students", "students/index")
    def index(self, request: Request) -> Response:
        """List students."""
        return self.listed(request)

    def filtered(self, request: Request, found: Iterable[Person]) -> Iterable[Person]:
        """Return the students of a status, of year groups and of homeroom advisors."""
        query = request.query
        if status := query.get("status"):  # assumed: an unknown status matches nobody
            found = [each for each in found if person_views.status(each) == status]
        groups = ids(query, "year_group_ids")
        if groups is not None:
            kept = [g for g in self.school.ib_groups.values() if g.id in groups]
            inside = {number for group in kept for number in group.student_ids}
            found = [each for each in found if each.id in inside]
        advisors = ids(query, "homeroom_advisor_ids")
        if advisors is not None:
            found = [each for each in found if each.homeroom_advisor in advisors]
        return found

    @operation("POST", "students", "students/create")
    def post(self, request: Request) -> Response:
        """Create a student."""
        return self.create(request)

    @operation("GET", "students/{}", "students/show")
    def get(self, request: Request, raw_id: str) -> Response:
        """Return one student."""
        return self.show(raw_id)

    @operation("PATCH", "students/{}", "students/update")
    def patch(self, request: Request, raw_id: str) -> Response:
        """Change a student."""
        return self.update(request, raw_id)

    @operation("PUT", "students/{}/archive", "students/archive")
    def put_archive(self, request: Request, raw_id: str) -> Response:
        """Archive a student on one of two dates.

        The specification has the date in the body, and some clients send it in the query
        (breadth.md). Assumed: none, both, or an invalid date give a 422.
        """
        self.person(raw_id)
        given: dict[str, Any] = {name: request.query.get(name) for name in _DATES}
        try:
            body = bodies.read(request)
        except ValueError:
            body = None
        if isinstance(body, dict):
            given |= {name: body[name] for name in _DATES if body.get(name)}
        dates = {name: readable_day(value, name) for name, value in given.items() if value}
        if len(dates) != 1:
            raise Unprocessable({"base": ["Exactly one of withdrawn_on or graduated_on is needed"]})
        return self.archive(raw_id, **dates)

    @operation("PUT", "students/{}/unarchive", "students/unarchive")
    def put_unarchive(self, request: Request, raw_id: str) -> Response:
        """Make a student active again."""
        return self.unarchive(raw_id)

    @operation("POST", "students/{}/welcome_email", "students/welcome_email")
    def post_welcome(self, request: Request, raw_id: str) -> Response:
        """Send a welcome email."""
        return self.welcome(raw_id)

    @operation("PUT", "students/{}/avatar", "students/avatar/update")
    def put_avatar(self, request: Request, raw_id: str) -> Response:
        """Set the picture."""
        return self.set_avatar(request, raw_id)

    @operation("DELETE", "students/{}/avatar", "students/avatar/destroy")
    def remove_avatar(self, request: Request, raw_id: str) -> Response:
        """Remove the picture."""
        return self.delete_avatar(raw_id)

    @operation("GET", "students/{}/memberships", "students/memberships/index")
    def memberships(self, request: Request, raw_id: str) -> Response:
        """Return the classes and groups of a student."""
        archived = flag(request.query, "archived")
        shown = views.of_student(self.school, self.person(raw_id), archived=archived)
        return bodies.json_response(200, {"memberships": bodies.rendered(shown)})
