"""Check and encode teachers."""

from __future__ import annotations

from ...models import TeacherCreate, TeacherCreateDict, TeacherUpdate, TeacherUpdateDict
from .nulls import WithoutNulls

NewTeacher = TeacherCreate | TeacherCreateDict
TeacherChange = TeacherUpdate | TeacherUpdateDict

new_teacher = WithoutNulls(TeacherCreate, "the teacher")
teacher_change = WithoutNulls(TeacherUpdate, "the change")
