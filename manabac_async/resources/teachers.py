"""``managebac.teachers``: one teacher, or one list, at a time. Vendor page: Teachers."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime

from lms_async.http.call import Call, get
from lms_async.http.pages import Pages
from lms_async.http.urls import query_params

from ..models import Teacher, TeacherClass, TeacherGroup
from .base import Portrayed
from .filters import flag
from .many_teachers import ManyTeachers
from .sending.teachers import NewTeacher, TeacherChange, new_teacher, teacher_change


class Teachers(Portrayed[Teacher, NewTeacher, TeacherChange], ManyTeachers):
    """Teachers of the school. The vendor also calls them advisors."""

    _new, _change = new_teacher, teacher_change

    def list(
        self,
        *,
        ids: Iterable[str | int] | None = None,
        archived: bool | None = None,
        q: str | None = None,
        modified_since: datetime | None = None,
        deleted_since: datetime | None = None,
        per_page: int | None = None,
    ) -> Pages[Teacher]:
        """List all teachers that match every filter. Vendor page: "Get all Teachers".

        :param ids: only these teachers, any number.
        :param archived: list only archived teachers, or only active ones. By default both.
        :param q: text to search for in the names and the email address.
        :param modified_since: only teachers who were changed since this time, which needs a time
            zone. See also :meth:`changes`.
        :param deleted_since: list teachers who were deleted since this time (with a time zone)
            instead of current ones.
        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        :returns: ``await`` it for a list, or iterate it.
        :raises InvalidInput: a time has no time zone, or ``ids`` is empty.
        """
        return self._list_people(
            ids=ids,
            archived=archived,
            q=q,
            modified_since=modified_since,
            deleted_since=deleted_since,
            per_page=per_page,
        )

    async def archive(self, teacher_id: str | int) -> None:
        """Archive a teacher. Vendor page: "Archive a Teacher".

        :raises NotFound: there is no such teacher.
        """
        await self._put_state(teacher_id, "/archive")

    async def unarchive(self, teacher_id: str | int) -> None:
        """Make an archived teacher active again, without the classes that the teacher had. Vendor
        page: "Unarchive a Teacher".

        :raises NotFound: there is no such teacher.
        """
        await super().unarchive(teacher_id)

    async def classes(
        self, teacher_id: str | int, *, show_on_reports: bool | None = None, archived: bool = False
    ) -> builtins.list[TeacherClass]:
        """List the classes of a teacher. Vendor page: "Get a Teacher's classes".

        :param show_on_reports: only classes whose reports name the teacher, or only classes whose
            reports do not. By default both. This takes two requests, because the vendor lists only
            one kind at a time.
        :param archived: list archived classes instead of active ones.
        :raises NotFound: there is no such teacher.
        """
        path = self._path(teacher_id, "/classes")
        found: dict[object, TeacherClass] = {}
        for shown in (True, False) if show_on_reports is None else (show_on_reports,):
            query = query_params(
                show_on_reports=flag("show_on_reports", shown), archived=flag("archived", archived)
            )
            call: Call[builtins.list[TeacherClass]] = get(
                path, returns=builtins.list[TeacherClass], envelope_key="classes", query=query
            )
            for one in await self._transport.send(call):
                found.setdefault(one.id or id(one), one)
        return builtins.list(found.values())

    async def groups(
        self, teacher_id: str | int, *, archived: bool = False
    ) -> builtins.list[TeacherGroup]:
        """List the groups of a teacher. Vendor page: "Get a Teacher's groups".

        :param archived: list archived groups instead of active ones.
        :raises NotFound: there is no such teacher.
        """
        call: Call[builtins.list[TeacherGroup]] = get(
            self._path(teacher_id, "/groups"),
            returns=builtins.list[TeacherGroup],
            envelope_key="groups",
            query=query_params(archived=flag("archived", archived)),
        )
        return await self._transport.send(call)
