"""Schoology REST v1, for asyncio: ``async with Schoology(key=…, secret=…) as schoology``."""

from lms_async import UNSET, Window

from . import oauth
from .client import Schoology
from .models import (
    AdvisorPair,
    AdvisorPairDict,
    AppUserInfo,
    ExportedGroupEnrollment,
    InactiveUser,
    Language,
    ParentPair,
    ParentPairDict,
    Reactivation,
    ReactivationDict,
    User,
    UserCreate,
    UserCreateDict,
    UserUpdate,
    UserUpdateDict,
)
from .multiget import SubResponse

__all__ = [
    "UNSET",
    "AdvisorPair",
    "AdvisorPairDict",
    "AppUserInfo",
    "ExportedGroupEnrollment",
    "InactiveUser",
    "Language",
    "ParentPair",
    "ParentPairDict",
    "Reactivation",
    "ReactivationDict",
    "Schoology",
    "SubResponse",
    "User",
    "UserCreate",
    "UserCreateDict",
    "UserUpdate",
    "UserUpdateDict",
    "Window",
    "oauth",
]
