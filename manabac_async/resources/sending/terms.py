"""Check and encode terms."""

from __future__ import annotations

from ...models import (
    AcademicTermCreate,
    AcademicTermCreateDict,
    AcademicTermUpdate,
    AcademicTermUpdateDict,
)
from .nulls import WithoutNulls

NewTerm = AcademicTermCreate | AcademicTermCreateDict
TermChange = AcademicTermUpdate | AcademicTermUpdateDict

new_term = WithoutNulls(AcademicTermCreate, "the term")
term_change = WithoutNulls(AcademicTermUpdate, "the change")
