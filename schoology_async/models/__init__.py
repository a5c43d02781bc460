"""Schoology's records as attrs classes; field names are the vendor's own."""

from .association import AdvisorPair, ParentPair
from .converter import converter, strict_converter
from .dicts import (
    AdvisorPairDict,
    ParentPairDict,
    ReactivationDict,
    UserCreateDict,
    UserUpdateDict,
)
from .export import ExportedGroupEnrollment
from .session import AppUserInfo, Language
from .user import InactiveUser, Reactivation, User, UserCreate, UserUpdate

__all__ = [
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
    "User",
    "UserCreate",
    "UserCreateDict",
    "UserUpdate",
    "UserUpdateDict",
    "converter",
    "strict_converter",
]
