"""The operations on classes. Their members are in ``class_members``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies
from ..records import Class
from ..roster import Unprocessable
from . import write_classes as write
from .base import Operations, Row, body_of, flag, known, number, operation, rows_of


class ClassOperations(Operations):
    """``classes``."""

    @operation("GET", "classes", "classes/index")
    def index(self, request: Request) -> Response:
        """List classes. The vendor does not document the result without ``archived``."""
        found: Iterable[Class] = self.changed(request, self.school.classes)
        archived = flag(request.query, "archived")
        deleted = bool(request.query.get("deleted_since"))
        if request.query.get("archived") or (
            self.state.quirks.unset_archived == "active" and not deleted
        ):
            found = [of for of in found if of.archived == archived]
        return self.page(request, "classes", list(found), self._viewer(deleted=deleted))

    @operation("POST", "classes", "classes/create")
    def create(self, request: Request) -> Response:
        """Create a class. The response is a 200."""
        return self._response_of(write.create(self.school, body_of(request), self.state.now()))

    @operation("GET", "classes/{}", "classes/show")
    def show(self, request: Request, raw_id: str) -> Response:
        """Return one class. Only this response has the key ``class``."""
        of = self.found(self.school.classes, "Class", raw_id)
        return bodies.json_response(200, {"class": bodies.rendered(self.row(of))})

    @operation("PATCH", "classes/{}", "classes/update")
    def update(self, request: Request, raw_id: str) -> Response:
        """Change a class. A parameter that is not permitted refuses the whole request."""
        of, values = self.found(self.school.classes, "Class", raw_id), body_of(request)
        if wrong := write.unpermitted(values):
            raise bodies.Refused(bodies.unpermitted(wrong, write.ALLOWED))
        write.update(self.school, of, values, self.state.now())
        return self._response_of(of)

    @operation("PATCH", "classes", "classes/upsert", extended=True)
    def upsert(self, request: Request) -> Response:
        """Update the classes with an ``id``, and create the others. The response is an array."""
        rows = [self._upserted(at, row) for at, row in enumerate(rows_of(request, "classes"))]
        return bodies.json_response(200, rows)

    def _upserted(self, index: int, row: Row) -> Row:
        values = {name: value for name, value in row.items() if name != "id"}
        try:
            if row.get("id") in (None, ""):
                of = write.create(self.school, values, self.state.now())
            else:
                found = known(self.school.classes, row["id"])
                if found is None:  # the message is assumed
                    errors = {"id": [f"Couldn't find Class with 'id'={row['id']}"]}
                    return {"index": index, "errors": errors, "status": "not_found"}
                of = found
                # Assumed: a field that an update may not have is an error of its row.
                if wrong := write.unpermitted(values):
                    raise Unprocessable({name: ["is not permitted"] for name in wrong})
                write.update(self.school, of, values, self.state.now())
        except Unprocessable as refused:
            return {"index": index, "errors": refused.errors, "status": "unprocessable_entity"}
        return {"index": index, "class": bodies.rendered(self.row(of)), "status": "ok"}

    @operation("GET", "classes/{}/terms", "classes/terms/index")
    def terms(self, request: Request, raw_id: str) -> Response:
        """List the terms of a class, from its first to its last one."""
        of = self.found(self.school.classes, "Class", raw_id)
        academics, query = self.school.academics, request.query
        found = academics.between(of.start_term_id, of.end_term_id)
        if query.get("academic_year_id"):
            year_id = number(query["academic_year_id"])
            found = [term for term in found if term.academic_year_id == year_id]
        if flag(query, "active_only"):
            today = self.state.now().date()
            found = [term for term in found if term.starts_on <= today <= term.ends_on]
        rows = [
            {
                "id": term.id,
                "name": term.name,
                "starts_on": term.starts_on.isoformat(),
                "ends_on": term.ends_on.isoformat(),
                "academic_year": {
                    "id": term.academic_year_id,
                    "name": academics.year_name(term.academic_year_id),
                },
            }
            for term in found
        ]
        return bodies.json_response(200, {"terms": rows})

    def _response_of(self, of: Class) -> Response:
        """Return the response to a write: bare in the schema, in ``class`` after a read."""
        shown = bodies.rendered(self.row(of))
        return bodies.json_response(
            200, {"class": shown} if self.state.quirks.class_envelope else shown
        )

    def _viewer(self, *, deleted: bool) -> Callable[[Class], Row]:
        if not deleted:
            return self.row

        def gone(of: Class) -> Row:  # the form is assumed, as for people
            at = None if of.deleted_at is None else bodies.moment(of.deleted_at)
            whole = {"id": of.id} if self.state.quirks.deleted_rows == "bare" else self.row(of)
            return whole | {"deleted_at": at}

        return gone

    def row(self, of: Class) -> Row:
        """Return a class as JSON."""
        school, academics = self.school, self.school.academics
        program = academics.programs.get(of.program_code)
        subjects = [academics.subjects[one] for one in of.subject_ids if one in academics.subjects]
        rows: list[Row] = [
            {
                "id": subject.id,
                "name": subject.name,
                "subject_group_id": subject.subject_group_id,
                "subject_group": academics.subject_groups[subject.subject_group_id].name,
            }
            for subject in subjects
        ]
        first: Row = rows[0] if rows else {}
        teachers = [
            {
                "teacher_id": one.user_id,
                "show_on_reports": one.show_on_reports,
                "teacher_archived": school.teachers[one.user_id].archived,
            }
            for one in school.ledger.in_class(of.id, teaches=True)
        ]
        levels = [level for level, given in (("HL", of.hl), ("SL", of.sl)) if given]
        shown: dict[str, Any] = {
            "id": of.id,
            "name": of.name,
            "description": of.description,
            "language": of.language or None,
            "uniq_id": of.uniq_id,
            "class_section": of.class_section,
            "start_term_id": of.start_term_id,
            "end_term_id": of.end_term_id,
            "created_at": bodies.moment(of.created_at),
            "updated_at": bodies.moment(of.updated_at),
            "grade": of.grade or None,
            "grade_number": of.grade_number,
            "applicable_levels": levels,
            "program": program.name if program else of.class_type or None,
            "program_code": of.program_code or None,
            "subject_id": first.get("id"),
            "subject_name": first.get("name"),
            "subject_group": first.get("subject_group"),
            "subject_group_id": first.get("subject_group_id"),
            "subject_option": of.subject_option or None,
            "lock_memberships": of.lock_memberships or None,
            "archived": of.archived,
            "subjects": rows,
            "teachers": teachers,
        }
        return shown | of.extra
