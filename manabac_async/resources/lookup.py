"""What became of students whose answer was lost: the class is read."""

from __future__ import annotations

from typing import Any

import orjson

from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found
from lms_async.bulk.rows import Rows
from lms_async.http.call import get
from lms_async.http.pages import Pages
from lms_async.http.transport import Transport
from lms_async.http.urls import build_path
from lms_async.outcome import RowResult, Status

from ..models import ClassStudent


async def look_up_rows(transport: Transport, class_id: str | int, rows: Rows[Any]) -> list[Found]:
    """What the class shows of each row, whose body has the student's ``id``.

    A student who is in the class, at the level that was sent, needs no more; anybody else may be
    sent again, since a second PATCH leaves the class as the first one did.

    :raises LmsError: the class could not be read.
    """
    levels = {student.id: student.level for student in await class_students(transport, class_id)}
    return [_of(body, levels) for body in rows.bodies]


def class_students(transport: Transport, class_id: str | int) -> Pages[ClassStudent]:
    """The students of a class. Vendor page: "Get Students in a Class"."""
    path = build_path("classes/{class_id}/students", class_id=class_id)
    call = get(path, returns=list[ClassStudent], envelope_key="student_ids")
    return Pages(transport, call, ClassStudent)


def _of(body: bytes, levels: dict[str | None, str | None]) -> Found:
    sent = orjson.loads(body)
    known = str(sent["id"])
    if known not in levels:
        return ABSENT
    if sent.get("level", levels[known]) != levels[known]:
        return DIFFERENT
    return RowResult(Status.DONE, known)
