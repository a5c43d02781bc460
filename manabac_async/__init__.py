"""ManageBac's v2 and its legacy v1, for asyncio: ``async with ManageBac(token) as managebac``."""

from typing import TYPE_CHECKING

from lms_async import UNSET, Window
from lms_async.lazy import load_on_use

from . import models
from .changes import Change, Changes, ChangeSet
from .client import ManageBac
from .credentials import ClientCredentials, QueryToken

if TYPE_CHECKING:
    from .models import *  # noqa: F403 - all records, so that a new one is named in one place
    from .v1 import (
        ManageBacV1,
        UserV1,
        UserV1Create,
        UserV1CreateDict,
        UserV1Update,
        UserV1UpdateDict,
    )
else:
    __getattr__, __dir__ = load_on_use(
        __name__,
        {
            "models": models.__all__,
            "v1": [
                "ManageBacV1",
                "UserV1",
                "UserV1Create",
                "UserV1CreateDict",
                "UserV1Update",
                "UserV1UpdateDict",
            ],
        },
    )

__all__ = [
    "UNSET",
    "Change",
    "ChangeSet",
    "Changes",
    "ClientCredentials",
    "ManageBac",
    "ManageBacV1",
    "QueryToken",
    "UserV1",
    "UserV1Create",
    "UserV1CreateDict",
    "UserV1Update",
    "UserV1UpdateDict",
    "Window",
]
__all__ += models.__all__
