"""The operations on teachers."""

from __future__ import annotations

from collections.abc import Callable

from lms_async.sandbox import Request, Response

from .. import bodies
from ..records import Person
from . import person_views
from .base import Row, flag, operation
from .people import PeopleOperations


class TeacherOperations(PeopleOperations):
    """``teachers``."""

    kind = "advisor"
    what, many = "teacher", "teachers"

    def viewer(self, *, many: bool) -> Callable[[Person], Row]:
        """Return a function that converts teachers to JSON."""
        return person_views.teachers(self.school)

    @operation("GET", "teachers", "teachers/index")
    def index(self, request: Request) -> Response:
        """List teachers."""
        return self.listed(request)

    @operation("POST", "teachers", "teachers/create")
    def post(self, request: Request) -> Response:
        """Create a teacher."""
        return self.create(request)

    @operation("GET", "teachers/{}", "teachers/show")
    def get(self, request: Request, raw_id: str) -> Response:
        """Return one teacher."""
        return self.show(raw_id)

    @operation("PATCH", "teachers/{}", "teachers/update")
    def patch(self, request: Request, raw_id: str) -> Response:
        """Change a teacher."""
        return self.update(request, raw_id)

    @operation("PUT", "teachers/{}/archive", "teachers/archive")
    def put_archive(self, request: Request, raw_id: str) -> Response:
        """Archive a teacher."""
        return self.archive(raw_id)

    @operation("PUT", "teachers/{}/unarchive", "teachers/unarchive")
    def put_unarchive(self, request: Request, raw_id: str) -> Response:
        """Make a teacher active again."""
        return self.unarchive(raw_id)

    @operation("POST", "teachers/{}/welcome_email", "teachers/welcome_email")
    def post_welcome(self, request: Request, raw_id: str) -> Response:
        """Send a welcome email."""
        return self.welcome(raw_id)

    @operation("PUT", "teachers/{}/avatar", "teachers/avatar/update")
    def put_avatar(self, request: Request, raw_id: str) -> Response:
        """Set the picture."""
        return self.set_avatar(request, raw_id)

    @operation("DELETE", "teachers/{}/avatar", "teachers/avatar/destroy")
    def remove_avatar(self, request: Request, raw_id: str) -> Response:
        """Remove the picture."""
        return self.delete_avatar(raw_id)

    @operation("GET", "teachers/{}/classes", "teachers/classes/index")
    def classes(self, request: Request, raw_id: str) -> Response:
        """List the classes of a teacher.

        By default, only active classes whose reports name the teacher. Assumed: ``false`` lists
        only the other classes.
        """
        teacher, school = self.person(raw_id), self.school
        shows = flag(request.query, "show_on_reports", default=True)
        archived = flag(request.query, "archived")
        rows = [
            {
                "id": of.id,
                "uniq_id": of.uniq_id or None,
                "name": of.name,
                "archived": of.archived,
                "start_term_id": of.start_term_id,
                "end_term_id": of.end_term_id,
                "show_on_reports": membership.show_on_reports,
            }
            for membership in school.ledger.of_user(teacher.id)
            for of in [school.classes[membership.class_id]]
            if membership.show_on_reports == shows and of.archived == archived
        ]
        return bodies.json_response(200, {"classes": bodies.rendered(rows)})

    @operation("GET", "teachers/{}/groups", "teachers/groups/index")
    def groups(self, request: Request, raw_id: str) -> Response:
        """List the groups that a teacher advises."""
        teacher, archived = self.person(raw_id), flag(request.query, "archived")
        rows = [
            {
                "id": group.id,
                "name": group.name,
                "archived": group.archived,
                "group_advisor": True,
                "primary_group_advisor": group.advisors[teacher.id],
            }
            for group in self.school.groups.values()
            if teacher.id in group.advisors and group.archived == archived
        ]
        return bodies.json_response(200, {"groups": rows})
