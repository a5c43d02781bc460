"""ManageBac's v2 and its legacy v1, for asyncio: ``async with ManageBac(token) as managebac``."""

from lms_async import UNSET, Window

from .client import ManageBac
from .credentials import ClientCredentials, QueryToken
from .models import (
    ClassStudent,
    ClassTeacher,
    Membership,
    MembershipPlace,
    StudentMemberships,
    StudentPlace,
    TeacherPlace,
)
from .v1 import ManageBacV1, UserV1, UserV1Create, UserV1Update

__all__ = [
    "UNSET",
    "ClassStudent",
    "ClassTeacher",
    "ClientCredentials",
    "ManageBac",
    "ManageBacV1",
    "Membership",
    "MembershipPlace",
    "QueryToken",
    "StudentMemberships",
    "StudentPlace",
    "TeacherPlace",
    "UserV1",
    "UserV1Create",
    "UserV1Update",
    "Window",
]
