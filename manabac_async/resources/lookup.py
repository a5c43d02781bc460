"""Look up students whose response was lost, by reading the class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lms_async.bulk.endpoint import ABSENT, Found
from lms_async.bulk.lookup import FoundRecord, look_up
from lms_async.bulk.rows import Rows
from lms_async.http.pages import Pages

from ..models import ClassStudent


async def look_up_rows(students: Pages[ClassStudent], rows: Rows[Any]) -> list[Found]:
    """Look up the student of each row in the class.

    A row is done if the student is in the class with the level that was sent. Other rows are sent
    again, because repeating the PATCH does no harm.

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
