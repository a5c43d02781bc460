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
    ClassStudentPlaceDict,
    ClassTeacherPlaceDict,
    MembershipPlaceDict,
    StudentPlaceDict,
    TeacherPlaceDict,
)
from .person import (
    ChildLinkDict,
    ParentChildDict,
    ParentChildLinkDict,
    ParentChildrenDict,
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
    "ClassStudentPlaceDict",
    "ClassTeacherPlaceDict",
    "ClassUpdateDict",
    "ClassUpsertDict",
    "MembershipPlaceDict",
    "ParentChildDict",
    "ParentChildLinkDict",
    "ParentChildrenDict",
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
