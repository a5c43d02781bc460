"""Create and change classes, one per request.

``classes.upsert_many`` needs fewer requests, and the vendor's "Extended APIs", which not every
school has.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import Rows
from lms_async.http.urls import build_path
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult, Status
from lms_async.resource import changes_by_id
from lms_async.roster import Change
from lms_async.roster.targets.referring import Changes

from ..models import Class
from ..resources.classes import Classes
from ..resources.many import by_id
from ..resources.sending.classes import class_change, new_class
from ..resources.shown import shows


class SingleClasses(Classes):
    """The classes, one per request and several requests at once."""

    def create_each(
        self,
        changes: Changes,
        to_row: Callable[[Change], dict[str, Any]],
        *,
        journal: Journal | None,
    ) -> Bulk[Change]:
        """Create the classes of new sections.

        ManageBac does not document that a ``uniq_id`` is unique. So a class whose response was lost
        and that is not found is ``unknown``, and is sent again by a second run.

        :param to_row: returns a new class with its ``uniq_id``.
        """

        def prepare(row: Any) -> tuple[Hashable, Any]:
            body = new_class(row)
            return ("new", body["uniq_id"]), body

        given: Any = changes
        bulk: Bulk[Any] = self._one_each(
            given,
            "classes.create_each",
            "POST",
            build_path("classes"),
            prepare=prepare,
            body=lambda row: row,
            required_key=None,
            parse=_created,
            path_names_rows=False,
            repeatable=False,
            look_up=self._look_up_classes,
            journal=journal,
        )
        return bulk.converting(to_row)

    def update_each(
        self,
        changes: Changes,
        to_row: Callable[[Change], dict[str, Any]],
        *,
        journal: Journal | None,
    ) -> Bulk[Change]:
        """Change, archive or return classes. The same change twice has the same effect.

        :param to_row: returns ManageBac's ``id`` of a class, and the fields to change.
        """
        given: Any = changes
        path = by_id("classes/{id}")
        bulk: Bulk[Any] = self._one_each(
            given,
            "classes.update_each",
            "PATCH",
            path,
            prepare=partial(changes_by_id, class_change),
            body=lambda row: row,
            required_key=None,
            parse=_created,
            path_fields=("id",),
            repeatable=True,
            look_up=partial(
                self._find_each,
                path=path,
                model=Class,
                envelope_key="class",
                is_done=lambda row, class_: shows(class_, row),
            ),
            journal=journal,
        )
        return bulk.converting(to_row)


def _created(payload: Any, _: Rows[Any]) -> RowResult | None:
    """Read the response: a class, or ``{"class": {}}``."""
    inner = payload.get("class") if isinstance(payload, dict) else None
    record = inner if isinstance(inner, dict) else payload
    known = record.get("id") if isinstance(record, dict) else None
    return None if known is None else RowResult(Status.DONE, str(known))
