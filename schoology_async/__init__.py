"""Schoology REST v1, for asyncio: ``async with Schoology(key=…, secret=…) as schoology``."""

from typing import TYPE_CHECKING

from lms_async import UNSET, Window
from lms_async.lazy import load_on_use

from . import models, oauth
from .client import Schoology
from .multiget import SubResponse

if TYPE_CHECKING:
    from .models import *  # noqa: F403 - all records, so that a new one is named in one place
else:
    __getattr__, __dir__ = load_on_use(__name__, {"models": models.__all__})

__all__ = ["UNSET", "Schoology", "SubResponse", "Window", "oauth"]
__all__ += models.__all__
