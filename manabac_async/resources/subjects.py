"""``managebac.subjects`` and ``managebac.subject_groups``. Vendor page: Academics."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lms_async.errors import UnexpectedResponse
from lms_async.http.call import Call, about, get
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, build_path
from lms_async.resource import changes_of

from ..models import AssessmentType, Subject, SubjectGroup
from .base import ManageBacResource, whole_ids
from .filters import list_query
from .sending.subjects import (
    NewSubject,
    NewSubjectGroup,
    SubjectChange,
    SubjectGroupChange,
    new_subject,
    new_subject_group,
    subject_change,
    subject_group_change,
)

_PROGRAM = "school/programs/{program_code}/"


class Subjects(ManageBacResource):
    """Subjects of one program. ``program_code`` is e.g. ``myp``, see ``school.get``."""

    def list(self, program_code: str, *, per_page: int | None = None) -> Pages[Subject]:
        """List the subjects of a program, including those that are not enabled.

        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        """
        path = build_path(_PROGRAM + "subjects", program_code=program_code)
        query = list_query(per_page=per_page)
        return self._list(path, Subject, envelope_key="subjects", query=query)

    async def get(self, program_code: str, subject_id: str | int) -> Subject:
        """Get one subject.

        :raises NotFound: there is no such subject in this program.
        """
        path = _subject(program_code, subject_id)
        return await self._get(path, Subject, envelope_key="subject", about=about("id", subject_id))

    async def create(self, program_code: str, subject: NewSubject) -> Subject:
        """Create a subject.

        :param subject: ``name`` and ``subject_group_id`` are required.
        :returns: the subject as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid; nothing was sent.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        :raises OutcomeUnknown: the response was lost. List the subjects before you try again.
        """
        return await self._send(
            "POST",
            build_path(_PROGRAM + "subjects", program_code=program_code),
            {"subject": new_subject(subject)},
            returns=Subject,
            envelope_key="subject",
        )

    async def update(
        self, program_code: str, subject_id: str | int, changes: SubjectChange
    ) -> Subject:
        """Update one subject.

        :param changes: only the fields to change. The request is a PUT, and the vendor does not
            document whether it keeps the other fields.
        :returns: the subject as changed.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such subject in this program.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        """
        return await self._send(
            "PUT",
            _subject(program_code, subject_id),
            {"subject": changes_of(subject_change, changes, id_=subject_id)},
            returns=Subject,
            envelope_key="subject",
            repeatable=True,
        )

    async def delete(self, program_code: str, subject_id: str | int) -> Subject:
        """Delete one subject.

        :returns: the subject as it was.
        :raises NotFound: there is no such subject in this program.
        :raises OutcomeUnknown: the response was lost. A deletion is never sent again automatically.
        """
        path = _subject(program_code, subject_id)
        return await self._send("DELETE", path, returns=Subject, envelope_key="subject")

    async def enable(self, program_code: str, ids: Iterable[str | int]) -> builtins.list[str]:
        """Enable subjects. This belongs to the vendor's "Extended APIs".

        :returns: the ids that the vendor names in its response.
        :raises InvalidInput: there are no ids, or one is not a number.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        """
        return await self._toggle(program_code, "bulk-enable", ids)

    async def disable(self, program_code: str, ids: Iterable[str | int]) -> builtins.list[str]:
        """Disable subjects. This belongs to the vendor's "Extended APIs".

        :returns: the ids that the vendor names in its response.
        :raises InvalidInput: there are no ids, or one is not a number.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        """
        return await self._toggle(program_code, "bulk-disable", ids)

    async def _toggle(
        self, program_code: str, action: str, ids: Iterable[str | int]
    ) -> builtins.list[str]:
        return await self._send(
            "POST",
            build_path(_PROGRAM + "subjects/" + action, program_code=program_code),
            {"subject_ids": whole_ids(ids)},
            returns=builtins.list[str],
            envelope_key="subject_ids",
            repeatable=True,
        )

    async def assessment_types(self, program_code: str) -> builtins.list[AssessmentType]:
        """List the types of assessment of a program.

        The vendor documents a list, but its example is one object. Both forms are read.
        """
        path = build_path(_PROGRAM + "assessment_types", program_code=program_code)
        request: Call[Any] = get(path)
        payload, _ = await self._transport.fetch(request)
        found = None
        if isinstance(payload, dict):
            found = payload.get("assessment_types", payload.get("assessment_type"))
        if isinstance(found, dict):
            found = [found]
        if not isinstance(found, builtins.list):
            raise UnexpectedResponse("the response has no assessment types", call=request)
        call: Call[builtins.list[AssessmentType]] = get(path, returns=builtins.list[AssessmentType])
        return self._transport.decode(call, found)


class SubjectGroups(ManageBacResource):
    """Groups of subjects of one program. ``program_code`` is e.g. ``myp``, see ``school.get``."""

    def list(
        self,
        program_code: str,
        *,
        modified_since: datetime | None = None,
        per_page: int | None = None,
    ) -> Pages[SubjectGroup]:
        """List the subject groups of a program.

        :param modified_since: only groups that were changed since this time, which needs a time
            zone.
        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        :raises InvalidInput: the time has no time zone.
        """
        return self._list(
            build_path(_PROGRAM + "subject-groups", program_code=program_code),
            SubjectGroup,
            envelope_key="subject_groups",
            query=list_query(modified_since=modified_since, per_page=per_page),
        )

    async def get(self, program_code: str, group_id: str | int) -> SubjectGroup:
        """Get one subject group.

        :raises NotFound: there is no such group in this program.
        """
        path = _group(program_code, group_id)
        return await self._get(
            path, SubjectGroup, envelope_key="subject_group", about=about("id", group_id)
        )

    async def create(self, program_code: str, group: NewSubjectGroup) -> SubjectGroup:
        """Create a subject group.

        :param group: ``name`` is required.
        :returns: the group as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid; nothing was sent.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        :raises OutcomeUnknown: the response was lost. List the groups before you try again.
        """
        return await self._send(
            "POST",
            build_path(_PROGRAM + "subject-groups", program_code=program_code),
            {"subject_group": new_subject_group(group)},
            returns=SubjectGroup,
            envelope_key="subject_group",
        )

    async def update(
        self, program_code: str, group_id: str | int, changes: SubjectGroupChange
    ) -> SubjectGroup:
        """Update one subject group.

        :param changes: only the fields to change.
        :returns: the group as changed.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises Forbidden: the group is not one of the school's own.
        :raises NotFound: there is no such group in this program.
        """
        return await self._send(
            "PATCH",
            _group(program_code, group_id),
            {"subject_group": changes_of(subject_group_change, changes, id_=group_id)},
            returns=SubjectGroup,
            envelope_key="subject_group",
            repeatable=True,
        )

    async def delete(self, program_code: str, group_id: str | int) -> SubjectGroup:
        """Delete one subject group.

        :returns: the group as it was.
        :raises Forbidden: the group is not one of the school's own.
        :raises NotFound: there is no such group in this program.
        :raises BadRequest: the group can't be deleted.
        :raises OutcomeUnknown: the response was lost. A deletion is never sent again automatically.
        """
        path = _group(program_code, group_id)
        return await self._send("DELETE", path, returns=SubjectGroup, envelope_key="subject_group")


def _subject(program_code: str, subject_id: str | int) -> Path:
    template = _PROGRAM + "subjects/{subject_id}"
    return build_path(template, program_code=program_code, subject_id=subject_id)


def _group(program_code: str, group_id: str | int) -> Path:
    template = _PROGRAM + "subject-groups/{group_id}"
    return build_path(template, program_code=program_code, group_id=group_id)
