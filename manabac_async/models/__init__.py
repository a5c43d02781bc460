"""What goes over the wire of ManageBac's v2, as attrs classes; field names are the vendor's own."""

from .converter import converter, strict_converter
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
    "StudentClass",
    "StudentGroup",
    "StudentMemberships",
    "StudentPlace",
    "StudentYearGroup",
    "TeacherPlace",
    "converter",
    "strict_converter",
]
