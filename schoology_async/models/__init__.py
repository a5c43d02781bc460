"""Schoology's records as attrs classes. The field names are those of the vendor."""

from .association import AdvisorPair, ParentPair
from .converter import converter, strict_converter
from .dicts import (
    AdvisorPairDict,
    ParentPairDict,
    ReactivationDict,
    UserCreateDict,
    UserUpdateDict,
)
from .session import AppUserInfo, Language
from .user import InactiveUser, Reactivation, User, UserCreate, UserUpdate

__all__ = [
    "AdvisorPair",
    "AdvisorPairDict",
    "AppUserInfo",
    "InactiveUser",
    "Language",
    "ParentPair",
    "ParentPairDict",
    "Reactivation",
    "ReactivationDict",
    "User",
    "UserCreate",
    "UserCreateDict",
    "UserUpdate",
    "UserUpdateDict",
    "converter",
    "strict_converter",
]
