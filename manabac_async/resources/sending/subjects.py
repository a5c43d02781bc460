"""Check and encode subjects."""

from __future__ import annotations

from ...models import (
    SubjectCreate,
    SubjectCreateDict,
    SubjectGroupCreate,
    SubjectGroupCreateDict,
    SubjectGroupUpdate,
    SubjectGroupUpdateDict,
    SubjectUpdate,
    SubjectUpdateDict,
)
from .nulls import WithoutNulls

NewSubject = SubjectCreate | SubjectCreateDict
SubjectChange = SubjectUpdate | SubjectUpdateDict
NewSubjectGroup = SubjectGroupCreate | SubjectGroupCreateDict
SubjectGroupChange = SubjectGroupUpdate | SubjectGroupUpdateDict

new_subject = WithoutNulls(SubjectCreate, "the subject")
subject_change = WithoutNulls(SubjectUpdate, "the change")
new_subject_group = WithoutNulls(SubjectGroupCreate, "the subject group")
subject_group_change = WithoutNulls(SubjectGroupUpdate, "the change")
