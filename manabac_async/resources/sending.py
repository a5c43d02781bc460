"""Check and encode the write models, for single records and bulk methods.

A union stands for a model or a mapping of the same fields. It is a union rather than a type
variable because mypy reads a literal row as a TypedDict only in a union, and so finds a misspelt
key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from lms_async.errors import InvalidInput
from lms_async.records.encoding import Sending

from ..models import (
    AcademicTermCreate,
    AcademicTermCreateDict,
    AcademicTermUpdate,
    AcademicTermUpdateDict,
    ChildLink,
    ChildLinkDict,
    ClassCreate,
    ClassCreateDict,
    ClassStudentPlace,
    ClassStudentPlaceDict,
    ClassTeacherPlace,
    ClassTeacherPlaceDict,
    ClassUpdate,
    ClassUpdateDict,
    ClassUpsert,
    ClassUpsertDict,
    ParentChild,
    ParentChildDict,
    ParentChildLink,
    ParentChildLinkDict,
    ParentChildren,
    ParentChildrenDict,
    ParentCreate,
    ParentCreateDict,
    ParentUpdate,
    ParentUpdateDict,
    StudentArchive,
    StudentArchiveDict,
    StudentCreate,
    StudentCreateDict,
    StudentUpdate,
    StudentUpdateDict,
    SubjectCreate,
    SubjectCreateDict,
    SubjectGroupCreate,
    SubjectGroupCreateDict,
    SubjectGroupUpdate,
    SubjectGroupUpdateDict,
    SubjectUpdate,
    SubjectUpdateDict,
    TeacherCreate,
    TeacherCreateDict,
    TeacherUpdate,
    TeacherUpdateDict,
    YearGroupPlace,
    YearGroupPlaceDict,
)
from ..models.converter import converter

NewStudent = StudentCreate | StudentCreateDict
StudentChange = StudentUpdate | StudentUpdateDict
ArchivedStudent = StudentArchive | StudentArchiveDict
NewTeacher = TeacherCreate | TeacherCreateDict
TeacherChange = TeacherUpdate | TeacherUpdateDict
NewParent = ParentCreate | ParentCreateDict
ParentChange = ParentUpdate | ParentUpdateDict
Child = ChildLink | ChildLinkDict
ParentAndChild = ParentChildLink | ParentChildLinkDict
RemovedChild = ParentChild | ParentChildDict
AllChildren = ParentChildren | ParentChildrenDict
ClassTeacherRow = ClassTeacherPlace | ClassTeacherPlaceDict
ClassStudentRow = ClassStudentPlace | ClassStudentPlaceDict
NewClass = ClassCreate | ClassCreateDict
ClassChange = ClassUpdate | ClassUpdateDict
AnyClass = ClassUpsert | ClassUpsertDict
YearGroupRow = YearGroupPlace | YearGroupPlaceDict
NewTerm = AcademicTermCreate | AcademicTermCreateDict
TermChange = AcademicTermUpdate | AcademicTermUpdateDict
NewSubject = SubjectCreate | SubjectCreateDict
SubjectChange = SubjectUpdate | SubjectUpdateDict
NewSubjectGroup = SubjectGroupCreate | SubjectGroupCreateDict
SubjectGroupChange = SubjectGroupUpdate | SubjectGroupUpdateDict

_NULL = 'is null, which ManageBac ignores; use "" to clear the field, or leave it out'


class WithoutNulls(Sending):
    """Checks a record, and rejects nulls, which ManageBac would silently ignore."""

    def __init__(self, model: type[Any], what: str, **rest: Any) -> None:
        super().__init__(converter, model, what=what, **rest)
        self._fields = [field.name for field in attrs.fields(model)]

    def __call__(self, value: object) -> dict[str, Any]:
        """Return ``value`` as a dict that can be written as JSON.

        :raises InvalidInput: a field is not valid. ``fields`` has the reasons by field.
        """
        if isinstance(value, Mapping):
            nulls = {name: _NULL for name in self._fields if value.get(name, "") is None}
        else:
            nulls = {name: _NULL for name in self._fields if getattr(value, name, "") is None}
        if nulls:
            raise InvalidInput(f"{self._what} can't be sent", fields=nulls)
        return super().__call__(value)


new_student = WithoutNulls(StudentCreate, "the student")
student_change = WithoutNulls(StudentUpdate, "the change")
new_teacher = WithoutNulls(TeacherCreate, "the teacher")
teacher_change = WithoutNulls(TeacherUpdate, "the change")
new_parent = WithoutNulls(ParentCreate, "the parent")
parent_change = WithoutNulls(ParentUpdate, "the change")
child = WithoutNulls(ChildLink, "the child")
parent_and_child = WithoutNulls(ParentChildLink, "the row")
removed_child = WithoutNulls(ParentChild, "the row")
all_children = WithoutNulls(ParentChildren, "the row", inner={"children": child})
class_teacher_row = WithoutNulls(ClassTeacherPlace, "the row")
class_student_row = WithoutNulls(ClassStudentPlace, "the row")
new_class = WithoutNulls(ClassCreate, "the class", one_of=(("subject_id", "subject_ids"),))
class_change = WithoutNulls(ClassUpdate, "the change")
any_class = WithoutNulls(ClassUpsert, "the class")
year_group_row = WithoutNulls(YearGroupPlace, "the row")
new_term = WithoutNulls(AcademicTermCreate, "the term")
term_change = WithoutNulls(AcademicTermUpdate, "the change")
new_subject = WithoutNulls(SubjectCreate, "the subject")
subject_change = WithoutNulls(SubjectUpdate, "the change")
new_subject_group = WithoutNulls(SubjectGroupCreate, "the subject group")
subject_group_change = WithoutNulls(SubjectGroupUpdate, "the change")

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
