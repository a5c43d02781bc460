"""Lists of the vendor, read page by page to their end.

``await pages`` returns all rows, ``async for row in pages`` streams them, and ``async for page in
pages.pages()`` yields one page at a time. The next pages are fetched while the last one is in use,
side by side if the vendor says how long the list is. Rows come in the order of the list. No row is
returned twice.

If rows are added or removed during reading, no row is missed that was in the list all the time.
There are these exceptions:

- a list whose order changes, or whose rows have no ids
- a list by page numbers that keeps its length, because between the requests for two neighboring
  pages as many rows are added as removed
- a list by page numbers whose length changes again whenever the same page is read again, five times
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Hashable, Sequence
from contextlib import aclosing
from typing import Any, Generic, TypeVar

import attrs

from .call import Call
from .prefetch import prefetch
from .transport import Transport
from .walk import Walk, fresh

T = TypeVar("T")

#: How many pages are decoded before the reader asks for them.
_PREFETCHED_PAGES = 2


class Pages(Generic[T]):
    """A list of ``T`` that the vendor returns in pages. It may be read more than once.

    :param call: the request for the first page.
    :param row: the type of a row.
    :param more: further calls, whose rows follow the rows of ``call``, for a filter with more ids
        than one URL can hold.
    :param perhaps_unpaged: whether the vendor may return the whole list for every page. If so, a
        page that equals the page before ends the list. Otherwise such a page is an error.
    :raises LmsError: while the list is read, see :mod:`lms_async.errors`.
    """

    def __init__(
        self,
        transport: Transport,
        call: Call[list[T]],
        row: type[T],
        *,
        more: Sequence[Call[list[T]]] = (),
        perhaps_unpaged: bool = False,
    ) -> None:
        self._transport = transport
        self._call = call
        self._more = tuple(more)
        self._perhaps_unpaged = perhaps_unpaged
        self._row = row

    def __repr__(self) -> str:
        return f"<Pages of {self._row.__name__}: {self._call}>"

    def __await__(self) -> Generator[Any, None, list[T]]:
        return self._everything().__await__()

    async def _everything(self) -> list[T]:
        async with aclosing(self.pages()) as pages:
            return [row async for page in pages for row in page]

    async def __aiter__(self) -> AsyncIterator[T]:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for row in page:
                    yield row

    async def pages(self) -> AsyncGenerator[list[T], None]:
        """Yield each page as a list, without rows that were on an earlier page."""
        async with aclosing(prefetch(self._fetched(), _PREFETCHED_PAGES)) as pages:
            async for page in pages:
                yield page

    async def _fetched(self) -> AsyncGenerator[list[T], None]:
        # Pages are decoded as soon as they arrive, while they are in the processor's cache.
        rows_only = attrs.evolve(self._call, envelope_key=None)
        yielded: set[Hashable | None] = set()
        for call in (self._call, *self._more):
            walk = Walk(self._transport, perhaps_unpaged=self._perhaps_unpaged)
            async with aclosing(walk.pages(call)) as raw:
                async for rows in raw:
                    if self._more:  # two calls may return the same record, e.g. for "S1" and "s1"
                        identities = list(map(self._transport.vendor.identity, rows))
                        rows = fresh(rows, identities, yielded)
                    if rows:
                        yield self._transport.decode(rows_only, rows)
