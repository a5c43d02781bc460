"""What goes over Schoology's wire, as attrs classes; field names are the vendor's own."""

from .association import AdvisorPair, ParentPair
from .converter import converter, strict_converter
from .session import AppUserInfo, Language
from .user import InactiveUser, Reactivation, User, UserCreate, UserUpdate

__all__ = [
    "AdvisorPair",
    "AppUserInfo",
    "InactiveUser",
    "Language",
    "ParentPair",
    "Reactivation",
    "User",
    "UserCreate",
    "UserUpdate",
    "converter",
    "strict_converter",
]
