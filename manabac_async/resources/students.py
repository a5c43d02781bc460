"""``managebac.students``: what one student belongs to."""

from __future__ import annotations

from lms_async.http.call import get
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path, query_params

from ..models import StudentMemberships


class Students:
    """Students of the school."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def memberships(
        self, student_id: str | int, *, archived: bool = False
    ) -> StudentMemberships:
        """The classes, groups and year groups of a student. Vendor page: "Get a Student's
        memberships".

        :param archived: only the archived ones, instead of only the others.
        :raises NotFound: there is no such student.
        """
        path = build_path("students/{student_id:person}/memberships", student_id=student_id)
        query = query_params(archived="true" if archived else None)
        return await self._transport.send(
            get(path, query=query, returns=StudentMemberships, envelope_key="memberships")
        )
