"""The handful of things in which vendors differ.

A vendor package implements :class:`Vendor`; nothing else of it is known here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import attrs
from cattrs import Converter

from .call import Call
from .limit import Limiter


@attrs.frozen
class Answer:
    """What came back: status, headers (names in lower case), body, and the attempts it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)
    attempts: int = 1


@attrs.frozen
class Page:
    """One page of a list, as rows not yet decoded, and the call for the next one.

    ``overlaps``: ``next`` begins at this page's last row, so that its first row must be one that
    was read before, or the list has shifted meanwhile.
    """

    rows: list[Any] = attrs.field(repr=False)
    next: Call[Any] | None = None
    overlaps: bool = False


class Vendor(Protocol):
    """What the transport, the pages and the bulk need to know of a vendor."""

    @property
    def name(self) -> str:
        """The vendor's name, for messages."""

    @property
    def base_url(self) -> str:
        """Scheme, host and base path; ends in ``/``."""

    @property
    def scope(self) -> Hashable:
        """What the vendor counts requests by: clients of one scope share their limiter."""

    @property
    def converter(self) -> Converter:
        """The converter of the vendor's models."""

    def default_limiter(self) -> Limiter:
        """A limiter that is safe for this vendor, used where the caller gives none."""

    def signed(self, method: str, url: str) -> AbstractAsyncContextManager[Mapping[str, str]]:
        """Headers that authorise this one attempt; the context ends when its answer begins."""

    def check(self, call: Call[Any], answer: Answer) -> Any:
        """The payload of a success; otherwise the error is raised."""

    def page(self, call: Call[Any], payload: Any) -> Page:
        """The rows of a list's payload, and the call for the next page."""

    def identity(self, row: Any) -> Hashable | None:
        """What tells a list's rows apart, so that none is given twice; ``None`` if nothing does."""

    def earlier(self, call: Call[Any], rows: int) -> Call[Any] | None:
        """The call for a page that begins ``rows`` further to the front, or at the beginning.

        ``None`` where the list can't be read so, or where the page is its beginning already.
        """
