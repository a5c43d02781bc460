"""The write models as mappings, so that a type checker finds a misspelt key.

Each has the fields of the model of the same name; a test compares them.
"""

from .academic import (
    AcademicTermCreateDict,
    AcademicTermUpdateDict,
    SubjectCreateDict,
    SubjectGroupCreateDict,
    SubjectGroupUpdateDict,
    SubjectUpdateDict,
)
from .class_ import (
    ClassCreateDict,
    ClassUpdateDict,
    ClassUpsertDict,
    YearGroupPlaceDict,
)
from .membership import (
    MembershipPlaceDict,
    StudentPlaceDict,
    TeacherPlaceDict,
)
from .person import (
    ChildLinkDict,
    ParentChildLinkDict,
    ParentCreateDict,
    ParentUpdateDict,
    StudentArchiveDict,
    StudentCreateDict,
    StudentUpdateDict,
    TeacherCreateDict,
    TeacherUpdateDict,
)

__all__ = [
    "AcademicTermCreateDict",
    "AcademicTermUpdateDict",
    "ChildLinkDict",
    "ClassCreateDict",
    "ClassUpdateDict",
    "ClassUpsertDict",
    "MembershipPlaceDict",
    "ParentChildLinkDict",
    "ParentCreateDict",
    "ParentUpdateDict",
    "StudentArchiveDict",
    "StudentCreateDict",
    "StudentPlaceDict",
    "StudentUpdateDict",
    "SubjectCreateDict",
    "SubjectGroupCreateDict",
    "SubjectGroupUpdateDict",
    "SubjectUpdateDict",
    "TeacherCreateDict",
    "TeacherPlaceDict",
    "TeacherUpdateDict",
    "YearGroupPlaceDict",
]
