"""ManageBac's credentials, errors and pages, for the transport. Both APIs use this."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import attrs
from cattrs import Converter

from lms_async.errors import UnexpectedResponse
from lms_async.http.call import Call, url_of
from lms_async.http.urls import replace_query
from lms_async.http.vendor import Page, Vendor
from lms_async.limits.limiter import Limiter
from lms_async.limits.window import Window

from .credentials import Credentials
from .models.converter import converter
from .refusals import reasons_of

#: "50 requests per second per IP address", over all endpoints (vendor: Throttling).
LIMIT, PERIOD = 50, 1.0

#: The API's URL for each region. Use the school's region, which may not be the one you are in.
REGIONS = {
    "com": "https://api.managebac.com/",
    "cn": "https://api.managebac.cn/",
    "us1": "https://api.us.managebac.com/",
    "us2": "https://api.managebac.us/",
    "uat": "https://api.managebactest.com/",
}
#: ``v2`` receives breaking changes; the others are pinned (vendor: About versions).
VERSIONS = ("v2", "v2p0", "v2p1", "v2p2", "v2p3")

HINTS = {
    400: "the payload or a parameter is malformed",
    401: "the token or the region is wrong, or the token lacks the permission; "
    "GET auth/permissions lists the permissions of a valid token",
    403: "the token lacks the permission for this",
    404: "the record does not exist, or this token may not see it",
    422: "ManageBac did not accept a value",
}


@attrs.frozen
class ManageBacVendor(Vendor):
    """ManageBac, for the transport. ``base_url`` includes the API's version."""

    name: ClassVar[str] = "ManageBac"
    hints: ClassVar[Mapping[int, str]] = HINTS
    default_retry_after: ClassVar[float] = PERIOD

    base_url: str
    credentials: Credentials = attrs.field(repr=False)
    scope: Hashable = attrs.field(repr=False)
    converter: Converter = attrs.field(default=converter, repr=False)

    @property
    def account(self) -> Hashable:
        """The base URL and the credentials. The host alone serves many schools."""
        return (self.name, self.base_url, self.credentials.account())

    def default_limiter(self) -> Limiter:
        """Return a limiter of 50 requests per second, for each host."""
        return Window(LIMIT, per=PERIOD)

    def has_own_base_url(self) -> bool:
        """Return whether the base URL is one of ManageBac's."""
        root, _, _ = self.base_url.removesuffix("/").rpartition("/")
        return f"{root}/" in REGIONS.values()

    def url(self, call: Call[Any]) -> str:
        """Return the URL of ``call``, with the token if it is sent in the query."""
        return url_of(call, self.base_url, more=self.credentials.query())

    async def prepare(self) -> None:
        """Fetch a token if the current one has expired."""
        await self.credentials.prepare()

    def is_prepared(self) -> bool:
        """Return whether the token has not expired."""
        return self.credentials.is_fresh()

    def generation(self) -> int | None:
        """Return the number of the bearer token for the next attempt."""
        return self.credentials.generation()

    def expire(self, generation: int) -> None:
        """Renew the bearer token, which was refused, before the next attempt."""
        self.credentials.expire(generation)

    def auth_headers(self, method: str, url: str) -> AbstractContextManager[Mapping[str, str]]:
        """Return the headers of the credentials."""
        return nullcontext(self.credentials.headers())

    def reasons(self, call: Call[Any], payload: Any) -> Mapping[str, Any]:
        """Return the reasons in an error response by field name."""
        return reasons_of(call.body, payload)

    def is_empty(self, call: Call[Any], payload: dict[str, Any]) -> bool:
        """Return whether a response is ``{"meta": {"total_count": 0}}`` and nothing else."""
        meta = payload.get("meta")
        if payload.keys() != {"meta"} or not isinstance(meta, dict):
            return False
        return _number(meta.get("total_count", meta.get("total_pages"))) == 0

    def page(self, call: Call[Any], payload: Any) -> Page:
        """Return the rows, and the call for the next page from ``meta``.

        A page may have fewer rows than requested. Only ``meta`` tells whether it is the last page
        (vendor: "rely on meta of the response").
        """
        rows = _rows(call, payload)
        meta = payload.get("meta")
        if not isinstance(meta, dict):
            return Page(rows)
        total = _number(meta.get("total_count"))
        if rows and total == len(rows):
            return Page(rows, total=total)  # some lists return all rows, whatever page is requested
        current, last = _number(meta.get("current_page")), _number(meta.get("total_pages"))
        if meta.get("next_page") is None and (current is None or last is None or current >= last):
            return Page(rows, total=total)
        following = _number(meta.get("next_page")) or (current or 1) + 1
        return Page(rows, _at(call, following), total=total)

    def ahead(self, page: Page, payload: Any) -> Iterable[Call[Any]]:
        """Return the calls up to ``meta.total_pages``."""
        last = _number(payload["meta"].get("total_pages"))
        if page.next is None or last is None:
            return ()
        following = page.next
        return (_at(following, number) for number in range(_page_number(following), last + 1))

    def earlier(self, call: Call[Any], rows: int) -> Call[Any] | None:
        """Return the call for the page before; ``None`` on the first page."""
        number = _page_number(call)
        return _at(call, number - 1) if number > 1 else None


def _page_number(call: Call[Any]) -> int:
    return _number(dict(call.query).get("page")) or 1


def _at(call: Call[Any], number: int) -> Call[Any]:
    return attrs.evolve(call, query=replace_query(call.query, page=number))


def _rows(call: Call[Any], payload: Any) -> list[Any]:
    """Return the rows of a list. For students of a class, join the ids with the map of levels."""
    rows = payload[call.envelope_key]
    if not isinstance(rows, list):
        raise UnexpectedResponse(f"{call.envelope_key!r} is not a list", call=call)
    if call.envelope_key != "student_ids":
        return list(rows)
    levels = payload.get("student_levels")
    of = levels if isinstance(levels, dict) else {}
    return [{"id": known, "level": of.get(str(known))} for known in rows]


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
