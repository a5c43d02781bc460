"""The bulk upsert of classes: its requests, its responses, and the look-up of lost ones.

``PATCH classes`` takes new classes, and changes to classes with an ``id``. The response is a bare
array. Each item has the ``index`` of a class in the request.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Present, Results
from lms_async.bulk.results import match
from lms_async.bulk.rows import Rows, json_of, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call
from lms_async.http.urls import build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.outcome import RowResult, Status
from lms_async.resource import Given

from ..bulk_results import parse_item
from ..models import Class, Membership
from .many import PAGE, whole_id
from .places import ManyPlaces, checked_chunk
from .shown import differs, shows

R = TypeVar("R")

#: The fields that are compared when a new class is looked up.
_COMPARED = ("name", "grade_number", "start_term_id", "end_term_id")
#: The fields that a change of a class can't have.
_ONLY_NEW = frozenset({"program", "grade_number", "start_term_id", "subject_id"})
#: Fields that ManageBac shows in another form: it shows the name of the program, not its code.
_OTHER_FORM = ("program",)


class UpsertClasses(ManyPlaces):
    """A resource with the requests that create, update and archive many classes."""

    def _upsert(
        self,
        classes: Given[R],
        operation: str,
        *,
        prepare: Callable[[R], tuple[Hashable, Any]],
        chunk: int,
        journal: Journal | None,
    ) -> Bulk[R]:
        """Create and update classes.

        The key of a row is ``("id", id)`` for an update, ``("new", uniq_id)`` for a new class, and
        ``None`` for a new class without a ``uniq_id``.
        """
        checked_chunk(chunk)

        return self._bulk(
            classes,
            operation,
            prepare=one_by_one(prepare),
            call=call_for_classes,
            parse_results=parse_classes,
            max_rows=chunk,
            distinct=True,
            group=_is_change,
            look_up=self._look_up_classes,
            journal=journal,
        )

    def _set_archived(
        self,
        ids: Given[str | int],
        operation: str,
        archived: bool,
        chunk: int,
        journal: Journal | None,
    ) -> Bulk[str | int]:
        def prepare(item: str | int) -> tuple[Hashable, Any]:
            key, number = whole_id(item)
            return ("id", key), {"id": number, "archived": archived}

        return self._upsert(ids, operation, prepare=prepare, chunk=chunk, journal=journal)

    async def _look_up_classes(self, rows: Rows[Any]) -> list[Found]:
        """Look up classes by reading all active and archived classes."""
        by_id: dict[str, Class] = {}
        by_uniq_id: dict[str, list[Class]] = {}
        for archived in ("false", "true"):
            async for one in self._list(
                build_path("classes"),
                Class,
                envelope_key="classes",
                query=(*query_params(archived=archived), *PAGE),
            ):
                if one.id is None or one.id in by_id:
                    continue
                by_id[one.id] = one
                if one.uniq_id:
                    by_uniq_id.setdefault(one.uniq_id.strip(), []).append(one)
        found: list[Found] = []
        for index, key, body in zip(rows.indices, rows.keys, rows.bodies, strict=True):
            sent = orjson.loads(body)
            if _is_change(key):
                found.append(_changed(sent, by_id.get(_text(key))))
            elif key is None:
                found.append(None)
            else:
                same = by_uniq_id.get(_text(key), [])
                found.append(_created(sent, same, of_earlier_run=index in rows.sent_before))
        return found

    async def _count_active(self) -> int:
        return await self._count(
            build_path("classes"),
            Class,
            envelope_key="classes",
            query=query_params(archived="false"),
        )

    async def _count_members(self) -> int:
        return await self._count(
            build_path("memberships"), Membership, envelope_key="memberships", query=()
        )


def call_for_classes(rows: Rows[Any]) -> Call[Any]:
    """Return the call that creates or changes classes."""
    return Call(
        "PATCH",
        "classes",
        route="classes",
        body={"classes": json_of(rows)},
        repeatable=_is_change(rows.keys[0]),
        is_bulk=True,
    )


def _is_change(key: Any) -> bool:
    return key is not None and key[0] == "id"


def _text(key: Any) -> str:
    text: str = key[1]
    return text


def _changed(sent: dict[str, Any], record: Class | None) -> Found:
    if record is None:
        return None
    return RowResult(Status.DONE, record.id) if shows(record, sent) else DIFFERENT


def _created(sent: dict[str, Any], same: list[Class], *, of_earlier_run: bool) -> Found:
    """Return the result of looking up a new class.

    :param same: the existing classes with the same ``uniq_id``.
    :param of_earlier_run: whether an earlier run sent the class. Then its request can no longer
        arrive, and a missing class may be sent again.
    """
    if len(same) > 1:
        return None
    if not same:
        return ABSENT if of_earlier_run else None
    (record,) = same
    is_same = shows(record, sent, _COMPARED) and not differs(record, sent, _OTHER_FORM)
    return RowResult(Status.DONE, record.id) if is_same else Present(record.id)


def parse_classes(payload: Any, rows: Rows[Any]) -> Results:
    """Read the response: a bare array, or an array under ``classes``."""
    items = payload.get("classes") if isinstance(payload, dict) else payload
    if not isinstance(items, list):
        return [None] * len(rows)
    places: list[Hashable | None] = list(range(len(rows)))
    named = [_place(item) for item in items]
    matched = match(places, items, named)
    is_numbered_otherwise = any(place is not None and place >= len(rows) for place in named)
    if is_numbered_otherwise or any(map(_is_of_other_row, matched, rows.keys)):
        return [None] * len(rows)  # the items can't be trusted, so the rows are looked up
    return [_parse_class(item) for item in matched]


def _is_of_other_row(item: Any, key: Any) -> bool:
    """Return whether an item shows another class than the row with ``key``."""
    record = item.get("class") if isinstance(item, dict) else None
    if key is None or not isinstance(record, dict):
        return False
    shown = record.get("id" if _is_change(key) else "uniq_id")
    return shown is not None and str(shown).strip() != _text(key)


def _parse_class(item: Any) -> RowResult | None:
    if not isinstance(item, dict):
        return None
    record = item.get("class")
    return parse_item({"id": record.get("id")} | item if isinstance(record, dict) else item)


def _place(item: Any) -> int | None:
    index = str(item.get("index")) if isinstance(item, dict) else ""
    return int(index) if index.isdecimal() and len(index) < 10 else None


def key_of_change(body: dict[str, Any]) -> tuple[Hashable, Any]:
    """Return the key and the value of a row that changes a class.

    :raises InvalidInput: the row has no field to change, or a field can't be changed.
    """
    if fixed := _ONLY_NEW.intersection(body):
        fields = dict.fromkeys(sorted(fixed), "can be set for a new class only")
        raise InvalidInput("the change can't be sent", fields=fields)
    if len(body) == 1:
        raise InvalidInput("there is nothing to change")
    return ("id", str(body["id"])), body
