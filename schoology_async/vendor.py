"""Schoology's signatures, errors, envelopes and paging, for the transport."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, ClassVar

import attrs
from cattrs import Converter

from lms_async.errors import (
    CrossHostRedirect,
    LmsError,
    StaleSignature,
    UnexpectedResponse,
)
from lms_async.http.call import Call, follow
from lms_async.http.responses import Response, parse_date, read_payload, refusal, vendor_message
from lms_async.http.urls import replace_query
from lms_async.http.vendor import Page, Vendor
from lms_async.limits.limiter import Limiter
from lms_async.limits.window import Window

from .models.converter import as_list, converter
from .signing import Signer, _Signed

#: Schoology publishes no rate limit. Users report 15 and 50 requests per 5 seconds and key.
LIMIT, PERIOD = 13, 5.0

BASE_URL = "https://api.schoology.com/v1/"
#: The vendor's host for Canada.
_CANADA = "https://api.schoologyca.com/v1/"

#: The header that names the user to act as. The vendor does not document it.
RUN_AS = "X-Schoology-Run-As"

#: The vendor's message about a nonce or timestamp that it refuses.
_REPLAY = "duplicate timestamp/nonce combination"

#: If the clocks differ by more than this many seconds, a 401 reports that as its likely reason.
_SKEW = 60.0

_MISSING_KEY_HINT = (
    "Schoology answers this way for an unknown path, and for an account that may not see the list"
)

_HINTS = {
    400: "the request is malformed for this endpoint, or repeats an action that is already done",
    401: "check key and secret; since June 2025 a personal API key may not read other users' data, "
    "an app must be approved outside its own school, and access tokens expire after 90 days",
    403: "the account lacks the permission, or a parameter that this request needs is missing",
    404: "it does not exist, or this account may not see it",
    410: "the school has moved this to another app",
    415: "Schoology takes JSON bodies only",
}


@attrs.define(eq=False)
class Merging:
    """What this process has learned about ``multiget``. All views of a client share it."""

    #: Whether Schoology refused a ``multiget`` request. Reads are no longer merged then.
    is_refused: bool = False
    #: Whether ``multiget`` applies filters in the query of a path; ``False`` once it did not.
    takes_filters: bool = True


@attrs.frozen
class SchoologyVendor(Vendor):
    """Schoology REST v1, for the transport."""

    name: ClassVar[str] = "Schoology"
    hints: ClassVar[Mapping[int, str]] = _HINTS
    default_retry_after: ClassVar[float] = PERIOD

    base_url: str
    signer: Signer
    scope: Hashable = attrs.field(repr=False)
    converter: Converter = attrs.field(default=converter, repr=False)
    #: The user to act as, by Schoology's id; ``None`` for the owner of the credentials.
    run_as: str | None = attrs.field(default=None, repr=False)
    _run_as_header: Mapping[str, str] = attrs.field(init=False, repr=False, eq=False)
    merging: Merging = attrs.field(factory=Merging, repr=False, eq=False)

    @_run_as_header.default
    def _header(self) -> Mapping[str, str]:
        return {} if self.run_as is None else {RUN_AS: self.run_as}

    @property
    def account(self) -> Hashable:
        """The account together with the user to act as, since permissions depend on both."""
        return super().account if self.run_as is None else (super().account, self.run_as)

    def default_limiter(self) -> Limiter:
        """Return a limiter of 13 requests per 5 seconds, for each key."""
        return Window(LIMIT, per=PERIOD)

    def has_own_base_url(self) -> bool:
        """Return whether the base URL is one of Schoology's."""
        return self.base_url in (BASE_URL, _CANADA)

    def headers(self, call: Call[Any]) -> Mapping[str, str]:
        """Return the header with the user to act as, if any."""
        return self._run_as_header

    def auth_headers(self, method: str, url: str) -> _Signed:
        """Sign one attempt with an OAuth header."""
        return self.signer.signed(method, url)

    def check(self, call: Call[Any], answer: Response) -> Any:
        """Return the payload of a success, with a list under ``call.envelope_key``.

        :raises LmsError: the response is an error, or a 2xx without what was requested.
        """
        if not 200 <= answer.status < 300:
            raise self._refusal(call, answer)
        self.signer.accepted()
        payload = read_payload(call, answer, hint=_MISSING_KEY_HINT, is_empty=self.is_empty)
        if call.envelope_key is not None and isinstance(payload, dict):
            if (
                not isinstance(payload[call.envelope_key], list | dict | None)
                and payload[call.envelope_key] != ""
            ):
                raise UnexpectedResponse(f"{call.envelope_key!r} is not a list", call=call)
            payload[call.envelope_key] = as_list(payload[call.envelope_key])
        return payload

    def _refusal(self, call: Call[Any], answer: Response) -> LmsError:
        if answer.status != 401:
            self.signer.accepted()
            return refusal(
                call,
                answer,
                default_retry_after=self.default_retry_after,
                hint=self.hint(answer.status),
            )
        text = vendor_message(answer).lower()
        replayed = _REPLAY in text
        difference = _clock_difference(answer)
        off = abs(difference) > _SKEW
        if not (replayed or "timestamp" in text or off):
            self.signer.accepted()  # refused for another reason: the timestamp was accepted
            return refusal(
                call,
                answer,
                default_retry_after=self.default_retry_after,
                hint=self.hint(answer.status),
            )
        # If this machine's clock was corrected meanwhile, the next attempt has another timestamp.
        outdated = abs(self.signer.refused() - time.time()) > _SKEW
        clock = (
            f"this machine's clock is {abs(difference):.0f} s "
            f"{'ahead of' if difference > 0 else 'behind'} Schoology's: set it"
        )
        if replayed or outdated:
            return StaleSignature(
                401,
                call=call,
                detail="Duplicate timestamp/nonce combination",
                hint=clock
                if off
                else "check this machine's clock, and that no other program uses the same key",
            )
        hint = f"{clock if off else 'check the clock of this machine'}; {self.hint(401)}"
        return refusal(call, answer, default_retry_after=self.default_retry_after, hint=hint)

    def page(self, call: Call[Any], payload: Any) -> Page:
        """Return the rows, and the call for the next page, from ``links.next`` but one row earlier.

        A call with ``page`` in its query reads its list by page number.

        ``total`` does not decide where the list ends, since it is often missing. The requested page
        size is not used either, since the vendor may return smaller pages.
        """
        rows: list[Any] = payload[call.envelope_key]
        links = payload.get("links")
        if "links" in payload and not links:  # PHP prints an empty object as []
            return Page(rows)
        if isinstance(links, dict):
            if not links.get("next"):
                return Page(rows)
            try:
                following = follow(call, _text(links["next"]), base_url=self.base_url)
            except ValueError as refused:
                why = str(refused)
            else:
                # The link may have the default page size, as after a first page by ``multiget``.
                if "limit" in dict(call.query):
                    limit = dict(call.query)["limit"]
                    following = attrs.evolve(
                        following, query=replace_query(following.query, limit=limit)
                    )
                return _overlapping(call, following, rows)
            raise CrossHostRedirect(f"next page not read: {why}", call=call)
        if not rows:
            return Page(rows)
        if (number := _number(call)) is not None:
            following = attrs.evolve(call, query=replace_query(call.query, page=number + 1))
            return Page(rows, following, guessed=True)
        following = _at(call, _start(call) + len(rows))
        return attrs.evolve(_overlapping(call, following, rows), guessed=True)

    def is_empty(self, call: Call[Any], payload: dict[str, Any]) -> bool:
        """Return whether a response without rows means that there are none.

        That is so if it has only ``total`` and ``links``, and the page begins after the last row.
        """
        total = _count(str(payload.get("total", "")))
        only_these = payload.keys() <= {"total", "links"}
        # The number of rows before a page that is read by its number is not known.
        return only_these and total is not None and (total <= _start(call) or bool(_number(call)))

    def identity(self, row: Any) -> Hashable | None:
        """Return the ``id`` of a record. Only a user without one is identified by ``uid``.

        In an enrollment or a post, ``uid`` is the person, who may have several of them.
        """
        if not isinstance(row, dict):
            return None
        known = row.get("id") or row.get("uid")
        return str(known) if known else None

    def ahead(self, page: Page, payload: Any) -> Iterable[Call[Any]]:
        """Return the calls up to ``total``, if all pages are as long as ``page``."""
        total = _count(str(payload.get("total", "")))
        if total is None or page.next is None or not page.overlaps:
            return ()
        following, step = page.next, len(page.rows) - 1
        return (_at(following, start) for start in range(_start(following), total - 1, step))

    def earlier(self, call: Call[Any], rows: int) -> Call[Any] | None:
        """Return the call for the page that begins ``rows`` earlier; ``None`` on the first page."""
        start = _start(call)
        return _at(call, max(0, start - rows)) if start else None


def _clock_difference(answer: Response) -> float:
    """Return this machine's time minus the vendor's, in seconds, from the response's ``Date``.

    Return 0 if the response has no valid ``Date``.
    """
    date = parse_date(answer.headers.get("date", ""))
    return 0.0 if date is None else time.time() - date.timestamp()


def _text(link: Any) -> str:
    if not isinstance(link, str):
        raise ValueError("the link is not text")  # noqa: TRY004 - the same type as from `follow`
    return link


def _start(call: Call[Any]) -> int:
    return _count(dict(call.query).get("start", "0")) or 0


def _number(call: Call[Any]) -> int | None:
    """Return the page number of a call that reads its list by page number, otherwise ``None``."""
    return _count(dict(call.query).get("page", ""))


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _at(call: Call[Any], start: int) -> Call[Any]:
    return attrs.evolve(call, query=replace_query(call.query, start=start))


def _overlapping(call: Call[Any], following: Call[Any], rows: list[Any]) -> Page:
    """Return a page whose next page begins at its last row, see :mod:`lms_async.http.pages`.

    The start of the next page is computed from the number of rows. The link may use the requested
    page size instead, although the page is smaller. Pages do not overlap if the page has one row
    (the same page would be read again), if its rows have no ids, or if the link does not advance
    ``start``.
    """
    start = min(_start(following), _start(call) + len(rows))
    named = rows and isinstance(rows[-1], dict) and (rows[-1].get("uid") or rows[-1].get("id"))
    if len(rows) < 2 or not named or start <= _start(call):
        return Page(rows, following)
    return Page(rows, _at(following, start - 1), overlaps=True)
