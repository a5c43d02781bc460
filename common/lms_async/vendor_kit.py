"""Everything that a vendor package needs to import for its client.

Implement, in this order (``examples/acme_async`` is the smallest complete package, and
``docs/adding-a-vendor.md`` walks through it):

1. **Models**: attrs classes that derive from :class:`Record`, one to read and one to write a kind
   of record. Annotations such as :data:`Id` and :data:`Flag` tell how the vendor prints a value.
   :func:`make_converter` makes the converter of the models.
2. **Vendor**: a subclass of :class:`Vendor` that knows the credentials, the rate limit, the paging
   and the errors.
3. **Resources**: subclasses of :class:`Resource`. A method is a typed signature, a docstring and
   one call of ``_get``, ``_list``, ``_send`` or ``_bulk``.
4. **Client**: a subclass of :class:`Client` that makes the transport with
   :func:`open_transport`, and binds the resources.
5. **Look-up**: :func:`look_up`, for bulk calls that are not safe to repeat.

Two modules are imported separately, because a client must not load them: the sandbox server uses
:mod:`lms_async.sandbox`, and the target of the ``lms`` command uses :mod:`lms_async.cli.target`.
"""

from __future__ import annotations

from .bulk.bulk import Bulk
from .bulk.endpoint import ABSENT, DIFFERENT, Found, Present
from .bulk.guard import Guard, guarded
from .bulk.lookup import FoundRecord, look_up
from .bulk.results import match
from .bulk.rows import Prepared, Rows, json_of, one_by_one
from .client import Client
from .environment import Variable, read_variables
from .errors import InvalidInput, LmsError, UnexpectedResponse
from .events import Listener
from .http.call import Call, about, follow
from .http.options import ClientOptions, open_transport, open_wire
from .http.pages import Pages
from .http.responses import Response, refusal
from .http.retry import RetryPolicy
from .http.transport import Transport
from .http.urls import Path, Query, build_path, portions, query_params, replace_query
from .http.vendor import Page, Vendor, checked_base_url, checked_secret
from .http.wire import Wire
from .journal.journal import Journal
from .limits.limiter import Limiter
from .limits.window import Window
from .outcome import Report, RowError, RowResult, Status
from .records.converter import Record, make_converter
from .records.encoding import Sending
from .records.scalar_rules import ids_of
from .records.scalars import (
    UNSET,
    AnyId,
    AnyIdList,
    Day,
    Email,
    Flag,
    Id,
    IdList,
    Needed,
    NeededId,
    Unset,
)
from .redact import Sealed, sentence
from .resource import Given, Resource, changes_by_id, changes_of

__all__ = [
    "ABSENT",
    "DIFFERENT",
    "UNSET",
    "AnyId",
    "AnyIdList",
    "Bulk",
    "Call",
    "Client",
    "ClientOptions",
    "Day",
    "Email",
    "Flag",
    "Found",
    "FoundRecord",
    "Given",
    "Guard",
    "Id",
    "IdList",
    "InvalidInput",
    "Journal",
    "Limiter",
    "Listener",
    "LmsError",
    "Needed",
    "NeededId",
    "Page",
    "Pages",
    "Path",
    "Prepared",
    "Present",
    "Query",
    "Record",
    "Report",
    "Resource",
    "Response",
    "RetryPolicy",
    "RowError",
    "RowResult",
    "Rows",
    "Sealed",
    "Sending",
    "Status",
    "Transport",
    "UnexpectedResponse",
    "Unset",
    "Variable",
    "Vendor",
    "Window",
    "Wire",
    "about",
    "build_path",
    "changes_by_id",
    "changes_of",
    "checked_base_url",
    "checked_secret",
    "follow",
    "guarded",
    "ids_of",
    "json_of",
    "look_up",
    "make_converter",
    "match",
    "one_by_one",
    "open_transport",
    "open_wire",
    "portions",
    "query_params",
    "read_variables",
    "refusal",
    "replace_query",
    "sentence",
]
