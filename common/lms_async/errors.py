"""All errors that this package raises, as one tree.

::

    LmsError
    ├── InvalidInput            the arguments can't be sent; nothing was sent
    ├── ClientUnusable          the client is closed, or used on another event loop or after a fork
    ├── JournalUnusable         the journal is in use, damaged, or of other work
    │   └── JournalMissing      there is no such journal yet, so it can't be read
    ├── JournalFailed           the journal can't be written; rows not noted in it were not sent
    ├── PlanUnusable            the plan is damaged, or of another version
    ├── PlanRefused             the plan must not be applied here and now; nothing was sent
    ├── PlanFailed              the plan or its working set can't be written; nothing was sent
    ├── KindUnreadable          the account may not read records that a plan is compared with
    ├── ConnectionFailed        no connection was made, so the request was not sent
    ├── VendorUnavailable       several chunks in a row got no response, so the bulk stopped
    ├── OutcomeUnknown          a write was sent and its response lost; it must not be repeated
    ├── DeadlineExceeded        no result within ``with_options(deadline=)``
    ├── ResponseLost            sent, and no complete response came; the call may be repeated
    │   ├── TimedOut            no response within ``timeout``
    │   └── InvalidResponse     a response came and can't be read; the message says why
    ├── CrossHostRedirect       a redirect or paging link to another host; not followed
    ├── UnexpectedResponse      a 2xx without what was requested
    │   └── DecodeError         values that do not fit their fields; has ``paths``
    ├── ApiError                the vendor refused the call; has ``status`` and ``fields``
    │   ├── BadRequest          any other 4xx, e.g. 400, 409, 422
    │   ├── Unauthorized        401
    │   │   └── StaleSignature  a nonce or timestamp out of order; the call is signed again
    │   ├── Forbidden           403
    │   ├── NotFound            404
    │   ├── RateLimited         429; has ``retry_after``
    │   └── ServerError         5xx
    ├── BulkStopped             never raised: the ``stop_reason`` of a bulk that its caller stopped
    └── BulkFailed              raised by ``Report.raise_for_failures()`` only; has ``report``

The text of an error tells what happened, in which call, and what to do. It contains no secret, no
body and nothing that identifies a person: paths are shown as templates, and words that may be names
are removed from the vendor's message. The vendor's response is in ``error.response``.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Protocol, Self, TypeVar


class HttpResponse(Protocol):
    """A vendor's response, as an error keeps it: a :class:`lms_async.Response`."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers; names are in lower case or are compared without case."""

    @property
    def body(self) -> bytes:
        """Body, at most 64 KiB of it."""

    def json(self) -> Any:
        """Body, read as JSON."""


class LmsError(Exception):
    """The base class of all errors that this package raises."""

    # As a slot, the response is neither in `vars()` nor in pickles, so tools that dump errors do
    # not show it.
    __slots__ = ("response",)
    #: The vendor's response that led to this error; ``None`` if there was none, and in copies and
    #: pickles. It may contain personal data, so do not log it.
    response: HttpResponse | None
    #: Whether the vendor may have acted although the call failed.
    may_have_acted: bool = False
    #: Whether other calls would fail in the same way. A bulk stops at such an error.
    stops: bool = False
    #: Whether nothing was sent for a reason that is likely to end soon, such as a restart of the
    #: Redis that shares a limit. The waits then count as a pause, and not as failed attempts.
    counts_as_pause: bool = False
    #: How many attempts were made; set by the transport.
    attempts: int = 0

    def __init__(self, what: str, *, call: object = None, hint: str = "") -> None:
        self.response = None
        self.what = what
        self.route = str(call) if call is not None else ""
        self.hint = hint
        where = f"{self.route}: " if self.route else ""
        super().__init__(where + what + (f" ({hint})" if hint else ""))

    # By default, unpickling calls the class with `args`, which here contains only the text.
    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)

    def __copy__(self) -> Self:
        return _rebuilt(type(self), self.args, self.__dict__)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return _rebuilt(type(self), self.args, deepcopy(self.__dict__, memo))

    def after(self, attempts: int) -> Self:
        """Set the number of attempts that led to this error, and return the error."""
        self.attempts = attempts
        return self


_E = TypeVar("_E", bound=LmsError)


def _rebuilt(kind: type[_E], args: tuple[Any, ...], state: dict[str, Any]) -> _E:
    """Return an error with this text and these attributes, whatever its ``__init__`` takes."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.response = None
    error.__dict__.update(state)
    return error


class InvalidInput(LmsError):
    """The arguments can't be sent. ``fields`` says why, by field name, without the values."""

    def __init__(self, what: str, *, fields: dict[str, str] | None = None, hint: str = "") -> None:
        self.fields = fields or {}
        reasons = "; ".join(f"{name}: {why}" for name, why in self.fields.items())
        super().__init__(f"{what}: {reasons}" if reasons else what, hint=hint)


class ClientUnusable(LmsError):
    """The client was closed, or belongs to another event loop or process."""

    stops = True


class JournalUnusable(LmsError):
    """This journal can't be used for this call; the message says why. Nothing was sent."""


class JournalMissing(JournalUnusable):
    """There is no journal to read, because no run has begun it."""


class JournalFailed(LmsError):
    """The journal can't be written any more. Rows that could not be noted in it were not sent."""

    stops = True


class PlanUnusable(LmsError):
    """This file can't be used as a plan; the message says why. Nothing was sent."""


class PlanRefused(LmsError):
    """The plan must not be applied; the message says why. Nothing was sent.

    The guard refuses it, it is too old or for another account, or the vendor's records have
    changed.
    """


class PlanFailed(LmsError):
    """The plan, its page, or the working set that it is made from can't be written. Nothing was
    sent."""


class KindUnreadable(LmsError):
    """The account may not read the vendor's records of a kind, so nothing can be planned.

    The message names the kind, and the kinds that depend on it.
    """


class ConnectionFailed(LmsError):
    """No connection could be made. The request was not sent and may be repeated."""

    stops = True


class VendorUnavailable(LmsError):
    """Several chunks in a row got no usable response, so the bulk stopped sending."""

    stops = True


class ResponseLost(LmsError):
    """The request was sent and no complete response came. The vendor may or may not have acted."""

    may_have_acted = True


class TimedOut(ResponseLost):
    """No response came within the client's timeout."""


class InvalidResponse(ResponseLost):
    """A response came and can't be read. It breaks the rules of HTTP, its encoding is not
    supported, or it is blank or not JSON although JSON was expected."""


class DeadlineExceeded(LmsError):
    """The call had no result within the deadline set with ``with_options(deadline=)``.

    ``may_have_acted`` is true if the request was sent and its response did not come in time.
    """


class OutcomeUnknown(LmsError):
    """The request was sent, its response was lost, and it is not safe to repeat.

    Check at the vendor before you repeat the call.
    """

    may_have_acted = True


class CrossHostRedirect(LmsError):
    """A redirect or paging link of the vendor leads to another host. It was not followed."""


class UnexpectedResponse(LmsError):
    """A 2xx response without what was requested.

    Some vendors answer 200 with another object if they do not know a path, so a 2xx alone does not
    count as a success.
    """

    may_have_acted = True


class DecodeError(UnexpectedResponse):
    """Values in a response do not fit their fields. ``paths`` names the fields, not the values."""

    def __init__(self, paths: list[str], *, call: object = None) -> None:
        self.paths = paths
        shown = "; ".join(paths[:5]) + (f"; and {len(paths) - 5} more" if len(paths) > 5 else "")
        super().__init__(f"the response does not fit its model: {shown}", call=call)


class ApiError(LmsError):
    """The vendor refused the call.

    ``status`` is the HTTP status. ``detail`` is the vendor's message without words that may be
    names. ``fields`` has the vendor's reasons by field name, if it names fields. ``retry_after`` is
    the wait in seconds that a temporary refusal asks for, or ``None``.
    """

    retry_after: float | None = None

    def __init__(
        self,
        status: int,
        *,
        call: object = None,
        detail: str = "",
        fields: dict[str, str] | None = None,
        hint: str = "",
    ) -> None:
        self.status = status
        self.detail = detail
        self.fields = fields or {}
        super().__init__(
            f"HTTP {status}" + (f", {detail!r}" if detail else ""), call=call, hint=hint
        )


class BadRequest(ApiError):
    """The vendor does not accept this request."""


class Unauthorized(ApiError):
    """The credentials were not accepted for this call."""

    stops = True


class StaleSignature(Unauthorized):
    """The vendor has already received this nonce or a later timestamp. Nothing was done."""

    stops = False


class Forbidden(ApiError):
    """The account may not do this."""

    stops = True


class NotFound(ApiError):
    """The record does not exist, or the account may not see it."""


class RateLimited(ApiError):
    """Too many requests. ``retry_after`` is the wait in seconds that the vendor asks for."""

    stops = True
    retry_after: float

    def __init__(
        self, status: int, *, retry_after: float, call: object = None, hint: str = ""
    ) -> None:
        self.retry_after = retry_after
        super().__init__(
            status, call=call, hint=hint or f"the vendor asks to wait {retry_after:g} s"
        )


class ServerError(ApiError):
    """The vendor failed. It may have acted before it failed."""

    may_have_acted = True


class BulkStopped(LmsError):
    """The program stopped the bulk. Never raised: it is the ``stop_reason`` of the report."""


class BulkFailed(LmsError):
    """Some rows of a bulk were not done; ``report`` says which, and why.

    Pickling keeps the report. An item that can't be pickled is ``None`` after unpickling; its
    outcome still has the ``index``.
    """

    def __init__(self, report: Any) -> None:
        self.report = report
        rows = {"rejected": report.rejected, "unknown": report.unknown, "skipped": report.skipped}
        counts = ", ".join(f"{len(some)} {status}" for status, some in rows.items() if some)
        why = f"; it stopped early: {report.stop_reason}" if report.stop_reason else ""
        lists = ", ".join(f".report.{status}" for status, some in rows.items() if some)
        super().__init__(f"not every row was done: {counts}{why}", hint=f"see {lists}")

    def __reduce__(self) -> tuple[Any, ...]:
        state = {**self.__dict__, "report": self.report.picklable()}
        return _rebuilt, (type(self), self.args, state)
