"""The operations on the subjects, subject groups and assessment types of one program."""

from __future__ import annotations

from typing import Any

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import Subject, SubjectGroup, Unprocessable
from ..roster import fields as read
from .academic_years import ProgramOperations
from .base import Row, ids_of, inner, known, moment, operation

_GROUPS = "school/programs/{}/subject-groups"
_SUBJECTS = "school/programs/{}/subjects"
_FORBIDDEN = Response(403)

_CREATE: dict[str, Any] = {
    **dict.fromkeys(("name", "title", "description", "code"), read.text),
    "scope_and_sequence_based_on": read.text,
    "subject_group_id": read.whole,
    **dict.fromkeys(("sl", "hl", "enabled"), read.flag),
}
_UPDATE = ("subject_group_id", "enabled", "name", "title", "scope_and_sequence_based_on")


class SubjectGroupOperations(ProgramOperations):
    """``subject-groups``."""

    def _group(self, code: str, raw_id: str) -> SubjectGroup:
        group = known(self.school.academics.subject_groups, raw_id)
        if group is None or group.program != self.program(code).code:
            raise bodies.Refused(self.state.missing("SubjectGroup", raw_id))
        return group

    @operation("GET", _GROUPS, "school/subject_groups/index")
    def index(self, request: Request, code: str) -> Response:
        """List subject groups, without the key ``custom``."""
        program, since = self.program(code), moment(request.query, "modified_since")
        rows = [
            group
            for group in self.school.academics.subject_groups.values()
            if group.program == program.code and (since is None or group.updated_at >= since)
        ]
        return self.page(request, "subject_groups", rows, lambda group: _group(group, listed=True))

    @operation("POST", _GROUPS, "school/subject_groups/create")
    def create(self, request: Request, code: str) -> Response:
        """Create a custom subject group."""
        program, academics = self.program(code), self.school.academics
        changes = self._read(code, inner(request, "subject_group"), None)
        now = self.state.now()
        group = academics.add_subject_group(
            program=program.code, custom=True, updated_at=now, **changes
        )
        academics.subject_groups.creates[group.name] += 1
        return _response_of(group)

    @operation("GET", f"{_GROUPS}/{{}}", "school/subject_groups/show")
    def show(self, request: Request, code: str, raw_id: str) -> Response:
        """Return one subject group."""
        return _response_of(self._group(code, raw_id))

    @operation("PATCH", f"{_GROUPS}/{{}}", "school/subject_groups/update")
    def update(self, request: Request, code: str, raw_id: str) -> Response:
        """Change a subject group. Assumed: the 403 is for groups that are not custom."""
        group = self._group(code, raw_id)
        if not group.custom:
            return _FORBIDDEN
        changes = self._read(code, inner(request, "subject_group"), group)
        for name, value in changes.items():
            setattr(group, name, value)
        group.updated_at = self.state.now()
        self.school.academics.subject_groups.updates[group.id] += 1
        return _response_of(group)

    @operation("DELETE", f"{_GROUPS}/{{}}", "school/subject_groups/destroy")
    def delete(self, request: Request, code: str, raw_id: str) -> Response:
        """Delete a subject group. Assumed: the 422 is for groups that have subjects."""
        group, academics = self._group(code, raw_id), self.school.academics
        if not group.custom:
            return _FORBIDDEN
        if any(each.subject_group_id == group.id for each in academics.subjects.values()):
            raise Unprocessable({"base": ["Cannot delete a subject group with subjects"]})
        del academics.subject_groups[group.id]
        academics.subject_groups.deletes[group.id] += 1
        return _response_of(group)

    def _read(self, code: str, values: Row, group: SubjectGroup | None) -> Row:
        readers = {"name": read.text, "max_phase": read.one_of("4", "5")}
        changes, errors = read.read(values, readers)
        name = changes.get("name")
        if name == "" or (group is None and name is None):
            errors.setdefault("name", [read.BLANK])
        for other in self.school.academics.subject_groups.values():
            same = other.program == self.program(code).code and other.name == name
            if same and other is not group:
                errors.setdefault("name", [read.TAKEN])
        if errors:
            raise Unprocessable(errors)
        return dict(changes)


class SubjectOperations(ProgramOperations):
    """``subjects`` and ``assessment_types`` of a program."""

    def _subject(self, code: str, raw_id: str) -> Subject:
        subject = known(self.school.academics.subjects, raw_id)
        if subject is None or subject.program != self.program(code).code:
            raise bodies.Refused(self.state.missing("Subject", raw_id))
        return subject

    @operation("GET", _SUBJECTS, "school/programs/subjects/index")
    def index(self, request: Request, code: str) -> Response:
        """List subjects. Unlike a single subject, a row has two codes."""
        program = self.program(code).code
        subjects = self.school.academics.subjects.values()
        rows = [each for each in subjects if each.program == program]
        return self.page(request, "subjects", rows, lambda each: _row(each, listed=True))

    @operation("POST", _SUBJECTS, "school/programs/subjects/create")
    def create(self, request: Request, code: str) -> Response:
        """Create a custom subject."""
        self.program(code)
        changes, errors = read.read(inner(request, "subject"), _CREATE)
        self._check_group(code, changes, errors, needed=True)
        if not changes.get("name"):
            errors.setdefault("name", [read.BLANK])
        if errors:
            raise Unprocessable(errors)
        academics = self.school.academics
        subject = academics.add_subject(custom=True, updated_at=self.state.now(), **changes)
        academics.subjects.creates[subject.name] += 1
        return _one(subject)

    @operation("GET", f"{_SUBJECTS}/{{}}", "school/programs/subjects/show")
    def show(self, request: Request, code: str, raw_id: str) -> Response:
        """Return one subject."""
        return _one(self._subject(code, raw_id))

    @operation("PUT", f"{_SUBJECTS}/{{}}", "school/programs/subjects/update")
    def update(self, request: Request, code: str, raw_id: str) -> Response:
        """Change a subject. A parameter that is not permitted refuses the whole request."""
        subject, values = self._subject(code, raw_id), inner(request, "subject")
        if wrong := [name for name in values if name not in _UPDATE]:
            raise bodies.Refused(bodies.unpermitted(wrong, list(_UPDATE)))
        changes, errors = read.read(values, _CREATE)
        self._check_group(code, changes, errors, needed=False)
        if errors:
            raise Unprocessable(errors)
        for name, value in changes.items():
            setattr(subject, name, value)
        self._touched(subject)
        return _one(subject)

    @operation("DELETE", f"{_SUBJECTS}/{{}}", "school/programs/subjects/destroy")
    def delete(self, request: Request, code: str, raw_id: str) -> Response:
        """Delete a subject. The response has the deleted one."""
        subject, subjects = self._subject(code, raw_id), self.school.academics.subjects
        del subjects[subject.id]
        subjects.deletes[subject.id] += 1
        return _one(subject)

    @operation(
        "POST", f"{_SUBJECTS}/bulk-enable", "school/programs/subjects/bulk_enable", extended=True
    )
    def enable(self, request: Request, code: str) -> Response:
        """Enable subjects."""
        return self._toggle(request, code, enabled=True)

    @operation(
        "POST", f"{_SUBJECTS}/bulk-disable", "school/programs/subjects/bulk_disable", extended=True
    )
    def disable(self, request: Request, code: str) -> Response:
        """Disable subjects."""
        return self._toggle(request, code, enabled=False)

    def _toggle(self, request: Request, code: str, *, enabled: bool) -> Response:
        """Enable or disable subjects, all or none. The response repeats the request."""
        given, program = ids_of(request, "subject_ids"), self.program(code).code
        found = [known(self.school.academics.subjects, raw) for raw in given]
        subjects = [each for each in found if each is not None and each.program == program]
        if not given or len(subjects) < len(given):
            raise Unprocessable({"subject_ids": [read.MUST_EXIST if given else read.BLANK]})
        for subject in subjects:
            subject.enabled = enabled
            self._touched(subject)
        return bodies.json_response(200, {"subject_ids": [subject.id for subject in subjects]})

    def _touched(self, subject: Subject) -> None:
        subject.updated_at = self.state.now()
        self.school.academics.subjects.updates[subject.id] += 1

    def _check_group(
        self, code: str, changes: read.Fields, errors: read.Errors, *, needed: bool
    ) -> None:
        group_id = changes.get("subject_group_id")
        group = self.school.academics.subject_groups.get(group_id or 0)
        wrong = group is None or group.program != code
        if wrong and (needed or "subject_group_id" in changes):
            errors.setdefault("subject_group_id", [read.MUST_EXIST])

    @operation(
        "GET", "school/programs/{}/assessment_types", "school/programs/assessment_types/index"
    )
    def assessment_types(self, request: Request, code: str) -> Response:
        """Return the assessment types: one object as in the schema, or a list as in the text."""
        rows = self.school.academics.assessment_types.get(self.program(code).code, [])
        if self.state.quirks.assessment_types == "object":
            return bodies.json_response(200, {"assessment_type": rows[0] if rows else {}})
        key = self.state.quirks.assessment_types
        return bodies.json_response(200, {key: rows})


def _group(group: SubjectGroup, *, listed: bool) -> Row:
    row: Row = {"id": group.id, "name": group.name}
    if not listed:
        row["custom"] = group.custom
    row |= {"max_phase": group.max_phase, "program": group.program}
    return row | {"updated_at": bodies.moment(group.updated_at)}


def _response_of(group: SubjectGroup) -> Response:
    return bodies.json_response(200, {"subject_group": _group(group, listed=False)})


def _one(subject: Subject) -> Response:
    return bodies.json_response(200, {"subject": _row(subject, listed=False)})


def _row(subject: Subject, *, listed: bool) -> Row:
    row: Row = {
        "id": subject.id,
        "subject_group_id": subject.subject_group_id,
        "custom": subject.custom,
        "name": subject.name,
        "title": subject.title or subject.name,
        "sl": subject.sl,
        "hl": subject.hl,
        "description": subject.description,
        "scope_and_sequence_based_on": subject.scope_and_sequence_based_on,
        "updated_at": bodies.moment(subject.updated_at),
        "self_taught": subject.self_taught,
        "phases": list(subject.phases),
        "levels": list(subject.levels),
        "enabled": subject.enabled,
    }
    if listed:
        return row | {"sl_code": f"{subject.code}SL", "hl_code": f"{subject.code}HL"}
    return row | {"code": subject.code}
