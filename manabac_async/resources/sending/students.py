"""Check and encode students."""

from __future__ import annotations

from typing import Any

from lms_async.errors import InvalidInput

from ...models import (
    StudentArchive,
    StudentArchiveDict,
    StudentCreate,
    StudentCreateDict,
    StudentUpdate,
    StudentUpdateDict,
)
from .nulls import WithoutNulls

NewStudent = StudentCreate | StudentCreateDict
StudentChange = StudentUpdate | StudentUpdateDict
ArchivedStudent = StudentArchive | StudentArchiveDict

new_student = WithoutNulls(StudentCreate, "the student")
student_change = WithoutNulls(StudentUpdate, "the change")
_archived_student = WithoutNulls(StudentArchive, "the student")


def archived_student(value: object) -> dict[str, Any]:
    """Check a :class:`StudentArchive`, or a mapping of its fields, and return it as a dict.

    :raises InvalidInput: there is not exactly one date, or a field is not valid.
    """
    body = _archived_student(value)
    if ("withdrawn_on" in body) == ("graduated_on" in body):
        fault = "is required, or graduated_on; set exactly one of them"
        raise InvalidInput("the student can't be sent", fields={"withdrawn_on": fault})
    return body
