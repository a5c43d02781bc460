"""ManageBac's v2 and its legacy v1, for asyncio: ``async with ManageBac(token) as managebac``."""

from lms_async import UNSET, Window

from .client import ManageBac
from .credentials import ClientCredentials, QueryToken
from .models import (
    ClassStudent,
    ClassTeacher,
    Membership,
    MembershipPlace,
    MembershipPlaceDict,
    StudentMemberships,
    StudentPlace,
    StudentPlaceDict,
    TeacherPlace,
    TeacherPlaceDict,
)
from .v1 import (
    ManageBacV1,
    UserV1,
    UserV1Create,
    UserV1CreateDict,
    UserV1Update,
    UserV1UpdateDict,
)

__all__ = [
    "UNSET",
    "ClassStudent",
    "ClassTeacher",
    "ClientCredentials",
    "ManageBac",
    "ManageBacV1",
    "Membership",
    "MembershipPlace",
    "MembershipPlaceDict",
    "QueryToken",
    "StudentMemberships",
    "StudentPlace",
    "StudentPlaceDict",
    "TeacherPlace",
    "TeacherPlaceDict",
    "UserV1",
    "UserV1Create",
    "UserV1CreateDict",
    "UserV1Update",
    "UserV1UpdateDict",
    "Window",
]
