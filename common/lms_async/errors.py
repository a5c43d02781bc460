"""Everything that can be raised, as one tree.

::

    LmsError
    ├── InvalidInput            what was given can't be sent; nothing left this machine
    ├── ClientUnusable          closed, on another event loop, or after a fork
    ├── JournalUnusable         it is of other rows, another account or version, or in use
    ├── JournalFailed           it can't be written any more; what it could not note was not sent
    ├── ConnectionFailed        the request was never sent
    ├── VendorUnavailable       several chunks in a row got no response; the bulk stopped
    ├── OutcomeUnknown          sent, and the answer lost, of a call that may not be repeated
    ├── ResponseLost              sent, and the answer lost, of a call that may be repeated
    │   ├── TimedOut
    │   └── InvalidResponse             a response came and can't be read: the message says why
    ├── CrossHostRedirect             the vendor pointed to another host; not followed
    ├── UnexpectedResponse        a 2xx that is not what was asked for
    │   └── DecodeError         the right envelope, with values that don't fit; has ``paths``
    ├── ApiError                the vendor said no; has ``status``
    │   ├── BadRequest          any other 4xx, e.g. 400, 409, 422
    │   ├── Unauthorized        401
    │   │   └── StaleSignature  a nonce or timestamp out of order; signed anew and sent again
    │   ├── Forbidden           403
    │   ├── NotFound            404
    │   ├── RateLimited         429; has ``retry_after``
    │   └── ServerError         5xx
    ├── BulkStopped             never raised: the ``stop_reason`` of a bulk that its caller stopped
    └── BulkFailed              by ``Report.raise_for_failures()`` only; has ``report``

An error says what happened, on which call, and what to do. It holds no secret, no body and nothing
that identifies a person: paths are named by their template, vendors' sentences are scrubbed.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Self, TypeVar


class LmsError(Exception):
    """The root of all that this package raises."""

    #: Whether the vendor may have acted although the call failed.
    may_have_acted: bool = False
    #: Whether no other row or call could fare better: a bulk stops at such an error.
    stops: bool = False
    #: How many wire attempts were made before giving up; set by the transport.
    attempts: int = 0

    def __init__(self, what: str, *, call: object = None, hint: str = "") -> None:
        self.what = what
        self.route = str(call) if call is not None else ""
        self.hint = hint
        where = f"{self.route}: " if self.route else ""
        super().__init__(where + what + (f" ({hint})" if hint else ""))

    # Exceptions are pickled by calling their class with `args`, which holds the text alone here.
    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)

    def __copy__(self) -> Self:
        return _rebuilt(type(self), self.args, self.__dict__)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return _rebuilt(type(self), self.args, deepcopy(self.__dict__, memo))

    def after(self, attempts: int) -> Self:
        """This error, with the number of wire attempts that led to it."""
        self.attempts = attempts
        return self


_E = TypeVar("_E", bound=LmsError)


def _rebuilt(kind: type[_E], args: tuple[Any, ...], state: dict[str, Any]) -> _E:
    """An error with this text and these attributes, whatever its ``__init__`` takes."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidInput(LmsError):
    """What was given can't be sent. ``fields`` says why, by field name, without the values."""

    def __init__(self, what: str, *, fields: dict[str, str] | None = None, hint: str = "") -> None:
        self.fields = fields or {}
        listed = "; ".join(f"{name}: {why}" for name, why in self.fields.items())
        super().__init__(f"{what}: {listed}" if listed else what, hint=hint)


class ClientUnusable(LmsError):
    """The client was closed, or belongs to another event loop or process."""

    stops = True


class JournalUnusable(LmsError):
    """This journal can't serve this work: it says why. Nothing was sent."""


class JournalFailed(LmsError):
    """The journal can't be written any more. Rows whose sending it could not note were not sent."""

    stops = True


class ConnectionFailed(LmsError):
    """No connection could be made: the request was never sent, and may be made again."""

    stops = True


class VendorUnavailable(LmsError):
    """Several chunks in a row got no usable response, so the bulk stopped sending."""

    stops = True


class ResponseLost(LmsError):
    """The request was sent and no whole answer came: the vendor may or may not have acted."""

    may_have_acted = True


class TimedOut(ResponseLost):
    """No answer within the client's timeout."""


class InvalidResponse(ResponseLost):
    """A response came and can't be read: it breaks the rules of HTTP, its encoding can't be decoded
    here, or it is blank or not JSON where JSON was promised."""


class OutcomeUnknown(LmsError):
    """Sent, answer lost, and not safe to send again: look at the vendor before you repeat it."""

    may_have_acted = True


class CrossHostRedirect(LmsError):
    """The vendor's redirect or paging link leads to another host. It was not followed."""


class UnexpectedResponse(LmsError):
    """A 2xx whose body is not what was asked for.

    There are vendors that answer 200 with another object for a path that they do not know, so a
    2xx alone is not taken for a success.
    """

    may_have_acted = True


class DecodeError(UnexpectedResponse):
    """Values that don't fit their fields. ``paths`` names them, without the values."""

    def __init__(self, paths: list[str], *, call: object = None) -> None:
        self.paths = paths
        shown = "; ".join(paths[:5]) + (f"; and {len(paths) - 5} more" if len(paths) > 5 else "")
        super().__init__(f"the answer does not fit its model: {shown}", call=call)


class ApiError(LmsError):
    """The vendor refused the call. ``status`` is the HTTP status, ``detail`` its scrubbed words,
    ``retry_after`` the wait in seconds that a refusal which passes asks for (``None``: no wait)."""

    retry_after: float | None = None

    def __init__(
        self, status: int, *, call: object = None, detail: str = "", hint: str = ""
    ) -> None:
        self.status = status
        self.detail = detail
        super().__init__(
            f"HTTP {status}" + (f", {detail!r}" if detail else ""), call=call, hint=hint
        )


class BadRequest(ApiError):
    """The vendor can't take this request as it is."""


class Unauthorized(ApiError):
    """The credentials were not accepted for this call."""

    stops = True


class StaleSignature(Unauthorized):
    """The vendor saw this nonce, or a later timestamp, before. Nothing was done."""

    stops = False


class Forbidden(ApiError):
    """The account may not do this."""

    stops = True


class NotFound(ApiError):
    """There is no such thing, or the account may not see it."""


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
    """The vendor failed. It may have acted before it did."""

    may_have_acted = True


class BulkStopped(LmsError):
    """The program stopped the bulk. It is not raised: it is the ``stop_reason`` of the report."""


class BulkFailed(LmsError):
    """Some rows of a bulk were not done; ``report`` says which, and why.

    Pickling keeps the report. An item in it that can't be pickled is ``None`` after that; its
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
