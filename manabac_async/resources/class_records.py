"""``managebac.classes``: one class, or the list of classes, at a time. Vendor page: Classes."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lms_async.errors import UnexpectedResponse
from lms_async.http.call import Call, Method, about, get
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, build_path, query_params
from lms_async.resource import changes_of

from ..changes import Changes
from ..models import Class, ClassTerm
from .base import ManageBacResource
from .filters import archived_queries, flag, list_query
from .sending.classes import ClassChange, NewClass, class_change, new_class


class ClassRecords(ManageBacResource):
    """Reads and writes classes. All ids may be texts or numbers."""

    def list(
        self,
        *,
        archived: bool | None = False,
        modified_since: datetime | None = None,
        deleted_since: datetime | None = None,
        per_page: int | None = None,
    ) -> Pages[Class]:
        """List all classes that match every filter. Vendor page: "Get all Classes".

        :param archived: list archived classes instead of active ones; ``None`` for both, which
            takes two lists.
        :param modified_since: only classes that were changed since this time, which needs a time
            zone. See also :meth:`changes`.
        :param deleted_since: list classes that were deleted since this time (with a time zone)
            instead of current ones.
        :param per_page: rows per page. By default the vendor chooses. It may return fewer.
        :returns: ``await`` it for a list, or iterate it.
        :raises InvalidInput: a time has no time zone.
        """
        query = list_query(
            modified_since=modified_since, deleted_since=deleted_since, per_page=per_page
        )
        return self._list(
            build_path("classes"),
            Class,
            envelope_key="classes",
            query=query,
            filters=archived_queries(archived),
        )

    def changes(self, since: datetime) -> Changes[Class]:
        """Read the classes, archived or not, that were changed or deleted since a time.

        :param since: a time with a time zone. :mod:`manabac_async.changes` explains what to pass in
            the next run.
        :returns: use ``async for`` to read one change at a time, or ``await`` for all of them.
        :raises InvalidInput: ``since`` has no time zone.
        """
        return Changes(
            since,
            changed=lambda time: self.list(archived=None, modified_since=time),
            deleted=lambda time: self.list(archived=None, deleted_since=time),
            lists=2,
        )

    async def get(self, class_id: str | int) -> Class:
        """Get one class. Vendor page: "Get a Class".

        :raises NotFound: there is no such class.
        """
        path = build_path("classes/{class_id}", class_id=class_id)
        return await self._get(path, Class, envelope_key="class", about=about("id", class_id))

    async def create(self, new: NewClass) -> Class:
        """Create one class. Vendor page: "Create a Class".

        :param new: the fields; ``program``, ``grade_number``, ``language``, ``start_term_id``,
            ``end_term_id``, and ``subject_id`` or ``subject_ids`` are required.
        :returns: the class as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid; nothing was sent.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        :raises OutcomeUnknown: the response was lost. Look for the class before you try again.
        """
        return await self._write("POST", build_path("classes"), new_class(new), repeatable=False)

    async def update(self, class_id: str | int, changes: ClassChange) -> Class:
        """Update one class. Vendor page: "Update a Class".

        :param changes: only the fields to change. An ``id`` among them must equal ``class_id``.
        :returns: the class as changed.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such class.
        :raises BadRequest: ManageBac rejected the request. ``fields`` has the reasons by field.
        """
        path = build_path("classes/{class_id}", class_id=class_id)
        body = changes_of(class_change, changes, id_=class_id)
        return await self._write("PATCH", path, body, repeatable=True)

    async def archive(self, class_id: str | int) -> Class:
        """Archive one class. The API can't delete classes. See :meth:`update` for the errors."""
        return await self.update(class_id, {"archived": True})

    async def unarchive(self, class_id: str | int) -> Class:
        """Make an archived class active again. See :meth:`update` for the errors."""
        return await self.update(class_id, {"archived": False})

    async def terms(
        self,
        class_id: str | int,
        *,
        academic_year_id: str | int | None = None,
        active_only: bool = False,
    ) -> builtins.list[ClassTerm]:
        """List the terms of a class. Vendor page: "Get Class Terms".

        :param academic_year_id: only terms of this year.
        :param active_only: only active terms.
        :raises NotFound: there is no such class.
        """
        call: Call[builtins.list[ClassTerm]] = get(
            build_path("classes/{class_id}/terms", class_id=class_id),
            returns=builtins.list[ClassTerm],
            envelope_key="terms",
            query=query_params(
                academic_year_id=academic_year_id,
                active_only=flag("active_only", active_only or None),
            ),
        )
        return await self._transport.send(call)

    async def add_teachers(self, class_id: str | int, ids: Iterable[str | int]) -> None:
        """Add teachers to a class. The vendor ignores ids that it does not know, and restores
        teachers who were removed. Vendor page: "Add Teachers to a Class".

        :raises InvalidInput: there are no ids, or one is not a number.
        :raises NotFound: there is no such class.
        """
        path = build_path("classes/{class_id}/teachers/add_teachers", class_id=class_id)
        await self._change_members("POST", path, "teacher_ids", ids, repeatable=False)

    async def _write(
        self, method: Method, path: Path, body: dict[str, Any], *, repeatable: bool
    ) -> Class:
        """Send a class, and return it from the response.

        The vendor documents a bare class for writes, and ``{"class": {}}`` for reads.
        """
        call: Call[Any] = Call(
            method, str(path), route=path.route, body=body, repeatable=repeatable
        )
        payload, _ = await self._transport.fetch(call)
        is_wrapped = isinstance(payload, dict) and isinstance(payload.get("class"), dict)
        decoded: Call[Class] = Call(method, str(path), route=path.route, returns=Class)
        record = payload["class"] if is_wrapped else payload
        return self._transport.decode(decoded, _with_id(call, record))


def _with_id(call: Call[Any], record: Any) -> Any:
    if not isinstance(record, dict) or "id" not in record:
        raise UnexpectedResponse("the response has no class", call=call)
    return record
