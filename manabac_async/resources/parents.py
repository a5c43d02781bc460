"""``managebac.parents``: one parent, or one list, at a time. Vendor page: Parents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lms_async.http.pages import Pages

from ..models import Parent
from .base import People
from .many_parents import ManyParents
from .sending.parents import NewParent, ParentChange, new_parent, parent_change


class Parents(People[Parent, NewParent, ParentChange], ManyParents):
    """Parents of students. ``managebac.children`` links them to their children."""

    _new, _change = new_parent, parent_change

    def list(
        self,
        *,
        ids: Iterable[str | int] | None = None,
        archived: bool | None = None,
        q: str | None = None,
        modified_since: datetime | None = None,
        deleted_since: datetime | None = None,
        per_page: int | None = None,
    ) -> Pages[Parent]:
        """List all parents that match every filter. Vendor page: "Get all Parents".

        :param ids: only these parents, any number.
        :param archived: list only archived parents, or only active ones. By default both.
        :param q: text to search for in the names and the email address.
        :param modified_since: only parents who were changed since this time, which needs a time
            zone. See also :meth:`changes`.
        :param deleted_since: list parents who were deleted since this time (with a time zone)
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

    async def archive(self, parent_id: str | int) -> None:
        """Archive a parent. Vendor page: "Archive a Parent".

        :raises NotFound: there is no such parent.
        """
        await self._put_state(parent_id, "/archive")
