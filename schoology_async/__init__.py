"""Schoology REST v1, for asyncio: ``async with Schoology(key=…, secret=…) as schoology``."""

from lms_async import UNSET, Window

from .client import Schoology
from .models import (
    AdvisorPair,
    AppUserInfo,
    InactiveUser,
    Language,
    ParentPair,
    Reactivation,
    User,
    UserCreate,
    UserUpdate,
)

__all__ = [
    "UNSET",
    "AdvisorPair",
    "AppUserInfo",
    "InactiveUser",
    "Language",
    "ParentPair",
    "Reactivation",
    "Schoology",
    "User",
    "UserCreate",
    "UserUpdate",
    "Window",
]
