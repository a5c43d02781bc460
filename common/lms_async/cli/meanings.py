"""Common names for what columns and fields contain, such as "given name".

A preset gives each column of a student information system a meaning. A kind gives each of its
fields a meaning. ``lms mapping init`` proposes the field with the meaning of the column. So presets
and targets do not depend on each other.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

Meaning = Literal[
    "person id",  # the school's own id of a student, parent or member of staff
    "given name",
    "family name",
    "middle name",
    "preferred given name",
    "form of address",  # Mr., Mrs., Dr.
    "email",
    "username",
    "birth date",
    "gender",
    "person role",  # student, teacher, …
    "graduation year",
    "job title",
    "department",
    "phone",
    "course code",  # what identifies a course
    "course title",
    "section code",  # what identifies a section (a class that is taught)
    "section title",
    "school code",  # what identifies a building
    "term",  # what identifies a grading period
    "enrollment role",  # student or teacher of a section
    "begin date",  # of an enrollment
    "end date",  # of an enrollment
]

#: Meanings of fields that differ from record to record.
OF_ONE_RECORD: Collection[Meaning] = frozenset(
    {"person id", "given name", "family name", "email", "username", "course title", "section title"}
)
