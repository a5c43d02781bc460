"""How Acme's API works: a token in a header, 20 requests per second, pages linked by ``next``."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import attrs
from cattrs import Converter

from lms_async.vendor_kit import Call, Limiter, Page, Sealed, Vendor, Window, replace_query

from .models import converter

LIMIT, PERIOD = 20, 1.0


@attrs.frozen
class AcmeVendor(Vendor):
    """Acme's authentication, paging and rate limit."""

    name: ClassVar[str] = "Acme"
    hints: ClassVar[Mapping[int, str]] = {401: "check the token"}

    base_url: str
    token: Sealed[str]
    scope: Hashable = attrs.field(repr=False)
    converter: Converter = attrs.field(default=converter, repr=False)

    def default_limiter(self) -> Limiter:
        """Return a limit of 20 requests per second and token."""
        return Window(LIMIT, per=PERIOD)

    def auth_headers(self, method: str, url: str) -> AbstractContextManager[Mapping[str, str]]:
        """Send the token with each request."""
        return nullcontext({"X-Token": self.token.reveal()})

    def page(self, call: Call[Any], payload: Any) -> Page:
        """Return the rows of a page, and the call for the page that ``next`` names."""
        rows = payload[call.envelope_key]
        if payload.get("next") is None:
            return Page(rows)
        query = replace_query(call.query, start=payload["next"])
        return Page(rows, attrs.evolve(call, query=query))
