"""Create classes, and update those that exist, by the school's own id of the class."""

from __future__ import annotations

from collections.abc import AsyncIterable, Hashable, Mapping
from typing import Any

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import Rows
from lms_async.errors import InvalidInput
from lms_async.http.urls import build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..models import Class
from .many import PAGE
from .places import checked_chunk
from .routed import Route, RoutedRecords, with_values
from .sending.classes import NewClass, new_class
from .upsert_classes import UpsertClasses, call_for_classes, parse_classes

#: The fields that ManageBac refuses to change, and where a class shows them.
_FIXED = {
    "program": "program_code",
    "grade_number": "grade_number",
    "language": "language",
    "start_term_id": "start_term_id",
    "subject_id": "subject_id",
}
_EXISTS = "a class with this uniq_id exists in ManageBac"
_SEVERAL = "several classes in ManageBac have this uniq_id; correct it there"


class _Key(str):
    """The key of a row: its ``uniq_id``. It also has the fields that can't be changed."""

    __slots__ = ("fixed",)

    fixed: Mapping[str, Any]

    def __new__(cls, row: Mapping[str, Any]) -> _Key:
        made = super().__new__(cls, str(row["uniq_id"]).strip())
        made.fixed = {name: row[name] for name in _FIXED if name in row}
        return made


class _KnownClasses:
    """The classes that exist. Active classes come before archived ones with the same id."""

    def __init__(self) -> None:
        self._by_uniq_id: dict[str, list[Class]] = {}

    async def read(self, classes: AsyncIterable[Class]) -> None:
        async for one in classes:
            if one.id is not None and one.uniq_id:
                self._by_uniq_id.setdefault(one.uniq_id.strip(), []).append(one)

    def find(self, key: _Key) -> str | None:
        """Return ManageBac's id of the class; ``None`` if it does not exist.

        :raises InvalidInput: several classes have this id, or the row changes a field that can't be
            changed.
        """
        found = self._by_uniq_id.get(key, [])
        active = [one for one in found if not one.archived] or found
        if not active:
            return None
        if len(active) > 1:
            raise InvalidInput("the row can't be sent", fields={"uniq_id": _SEVERAL})
        fields = {
            name: "differs from the class in ManageBac, and can be set for a new class only"
            for name, value in key.fixed.items()
            if (shown := getattr(active[0], _FIXED[name])) not in (None, "")
            and str(shown).casefold() != str(value).strip().casefold()
        }
        if fields:
            raise InvalidInput("the row can't be sent", fields=fields)
        return active[0].id


class UpsertByUniqId(RoutedRecords, UpsertClasses):
    """A resource that creates classes, and updates those that exist."""

    def upsert_by_uniq_id(
        self,
        classes: Given[NewClass],
        *,
        update_existing: bool = False,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[NewClass]:
        """Create classes, and update those whose ``uniq_id`` exists. Vendor page: "Bulk create or
        update classes" (Extended APIs).

        All classes are read before the first change. ManageBac itself would create a second class
        with the same ``uniq_id``.

        A row of an existing class may repeat its ``program``, ``grade_number``, ``language``,
        ``start_term_id`` and ``subject_id``, which can't be changed. If one of them differs, the
        row is rejected.

        :param classes: each with ``uniq_id`` and the fields that a new class needs. A ``uniq_id``
            may appear only once.
        :param update_existing: whether to update classes that exist. By default their rows are
            rejected.
        :param chunk: classes per request, at least 1; the vendor names no maximum.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        checked_chunk(chunk)
        known = _KnownClasses()
        way = Route(call=call_for_classes, parse=parse_classes, look_up=self._look_up_classes)

        def prepare(item: NewClass) -> tuple[Hashable, Any]:
            body = new_class(item)
            if not str(body.get("uniq_id") or "").strip():
                raise InvalidInput("the class can't be sent", fields={"uniq_id": "is needed"})
            return _Key(body), body

        def group(key: _Key) -> Hashable:
            try:
                return known.find(key) is not None
            except InvalidInput:
                return key  # a row that can't be sent must not share a request

        def route(rows: Rows[Any]) -> tuple[Route, Rows[Any]]:
            keys: list[Any] = rows.keys
            ids = [known.find(key) for key in keys]
            if ids[0] is None or (rows.sent_before and not update_existing):
                return way, with_values(rows, [("new", str(key)) for key in keys], _values(rows))
            if not update_existing:
                raise InvalidInput("the row can't be sent", fields={"uniq_id": _EXISTS})
            changes = [
                {"id": int(id_ or 0)}
                | {name: value for name, value in row.items() if name not in _FIXED}
                for id_, row in zip(ids, _values(rows), strict=True)
            ]
            return way, with_values(rows, [("id", id_) for id_ in ids], changes)

        async def begin() -> None:
            for archived in ("false", "true"):
                await known.read(
                    self._list(
                        build_path("classes"),
                        Class,
                        envelope_key="classes",
                        query=(*query_params(archived=archived), *PAGE),
                    )
                )

        return self._bulk_routed(
            classes,
            "classes.upsert_by_uniq_id" + (" update_existing" if update_existing else ""),
            prepare=prepare,
            begin=begin,
            route=route,
            group=group,
            max_rows=chunk,
            journal=journal,
        )


def _values(rows: Rows[Any]) -> list[Any]:
    return list(map(orjson.loads, rows.bodies))
