"""The legacy API, ``https://{school}.managebac.com/api/``. Reference: the vendor's v1 page."""

from .client import ManageBacV1
from .dicts import UserV1CreateDict, UserV1UpdateDict
from .models import ClassV1, IbGroup, UserV1, UserV1Create, UserV1Update

__all__ = [
    "ClassV1",
    "IbGroup",
    "ManageBacV1",
    "UserV1",
    "UserV1Create",
    "UserV1CreateDict",
    "UserV1Update",
    "UserV1UpdateDict",
]
