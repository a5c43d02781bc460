"""Check and encode classes."""

from __future__ import annotations

from ...models import (
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
)
from .nulls import WithoutNulls

ClassTeacherRow = ClassTeacherPlace | ClassTeacherPlaceDict
ClassStudentRow = ClassStudentPlace | ClassStudentPlaceDict
NewClass = ClassCreate | ClassCreateDict
ClassChange = ClassUpdate | ClassUpdateDict
AnyClass = ClassUpsert | ClassUpsertDict

class_teacher_row = WithoutNulls(ClassTeacherPlace, "the row")

class_student_row = WithoutNulls(ClassStudentPlace, "the row")

new_class = WithoutNulls(ClassCreate, "the class", one_of=(("subject_id", "subject_ids"),))
class_change = WithoutNulls(ClassUpdate, "the change")

any_class = WithoutNulls(ClassUpsert, "the class")
