"""Walk through a list page by page, so that no row is missed and none is returned twice.

The walk relies on one fact: the rows that are in a list all the time keep their order. So if a page
has a row that was seen before, nothing is missing between the rows seen so far and that page. That
holds no matter when the page was fetched, and so for pages that were fetched side by side.

- In a list by offset, each page begins at the last row of the page before. If the first row of a
  page was not seen before, the list has shifted. The walk steps back until the pages overlap again.
- Pages by number can't overlap. If the vendor says how many rows the list has, and that number
  changes between two pages, the list has shifted. The walk steps back to the page before.

A page that did not join is held. The walk returns to it as soon as it has re-read what was missing,
and continues with the pages that are already on their way. If that does not help, it reads one page
after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Hashable
from typing import Any

import attrs

from ..errors import LmsError, UnexpectedResponse
from .ahead import Ahead
from .call import Call
from .transport import Transport
from .urls import Query
from .vendor import Page

#: How many times the walk may step back from one page whose number of rows changes. After that, the
#: vendor's totals are not used.
_MOST_TOTALS = 5
#: How many steps back in a row may be made. After that, the list changes too fast to be read.
_MOST_STEPS_BACK = 100
#: How many pages in a row may have no new row with an id. After that, the list seems endless.
_MOST_IDLE = 1000
#: How many pages may be read before the walk returns to a page that is held.
_LONGEST_DETOUR = 3
#: How many times the calls of the other pages may be wrong. After that, they are not used.
_MOST_WRONG_PLANS = 3


@attrs.frozen
class _Fetched:
    """A page that was fetched."""

    call: Call[Any]
    payload: Any = attrs.field(repr=False)
    page: Page
    ids: list[Hashable | None] = attrs.field(repr=False)

    @property
    def key(self) -> tuple[str, Query]:
        return _key(self.call)


class Walk:
    """One reading of a list.

    :param perhaps_unpaged: see :class:`~lms_async.http.pages.Pages`.
    """

    def __init__(self, transport: Transport, *, perhaps_unpaged: bool) -> None:
        self._transport = transport
        self._vendor = transport.vendor
        self._perhaps_unpaged = perhaps_unpaged
        self._ahead = Ahead(transport)
        self._plans_left = _MOST_WRONG_PLANS if transport.reads_ahead and not perhaps_unpaged else 0
        self._seen: set[Hashable | None] = set()
        #: The calls since the last new row.
        self._idle_calls: set[tuple[str, Query]] = set()
        #: The last page that had rows.
        self._last: _Fetched | None = None
        self._held: _Fetched | None = None
        self._detour = self._steps = self._idle = 0
        self._guessed: list[Any] = []
        self._trusts_totals = True
        self._stepped_back_from: Counter[tuple[str, Query]] = Counter()

    async def pages(self, first: Call[Any]) -> AsyncGenerator[list[Any], None]:
        """Yield the rows of each page that were not seen before."""
        call: Call[Any] | None = first
        try:
            while call is not None:
                got = await self._on_its_way(call)
                if got is None:
                    got = await self._requested(call)
                    if got.page.rows and got.page.rows == self._guessed:
                        if self._perhaps_unpaged:
                            return
                        # The vendor ignores the offset. There may be more rows that we can't read.
                        # After one page without new rows, a row may also have been added before it.
                        if self._idle != 1 or None in got.ids:
                            raise _endless(got.call)
                    got = await self._joined(got)
                self._guessed = got.page.rows if got.page.guessed else []
                known = len(self._seen)
                yield fresh(got.page.rows, got.ids, self._seen)
                self._check_progress(got, len(self._seen) > known)
                if got.page.rows:
                    self._last = got
                self._plan(got)
                call = got.page.next
        finally:
            self._ahead.drop()

    # -- the next page

    async def _requested(self, call: Call[Any]) -> _Fetched:
        """Return the page of ``call``, which may be on its way already."""
        head = self._ahead.head
        if self._held is None and head is not None and _key(head) == _key(call):
            return self._fetched(call, await self._ahead.take())
        return await self._fetch(call)

    async def _on_its_way(self, call: Call[Any]) -> _Fetched | None:
        """Return a page that was not fetched for ``call``, but continues the rows so far."""
        if self._held is not None:
            return self._rejoined(self._held, call)
        head = self._ahead.head
        if head is None or _key(head) == _key(call):
            return None
        if self._last is None or not self._last.page.overlaps:
            self._drop_plan()
            return None
        # The page before is shorter than expected. The page on its way may still overlap.
        try:
            got = self._fetched(head, await self._ahead.take())
        except LmsError:
            self._drop_plan()
            return None
        if self._reaches(got, call):
            return got
        self._held, self._detour = got, 0
        return None

    def _rejoined(self, held: _Fetched, call: Call[Any]) -> _Fetched | None:
        """Return the page that is held, if it continues the rows so far."""
        if self._reaches(held, call):
            self._held = None
            return held
        self._detour += 1
        if held.key == _key(call):
            self._held = None
        elif self._detour > _LONGEST_DETOUR:
            self._held = None
            self._drop_plan()
        return None

    def _reaches(self, got: _Fetched, call: Call[Any]) -> bool:
        """Return whether nothing is missing between the rows seen so far and those of ``got``."""
        if not self._seen.isdisjoint(got.ids):
            return True
        total = got.page.total
        is_next = got.key == _key(call) and self._last is not None
        return is_next and total is not None and total == self._last.page.total  # type: ignore[union-attr]

    async def _fetch(self, call: Call[Any]) -> _Fetched:
        payload, _ = await self._transport.fetch(call)
        return self._fetched(call, payload)

    def _fetched(self, call: Call[Any], payload: Any) -> _Fetched:
        page = self._vendor.page(call, payload)
        ids = list(map(self._vendor.identity, page.rows))
        return _Fetched(call, payload, page, ids)

    # -- shifts

    async def _joined(self, got: _Fetched) -> _Fetched:
        """Return ``got`` if nothing is missing before it, otherwise an earlier page.

        :raises UnexpectedResponse: too many steps back in a row.
        """
        if self._continues(got):
            return got
        by_number = self._last is None or not self._last.page.overlaps
        if by_number:
            self._stepped_back_from[got.key] += 1
            if self._stepped_back_from[got.key] > _MOST_TOTALS:
                return self._without_totals(got)
        back = max(1, len(self._last.page.rows) // 4) if self._last else 1
        earlier = got
        while (call := self._vendor.earlier(earlier.call, back)) is not None:
            self._steps, back = self._steps + 1, back * 2
            if self._steps > _MOST_STEPS_BACK:
                if by_number:
                    return self._without_totals(got)
                raise UnexpectedResponse("the list changes faster than it can be read", call=call)
            self._held, self._detour = got, 0
            earlier = await self._fetch(call)
            # An equal total proves nothing here: the list has changed since the last page.
            if not self._seen.isdisjoint(earlier.ids):
                break
        return earlier

    def _continues(self, got: _Fetched) -> bool:
        last, rows = self._last, got.page.rows
        if last is None:
            return True
        if last.page.overlaps:
            # An empty page that names a next one is skipped. At the end it means a shorter list.
            return got.ids[0] in self._seen if rows else got.page.next is not None
        if not self._trusts_totals or None in (last.page.total, got.page.total) or None in last.ids:
            return True
        return got.page.total == last.page.total or not self._seen.isdisjoint(got.ids)

    def _without_totals(self, got: _Fetched) -> _Fetched:
        """Continue as if the vendor did not say how many rows there are."""
        self._trusts_totals = False
        self._plans_left = 0
        self._held = None
        self._ahead.drop()
        return got

    def _check_progress(self, got: _Fetched, has_new: bool) -> None:
        if has_new:
            self._steps = self._idle = 0
            self._idle_calls.clear()
            return
        self._idle += 1
        self._idle_calls.add(got.key)
        following = got.page.next
        again = not self._steps and following is not None and _key(following) in self._idle_calls
        if again or self._idle > _MOST_IDLE:
            raise _endless(got.call)

    # -- pages side by side

    def _plan(self, got: _Fetched) -> None:
        page = got.page
        if self._held is not None or self._ahead.head is not None or page.next is None:
            return
        # Otherwise a shift could not be found.
        finds_shifts = page.overlaps or (page.total is not None and None not in got.ids)
        if self._plans_left and finds_shifts:
            self._ahead.plan(self._vendor.ahead(page, got.payload))

    def _drop_plan(self) -> None:
        self._plans_left -= 1
        self._ahead.drop()


def _key(call: Call[Any]) -> tuple[str, Query]:
    return (call.path, call.query)


def _endless(call: Call[Any]) -> UnexpectedResponse:
    return UnexpectedResponse("the list does not come to an end", call=call)


def fresh(
    rows: list[Any], identities: list[Hashable | None], seen: set[Hashable | None]
) -> list[Any]:
    """Return the rows that were not seen before or have no identity, and mark them as seen."""
    if identities and identities[0] in seen:  # the page overlaps the one before
        rows, identities = rows[1:], identities[1:]
    new = set(identities)
    if len(new) == len(identities) and None not in new and new.isdisjoint(seen):
        seen |= new
        return rows
    kept = []
    for row, identity in zip(rows, identities, strict=True):
        if identity is None or identity not in seen:
            kept.append(row)
        if identity is not None:
            seen.add(identity)
    return kept
