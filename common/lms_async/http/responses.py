"""Read a response: return its payload, or raise the error for it.

Vendors may answer 200 with another object, with a blank body, or with a page of another list. So a
2xx counts as a success only if it contains what was requested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan
from typing import Any, get_origin
from urllib.parse import unquote

import attrs
import orjson

from ..errors import (
    ApiError,
    BadRequest,
    Forbidden,
    InvalidResponse,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
    UnexpectedResponse,
)
from ..records.lists import object_to_list
from ..redact import scrub, texts
from .call import Call
from .statuses import Effect, effect_of

#: How many bytes of the body an error keeps. No more is read of a response that is not a success.
#: Counted after decompression.
MOST_OF_A_REFUSAL = 64 * 1024
#: Values of Content-Encoding that aiohttp decodes, or that change nothing.
_DECODED = ("", "identity", "gzip", "x-gzip", "deflate", "br", "zstd")
_BY_STATUS: dict[int, type[ApiError]] = {401: Unauthorized, 403: Forbidden, 404: NotFound}
#: The longest wait in seconds. If a vendor asks for more than a day, a clock is wrong.
_LONGEST = 24 * 3600.0


@attrs.frozen
class Response:
    """A response: status, headers (looked up in lower case) and body. Its ``repr`` shows the status
    only."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)

    def parsed(self) -> Any:
        """Return the body, read as JSON.

        :raises orjson.JSONDecodeError: the body is not JSON. The error holds the body.
        """
        return orjson.loads(self.body)

    def json(self) -> Any:
        """Return the body, read as JSON.

        :raises InvalidResponse: the body is not JSON.
        """
        try:
            return self.parsed()
        except orjson.JSONDecodeError:  # it holds the body, so it must not be our error's context
            pass
        error = InvalidResponse(f"the response with HTTP {self.status} is not JSON")
        error.response = self.shortened()
        raise error

    def shortened(self) -> Response:
        """Return this response with at most 64 KiB of its body, for an error to keep."""
        if len(self.body) <= MOST_OF_A_REFUSAL:
            return self
        return attrs.evolve(self, body=self.body[:MOST_OF_A_REFUSAL])


def read_payload(
    call: Call[Any],
    response: Response,
    *,
    hint: str = "",
    is_empty: Callable[[Call[Any], dict[str, Any]], bool] = lambda call, payload: False,
) -> Any:
    """Return the payload of a 2xx response; ``None`` for a 204 if nothing is expected.

    If ``call.envelope_key`` holds an object with numbered keys, it is converted to a list.

    :param hint: why the expected key may be missing.
    :param is_empty: whether a payload without that key says that the list is empty.
    :raises InvalidResponse: the body is blank or not JSON.
    :raises UnexpectedResponse: the body is JSON, but does not contain what was requested.
    """
    if call.returns is Response:
        return response
    if response.status == 204:
        if (
            call.returns is not None
            or call.envelope_key is not None
            or call.required_key is not None
        ):
            raise UnexpectedResponse("the response is empty", call=call)
        return None
    payload = _json(call, response)
    if payload is None and call.is_bulk:
        raise UnexpectedResponse("the response is null", call=call)
    if _expects_list(call) and isinstance(payload, dict):
        if call.envelope_key in payload:
            payload[call.envelope_key] = object_to_list(payload[call.envelope_key])
        elif call.method == "GET" and is_empty(call, payload):
            payload[call.envelope_key] = []
    for wanted in (call.envelope_key, call.required_key):
        if wanted is not None and not (isinstance(payload, dict) and wanted in payload):
            raise UnexpectedResponse(f"the response has no {wanted!r}", call=call, hint=hint)
    return payload


def _expects_list(call: Call[Any]) -> bool:
    """Return whether a list is under ``call.envelope_key``: of models, or of undecoded rows."""
    return call.envelope_key is not None and (
        call.returns is None or get_origin(call.returns) is list
    )


def _json(call: Call[Any], response: Response) -> Any:
    try:
        return response.parsed()
    except orjson.JSONDecodeError:  # it holds the whole body, so it must not be the context
        pass
    if response.headers.get("content-encoding", "").strip().lower() not in _DECODED:
        why = "its Content-Encoding can't be decoded here"
        raise InvalidResponse(f"the response can't be read: {why}", call=call)
    what = "a blank response" if not response.body.strip() else "a response that is not JSON"
    raise InvalidResponse(f"{what} with HTTP {response.status}", call=call)


def confirm(call: Call[Any], payload: Any) -> None:
    """Check that ``payload`` is about the record that ``call`` requested.

    :raises InvalidResponse: it is about another record, as when a proxy mixes up responses.
    """
    if call.about is None or not isinstance(payload, dict):
        return
    field, wanted = call.about
    record = payload.get(call.envelope_key) if call.envelope_key is not None else payload
    found = record.get(field) if isinstance(record, dict) else None
    if isinstance(found, str | int) and str(found).strip() != wanted:
        raise InvalidResponse("the response is about another record", call=call)


def _no_reasons(call: Call[Any], payload: Any) -> Mapping[str, Any]:
    return {}


def refusal(
    call: Call[Any],
    response: Response,
    *,
    default_retry_after: float,
    hint: str = "",
    reasons: Callable[[Call[Any], Any], Mapping[str, Any]] = _no_reasons,
) -> ApiError:
    """Return the error for a response that is not a success.

    :param default_retry_after: seconds to pause after a 429 that names no time.
    :param hint: what the user can do.
    :param reasons: reads the reasons in the JSON of the response, by field name.
    """
    if response.status == 429:
        wait = requested_wait(response.headers)
        return RateLimited(
            429, retry_after=default_retry_after if wait is None else wait, call=call
        )
    sent = list(_sent(call))
    fields = {
        name: scrub(" ".join(texts(why)), sent=sent)
        for name, why in reasons(call, _json_or_none(response)).items()
    }
    named = "; ".join(f"{name}: {why}" for name, why in fields.items())
    detail = named or scrub(vendor_message(response), sent=sent)
    kind = ServerError if response.status >= 500 else _BY_STATUS.get(response.status, BadRequest)
    error = kind(response.status, call=call, detail=detail, fields=fields, hint=hint)
    effect = effect_of(response.status)
    error.may_have_acted = effect is Effect.UNSETTLED
    # 404 and 410 may be about an id in this call's path, so they do not stop other calls.
    error.stops = effect is Effect.ENDS and response.status not in (404, 410)
    if response.status == 503 or effect is Effect.PASSES:
        error.retry_after = _bounded(_retry_after(response.headers))
    return error


def _json_or_none(response: Response) -> Any:
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None


def vendor_message(response: Response) -> str:
    """Return the vendor's message: the plain text, or the texts in the JSON, joined."""
    text = response.body.decode("utf-8", "replace")
    try:
        value = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return text
    return "" if value is None else " ".join(texts(value))


def _sent(call: Call[Any]) -> Iterator[str]:
    """Yield every text that ``call`` sends, since the vendor may quote it in an error."""
    yield unquote(call.path)
    for _, value in call.query:
        yield value
    if call.body is not None:
        body = call.body if isinstance(call.body, bytes) else orjson.dumps(call.body)
        try:
            yield from texts(orjson.loads(body))
        except orjson.JSONDecodeError:
            yield body.decode("utf-8", "replace")


def requested_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a 429 asks to wait; ``None`` if it names no time.

    ``Retry-After`` is a number of seconds or a date. ``X-RateLimit-Reset`` is a time in UTC, in a
    format of its own (``2021-10-28 01:29:40 UTC``). Times are compared with the
    response's ``Date``, so that a wrong clock on this machine does no harm. If no time can be read,
    or it has passed (times are whole seconds), ``X-RateLimit-Period`` is the wait.
    """
    seconds = _number(headers.get("retry-after", "").strip())
    if seconds is None:
        seconds = _retry_after(headers)
        if seconds is None and (reset := _moment(headers.get("x-ratelimit-reset", ""))):
            seconds = _from_now(reset, headers)
        if seconds is None or seconds <= 0:
            period = _number(headers.get("x-ratelimit-period", ""))
            seconds = seconds if period is None else period
    return _bounded(seconds)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of ``Retry-After``, which is a number or a date."""
    asked = headers.get("retry-after", "").strip()
    seconds = _number(asked)
    if seconds is None and (until := parse_date(asked)):
        seconds = _from_now(until, headers)
    return seconds


def _from_now(until: datetime, headers: Mapping[str, str]) -> float:
    now = parse_date(headers.get("date", "")) or datetime.now(UTC)
    return (until - now).total_seconds()


def _bounded(seconds: float | None) -> float | None:
    if seconds is None:
        return None
    # Vendors round down to 0 seconds. Waiting for 0 seconds would repeat the request endlessly.
    return min(seconds, _LONGEST) if seconds > 0 else 1.0


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if isnan(number) else number


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    except ValueError:
        return None


def parse_date(text: str) -> datetime | None:
    """Return an HTTP date, such as that of the header ``Date``; ``None`` for any other text."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
