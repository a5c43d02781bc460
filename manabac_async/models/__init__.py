"""Records of ManageBac's v2 as attrs classes. The field names are those of the vendor."""

from .converter import converter, strict_converter
from .dicts import MembershipPlaceDict, StudentPlaceDict, TeacherPlaceDict
from .membership import (
    ClassStudent,
    ClassTeacher,
    Membership,
    MembershipPlace,
    StudentClass,
    StudentGroup,
    StudentMemberships,
    StudentPlace,
    StudentYearGroup,
    TeacherPlace,
)

__all__ = [
    "ClassStudent",
    "ClassTeacher",
    "Membership",
    "MembershipPlace",
    "MembershipPlaceDict",
    "StudentClass",
    "StudentGroup",
    "StudentMemberships",
    "StudentPlace",
    "StudentPlaceDict",
    "StudentYearGroup",
    "TeacherPlace",
    "TeacherPlaceDict",
    "converter",
    "strict_converter",
]
