"""The list of memberships. A membership must match all filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from lms_async.sandbox import Request, Response

from .. import views
from ..records import Membership, Person
from ..school import School
from .base import Operations, day, ids, moment, operation


class MembershipOperations(Operations):
    """``memberships``."""

    @operation("GET", "memberships", "memberships/index")
    def index(self, request: Request) -> Response:
        """List memberships."""
        quirks = self.state.quirks
        return self.page(
            request,
            "memberships",
            self._picked(request),
            lambda row: views.membership(
                self.school, row, teacher=quirks.teacher_role, uniq_ids=quirks.uniq_ids
            ),
        )

    def _picked(self, request: Request) -> Collection[Membership]:
        """Return the memberships that match the query.

        With ``deleted_since`` they are deleted ones, otherwise current ones. With
        ``modified_since`` too, there may be none, since a deletion is not a modification
        (vendors.md, 2.7).
        """
        query, school = request.query, self.school
        modified, deleted = moment(query, "modified_since"), moment(query, "deleted_since")
        on = day(query, "class_happens_on")
        students, users = ids(query, "student_ids"), ids(query, "user_ids")
        if students is not None:  # ids of teachers match nothing
            students -= school.teachers.keys()
            users = students if users is None else users & students
        found: Collection[Membership] = school.ledger.pick(
            ids(query, "class_ids[]"), users, deleted=deleted is not None
        )
        # Assumed: "on or after", as documented for other lists (v2-endpoints.md, 1.4).
        if modified is not None:
            found = [m for m in found if m.updated_at >= modified]
        if deleted is not None:
            found = [m for m in found if m.deleted_at is not None and m.deleted_at >= deleted]
        if on is not None:
            found = [m for m in found if _happens(school, m.class_id, on)]
        # In use, but not documented (breadth.md). Assumed: "active" means not archived.
        if query.get("classes") == "active":
            found = [m for m in found if not school.any_class(m.class_id).archived]
        if query.get("users") == "active":
            archived = {who.id for store in _people(school) for who in store if who.archived}
            found = [m for m in found if m.user_id not in archived]
        return found


def _people(school: School) -> Iterable[Iterable[Person]]:
    return (school.students.values(), school.teachers.values())


def _happens(school: School, class_id: int, on: date) -> bool:
    of = school.any_class(class_id)
    begin, end = school.terms.get(of.start_term_id or 0), school.terms.get(of.end_term_id or 0)
    # Assumed: a class without terms never matches.
    return begin is not None and end is not None and begin.starts_on <= on <= end.ends_on
