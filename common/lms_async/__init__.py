"""What every vendor's client shares: the road to the wire, limits, retries, lists and bulk.

Applications import a vendor's package; what they need of this one, to configure a client or to
handle what it gives, is named here.
"""

from __future__ import annotations

from ._version import __version__
from .bulk import Bulk
from .call import Call
from .errors import (
    AnswerLost,
    ApiError,
    BadRequest,
    BulkFailed,
    ClientUnusable,
    ConnectionFailed,
    DecodeError,
    Forbidden,
    ForeignLink,
    Garbled,
    InvalidInput,
    JournalFailed,
    JournalUnusable,
    LmsError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    StaleSignature,
    TimedOut,
    Unauthorized,
    UnexpectedAnswer,
    VendorUnavailable,
)
from .guard import Guard
from .journal import Journal
from .learning import Learnt
from .limit import Limiter, Priority, Window
from .outcome import Outcome, Report, RowError, Status
from .pages import Pages
from .retry import RetryPolicy
from .slot import FullSlot, Slot
from .values import UNSET, Unset

__all__ = [
    "UNSET",
    "AnswerLost",
    "ApiError",
    "BadRequest",
    "Bulk",
    "BulkFailed",
    "Call",
    "ClientUnusable",
    "ConnectionFailed",
    "DecodeError",
    "Forbidden",
    "ForeignLink",
    "FullSlot",
    "Garbled",
    "Guard",
    "InvalidInput",
    "Journal",
    "JournalFailed",
    "JournalUnusable",
    "Learnt",
    "Limiter",
    "LmsError",
    "NotFound",
    "Outcome",
    "OutcomeUnknown",
    "Pages",
    "Priority",
    "RateLimited",
    "Report",
    "RetryPolicy",
    "RowError",
    "ServerError",
    "Slot",
    "StaleSignature",
    "Status",
    "TimedOut",
    "Unauthorized",
    "UnexpectedAnswer",
    "Unset",
    "VendorUnavailable",
    "Window",
    "__version__",
]
