"""Lists of the vendor, read page by page to their end.

``await pages`` returns all rows, ``async for row in pages`` streams them, and ``async for page in
pages.pages()`` yields one page at a time. The next page is fetched while the last one is in use. No
row is returned twice. Where the vendor lists by offset, no row is missed if rows are added or
removed during reading. Rows can be missed in a list by page numbers, and in a list whose order
changes during reading.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Hashable, Sequence
from contextlib import aclosing
from typing import Any, Generic, TypeVar

import attrs

from ..errors import UnexpectedResponse
from .call import Call
from .prefetch import prefetch
from .transport import Transport
from .urls import Query

T = TypeVar("T")

#: How many pages are fetched before the reader asks for them.
_PREFETCHED_PAGES = 2
#: How many steps back in a row may be made. After that, the list changes too fast to be read.
_MOST_STEPS_BACK = 100
#: How many pages in a row may have no new row with an id. After that, the list seems endless.
_MOST_IDLE = 1000


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
            raw_pages = _raw_pages(self._transport, call, perhaps_unpaged=self._perhaps_unpaged)
            async with aclosing(raw_pages) as raw:
                async for rows in raw:
                    if self._more:  # two calls may return the same record, e.g. for "S1" and "s1"
                        identities = list(map(self._transport.vendor.identity, rows))
                        rows = _fresh(rows, identities, yielded)
                    if rows:
                        yield self._transport.decode(rows_only, rows)


async def _raw_pages(
    transport: Transport, first: Call[Any], *, perhaps_unpaged: bool
) -> AsyncGenerator[list[Any], None]:
    """Yield the rows of one page after the other, without rows that were seen before.

    Where the vendor lists by offset, each page begins at the last row of the page before. If its
    first row was not seen before, earlier rows were removed and the list has shifted. Rows in
    between were missed, so we step back until the pages overlap again. If rows were added earlier
    in the list, rows that were seen come again and are dropped.
    """
    vendor = transport.vendor
    seen: set[Hashable | None] = set()
    requested: set[tuple[str, Query]] = set()
    call: Call[Any] | None = first
    must_join = False
    back, steps, idle = 1, 0, 0
    guessed: list[Any] = []
    while call is not None:
        requested.add((call.path, call.query))
        payload, _ = await transport.fetch(call)
        page = vendor.page(call, payload)
        if page.rows and page.rows == guessed:
            if perhaps_unpaged:
                return
            # The vendor ignores the offset, so we can't tell whether there are more rows.
            raise UnexpectedResponse("the list does not come to an end", call=call)
        guessed = page.rows if page.guessed else []
        identities = list(map(vendor.identity, page.rows))
        joins = page.rows and identities[0] in seen
        # An empty page that names a next one is skipped. At the end it means a shorter list.
        if must_join and not joins and (page.rows or page.next is None):
            earlier = vendor.earlier(call, back)
            if earlier is not None:
                call, back, steps = earlier, back * 2, steps + 1
                if steps > _MOST_STEPS_BACK:
                    raise UnexpectedResponse(
                        "the list changes faster than it can be read", call=call
                    )
                continue
        known = len(seen)
        yield _fresh(page.rows, identities, seen)
        if len(seen) > known:
            steps = idle = 0
        else:
            idle += 1
            again = page.next is not None and (page.next.path, page.next.query) in requested
            if again or idle > _MOST_IDLE:
                raise UnexpectedResponse("the list does not come to an end", call=call)
        if page.rows:
            must_join, back = page.overlaps, max(1, len(page.rows) // 4)
        call = page.next


def _fresh(
    rows: list[Any], identities: list[Hashable | None], seen: set[Hashable | None]
) -> list[Any]:
    """Return the rows that were not seen before or have no identity, and mark them as seen."""
    if identities and identities[0] in seen:  # the page overlaps the one before
        rows, identities = rows[1:], identities[1:]
    new = set(identities)
    if len(new) == len(identities) and None not in new and new.isdisjoint(seen):
        seen |= new
        return rows
    fresh = []
    for row, identity in zip(rows, identities, strict=True):
        if identity is None or identity not in seen:
            fresh.append(row)
        if identity is not None:
            seen.add(identity)
    return fresh
