"""The operations on parents and on their links to children."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies
from ..records import Person
from ..roster import Unprocessable, relations
from ..roster import fields as read
from . import person_views
from .base import Operations, Row, inner, known, operation, rows_of
from .people import NO_CONTENT, PeopleOperations


class ParentOperations(PeopleOperations):
    """``parents``."""

    kind = "parent"
    what, many = "parent", "parents"

    def viewer(self, *, many: bool) -> Callable[[Person], Row]:
        """Return a function that converts parents to JSON."""
        quirks = self.state.quirks
        return person_views.parents(
            self.school, as_object=quirks.relationship_object, nulls=quirks.parent_nulls
        )

    @operation("GET", "parents", "parents/index")
    def index(self, request: Request) -> Response:
        """List parents."""
        return self.listed(request)

    @operation("POST", "parents", "parents/create")
    def post(self, request: Request) -> Response:
        """Create a parent."""
        return self.create(request)

    @operation("GET", "parents/{}", "parents/show")
    def get(self, request: Request, raw_id: str) -> Response:
        """Return one parent."""
        return self.show(raw_id)

    @operation("PATCH", "parents/{}", "parents/update")
    def patch(self, request: Request, raw_id: str) -> Response:
        """Change a parent. Only version v2p0 also takes ``child_ids`` (vendors.md, 2.3)."""
        return self.update(request, raw_id)

    @operation("PUT", "parents/{}/archive", "parents/archive")
    def put_archive(self, request: Request, raw_id: str) -> Response:
        """Archive a parent."""
        return self.archive(raw_id)

    @operation("PUT", "parents/{}/unarchive", "parents/unarchive")
    def put_unarchive(self, request: Request, raw_id: str) -> Response:
        """Make a parent active again."""
        return self.unarchive(raw_id)

    @operation("POST", "parents/{}/welcome_email", "parents/welcome_email")
    def post_welcome(self, request: Request, raw_id: str) -> Response:
        """Send a welcome email."""
        return self.welcome(raw_id)


class ChildOperations(Operations):
    """``parents/{}/children``."""

    def _row(self, parent: Person, child_id: int) -> Row:
        as_object = self.state.quirks.relationship_object
        return person_views.child(self.school, parent, child_id, as_object=as_object)

    def _one(self, status: int, parent: Person, child: Person) -> Response:
        return bodies.json_response(status, {"child": self._row(parent, child.id)})

    @operation("GET", "parents/{}/children", "parents/children/index")
    def children(self, request: Request, raw_id: str) -> Response:
        """List the children of a parent."""
        parent = self._parent(raw_id)
        return self.page(
            request, "children", parent.kin, lambda number: self._row(parent, number), nulls=True
        )

    @operation("POST", "parents/{}/children", "parents/children/create")
    def link(self, request: Request, raw_id: str) -> Response:
        """Link a child, or restore the link."""
        parent, values = self._parent(raw_id), inner(request, "child")
        child, kind, errors = self._read(values)
        if child is not None and child.id in parent.kin:
            errors["child"] = [read.TAKEN]  # a 422 is documented, its message is assumed
        if errors or child is None:
            raise Unprocessable(errors)
        self.school.relations.set(parent, child, kind)
        return self._one(201, parent, child)

    @operation("PUT", "parents/{}/children", "parents/children/bulk_update")
    def replace(self, request: Request, raw_id: str) -> Response:
        """Replace all children. If one row is not valid, nothing is changed."""
        parent, links = self._parent(raw_id), self.school.relations
        wanted: dict[int, tuple[Person, str | None]] = {}
        for row in rows_of(request, "children"):
            child, kind, errors = self._read(row)
            if errors or child is None:
                raise Unprocessable(errors)
            wanted[child.id] = (child, kind)
        for number in [one for one in parent.kin if one not in wanted]:
            links.remove(parent, self.school.students[number])
        for child, kind in wanted.values():
            links.set(parent, child, kind)
        shown = [self._row(parent, number) for number in wanted]
        return bodies.json_response(200, {"children": shown})

    @operation("GET", "parents/{}/children/{}", "parents/children/show")
    def show_link(self, request: Request, raw_id: str, raw_child: str) -> Response:
        """Return the link to one child."""
        return self._one(200, *self._linked(raw_id, raw_child))

    @operation("PUT", "parents/{}/children/{}", "parents/children/update")
    def update_link(self, request: Request, raw_id: str, raw_child: str) -> Response:
        """Change the relationship to one child."""
        parent, child = self._linked(raw_id, raw_child)
        kind = relations.kind(inner(request, "child").get("relationship"))
        self.school.relations.set(parent, child, kind)
        return self._one(200, parent, child)

    @operation("DELETE", "parents/{}/children/{}", "parents/children/destroy")
    def unlink(self, request: Request, raw_id: str, raw_child: str) -> Response:
        """Remove the link to one child. A POST restores it."""
        self.school.relations.remove(*self._linked(raw_id, raw_child))
        return NO_CONTENT

    def _read(self, values: Row) -> tuple[Person | None, str | None, read.Errors]:
        errors: read.Errors = {}
        kind = None
        try:
            kind = relations.kind(values.get("relationship"))
        except Unprocessable as wrong:
            errors |= wrong.errors
        child = known(self.school.students, values.get("id"))
        if child is None:
            errors["child"] = [read.MUST_EXIST]
        return child, kind, errors

    def _parent(self, raw_id: str) -> Person:
        """Return the parent. A 404 is documented below ``children/{id}`` only, with its reason."""
        parent = known(self.school.parents, raw_id)
        if parent is None:
            raise bodies.Refused(_missing(f"Couldn't find Parent with 'id'={raw_id}"))
        return parent

    def _linked(self, raw_id: str, raw_child: str) -> tuple[Person, Person]:
        parent, child = self._parent(raw_id), known(self.school.students, raw_child)
        if child is None or child.id not in parent.kin:
            raise bodies.Refused(_missing(f"Couldn't find Child with 'id'={raw_child}"))
        return parent, child


def _missing(reason: str) -> Response:
    """Return the 404 of relationships, which has a reason besides the error."""
    body: dict[str, Any] = {"error": "Not Found", "reason": reason}
    return bodies.json_response(404, body)
