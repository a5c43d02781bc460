"""A vendor's refusal, as the error that fits its status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan
from typing import Any
from urllib.parse import unquote

import orjson

from ..errors import (
    ApiError,
    BadRequest,
    Forbidden,
    NotFound,
    RateLimited,
    ServerError,
    Unauthorized,
)
from ..redact import scrub, texts
from .call import Call
from .responses import Response
from .statuses import Effect, effect_of

_BY_STATUS: dict[int, type[ApiError]] = {401: Unauthorized, 403: Forbidden, 404: NotFound}
#: The longest wait that is believed, in seconds: more than a day is a clock gone wrong.
_LONGEST = 24 * 3600.0


def refusal(
    call: Call[Any], answer: Response, *, hints: Mapping[int, str], default_retry_after: float
) -> ApiError:
    """The error for an answer that is not a success.

    :param hints: what to do, by status.
    :param default_retry_after: seconds to pause after a 429 that names no time.
    """
    hint = hints.get(answer.status, "")
    if answer.status == 429:
        wait = seconds_asked(answer.headers)
        return RateLimited(
            429, retry_after=default_retry_after if wait is None else wait, call=call
        )
    detail = scrub(said(answer), sent=_sent(call))
    kind = ServerError if answer.status >= 500 else _BY_STATUS.get(answer.status, BadRequest)
    error = kind(answer.status, call=call, detail=detail, hint=hint)
    effect = effect_of(answer.status)
    error.may_have_acted = effect is Effect.UNSETTLED
    # Of 404 and 410, the call decides: they may speak of one id in its path.
    error.stops = effect is Effect.ENDS and answer.status not in (404, 410)
    if answer.status == 503 or effect is Effect.PASSES:
        error.retry_after = _bounded(_retry_after(answer.headers))
    return error


def seconds_asked(headers: Mapping[str, str]) -> float | None:
    """The wait that a 429 asks for; ``None`` if it names none.

    ``Retry-After`` as seconds or as a date, or ``X-RateLimit-Reset`` as a moment in UTC
    (``2021-10-28 01:29:40 UTC``, which no standard parser takes). Moments are read against the
    answer's own ``Date``, so that our clock may be wrong. Where no moment can be read, or where it
    has passed (they are given in whole seconds), ``X-RateLimit-Period`` is waited.
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
    """The seconds of ``Retry-After``, whether it is a number or a date."""
    asked = headers.get("retry-after", "").strip()
    seconds = _number(asked)
    if seconds is None and (until := moment_of(asked)):
        seconds = _from_now(until, headers)
    return seconds


def _from_now(until: datetime, headers: Mapping[str, str]) -> float:
    now = moment_of(headers.get("date", "")) or datetime.now(UTC)
    return (until - now).total_seconds()


def _bounded(seconds: float | None) -> float | None:
    if seconds is None:
        return None
    # "At once" is said in whole seconds: taken at its word, it would be asked for without end.
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


def moment_of(text: str) -> datetime | None:
    """An HTTP date, such as that of the header ``Date``; ``None`` for anything else."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def said(answer: Response) -> str:
    """The vendor's words in an answer: bare text, a JSON string, or the sentences of an object."""
    text = answer.body.decode("utf-8", "replace")
    try:
        value = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return text
    return "" if value is None else " ".join(texts(value))


def _sent(call: Call[Any]) -> Iterator[str]:
    """Everything that we told the vendor with ``call``, and that it may echo."""
    yield unquote(call.path)
    for _, value in call.query:
        yield value
    if call.body is not None:
        body = call.body if isinstance(call.body, bytes) else orjson.dumps(call.body)
        try:
            yield from texts(orjson.loads(body))
        except orjson.JSONDecodeError:
            yield body.decode("utf-8", "replace")
