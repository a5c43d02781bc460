"""Look up students whose response was lost, by reading the class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lms_async.bulk.endpoint import ABSENT, Found
from lms_async.bulk.look_up import FoundRecord, look_up
from lms_async.bulk.rows import Rows
from lms_async.http.pages import Pages

from ..models import ClassStudent


async def look_up_rows(students: Pages[ClassStudent], rows: Rows[Any]) -> list[Found]:
    """Look up what the class shows of each row, whose body has the student's ``id``.

    A student in the class at the level that was sent is done. Any other may be sent again: a second
    PATCH leaves the class as the first one did.

    :param students: the students of the class, not yet read.
    :raises LmsError: the class could not be read.
    """

    async def find(
        sent: Sequence[dict[str, Any]],
    ) -> list[FoundRecord[ClassStudent]]:
        known = {student.id: student for student in await students}
        return [known.get(str(row["id"]), ABSENT) for row in sent]

    return await look_up(
        rows,
        find,
        is_same=lambda sent, student: sent.get("level", student.level) == student.level,
        id_of=lambda student: student.id,
        resend_changes=True,
    )
