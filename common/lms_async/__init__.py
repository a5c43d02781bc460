"""What every vendor's client shares: the road to the wire, limits, retries, lists and bulk.

Applications import a vendor's package; what they need of this one, to configure a client or to
handle what it gives, is named here.
"""

from __future__ import annotations

from ._version import __version__
from .bulk.bulk import Bulk
from .bulk.guard import Guard
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
from .http.call import Call
from .http.connections import CleanConnector
from .http.pages import Pages
from .http.retry import RetryPolicy
from .journal.journal import Journal
from .limits.learning import Learnt
from .limits.slot import FullSlot, Slot
from .limits.window import Limiter, Priority, Window
from .outcome import Outcome, Report, RowError, Status
from .records.ids import ExactId
from .records.scalars import UNSET, Unset

__all__ = [
    "UNSET",
    "AnswerLost",
    "ApiError",
    "BadRequest",
    "Bulk",
    "BulkFailed",
    "Call",
    "CleanConnector",
    "ClientUnusable",
    "ConnectionFailed",
    "DecodeError",
    "ExactId",
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
