"""Schoology REST v1, for asyncio: ``async with Schoology(key=…, secret=…) as schoology``."""

from lms_async import UNSET, Window

from . import models, oauth
from .client import Schoology
from .models import *  # noqa: F403 - all records, so that a new one is named in one place
from .multiget import SubResponse

__all__ = ["UNSET", "Schoology", "SubResponse", "Window", "oauth"]
__all__ += models.__all__
