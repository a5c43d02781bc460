"""What the clients of all vendors share: requests, rate limits, retries, lists and bulks.

Applications import a vendor's package. What they also need from this package, to configure a client
or to handle results and errors, is exported here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._version import __version__
from .errors import (
    ApiError,
    BadRequest,
    BulkFailed,
    BulkStopped,
    ClientUnusable,
    ConnectionFailed,
    CrossHostRedirect,
    DeadlineExceeded,
    DecodeError,
    Forbidden,
    InvalidInput,
    InvalidResponse,
    JournalFailed,
    JournalMissing,
    JournalUnusable,
    KindUnreadable,
    LmsError,
    NotFound,
    OutcomeUnknown,
    PlanFailed,
    PlanRefused,
    PlanUnusable,
    RateLimited,
    ResponseLost,
    ServerError,
    StaleSignature,
    TimedOut,
    Unauthorized,
    UnexpectedResponse,
    VendorUnavailable,
)
from .http.call import Call
from .http.connections import CleanConnector
from .http.options import ClientOptions
from .http.pages import Pages
from .http.responses import Response
from .http.retry import RetryPolicy
from .lazy import load_on_use
from .limits.learning import LearnedLimit
from .limits.limiter import Limiter
from .limits.queue import Priority
from .limits.slot import FullSlot, Slot
from .limits.window import Window
from .outcome import Outcome, Report, RowError, RowResult, Status
from .records.ids import ExactId
from .records.scalars import UNSET, Unset

if TYPE_CHECKING:
    from .bulk.bulk import Bulk
    from .bulk.guard import Guard
    from .journal.journal import Journal
else:
    # A program that only reads needs none of these.
    __getattr__, __dir__ = load_on_use(
        __name__,
        {"bulk.bulk": ["Bulk"], "bulk.guard": ["Guard"], "journal.journal": ["Journal"]},
    )

__all__ = [
    "UNSET",
    "ApiError",
    "BadRequest",
    "Bulk",
    "BulkFailed",
    "BulkStopped",
    "Call",
    "CleanConnector",
    "ClientOptions",
    "ClientUnusable",
    "ConnectionFailed",
    "CrossHostRedirect",
    "DeadlineExceeded",
    "DecodeError",
    "ExactId",
    "Forbidden",
    "FullSlot",
    "Guard",
    "InvalidInput",
    "InvalidResponse",
    "Journal",
    "JournalFailed",
    "JournalMissing",
    "JournalUnusable",
    "KindUnreadable",
    "LearnedLimit",
    "Limiter",
    "LmsError",
    "NotFound",
    "Outcome",
    "OutcomeUnknown",
    "Pages",
    "PlanFailed",
    "PlanRefused",
    "PlanUnusable",
    "Priority",
    "RateLimited",
    "Report",
    "Response",
    "ResponseLost",
    "RetryPolicy",
    "RowError",
    "RowResult",
    "ServerError",
    "Slot",
    "StaleSignature",
    "Status",
    "TimedOut",
    "Unauthorized",
    "UnexpectedResponse",
    "Unset",
    "VendorUnavailable",
    "Window",
    "__version__",
]
