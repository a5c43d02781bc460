"""A vendor without sockets that has one list, and answers requests in an order that a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from types import SimpleNamespace
from typing import Any

from lms_async.http.call import Call
from lms_async.http.pages import Pages
from lms_async.http.vendor import Page

#: Changes what the vendor says about a page: gets its rows, whether it is the last, and the total.
Lie = Callable[[int, list[Any], bool, int], tuple[list[Any], bool, int | None]]


class VirtualList:
    """A list of ids, by offset with overlapping pages, or by page numbers.

    It has the parts of a transport and of a vendor that :class:`Pages` uses.

    :param size: rows per page.
    :param width: how many requests may be in flight.
    :param lie: changes a page. Its first argument is the offset.
    """

    def __init__(
        self,
        ids: Iterable[int],
        *,
        size: int,
        width: int,
        by_number: bool,
        reads_ahead: bool = True,
        lie: Lie | None = None,
    ) -> None:
        self.ids = list(ids)
        self.size, self.width, self.by_number = size, width, by_number
        self.reads_ahead = reads_ahead
        self.waiting: list[tuple[Call[Any], asyncio.Future[Any]]] = []
        self.asked: list[int] = []
        self.most_in_flight = 0
        self.broken: dict[int, Exception] = {}
        self._lie = lie
        self.vendor = SimpleNamespace(
            page=self._page, identity=lambda row: row, earlier=self._earlier, ahead=self._ahead
        )

    def pages(self) -> Pages[Any]:
        return Pages(self, self._to(0), int)  # type: ignore[arg-type]

    # -- the transport

    async def fetch(self, call: Call[Any]) -> tuple[Any, int]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting.append((call, answer))
        self.most_in_flight = max(self.most_in_flight, len(self.waiting))
        self.asked.append(self._at(call))
        try:
            return await answer, 1
        finally:
            self.waiting = [one for one in self.waiting if one[1] is not answer]

    def decode(self, call: Call[Any], rows: Any) -> Any:
        return rows

    def answer(self, place: int) -> None:
        """Answer the request at ``place`` of those that wait, with the rows of this moment."""
        call, answer = self.waiting.pop(place)
        if answer.done():
            return
        at = self._at(call)
        if at in self.broken:
            answer.set_exception(self.broken[at])
            return
        start = at * self.size if self.by_number else at
        rows = self.ids[start : start + self.size]
        said = rows, start + len(rows) >= len(self.ids), len(self.ids)
        answer.set_result(self._lie(start, *said) if self._lie else said)

    # -- the vendor

    def _page(self, call: Call[Any], payload: Any) -> Page:
        rows, is_last, total = payload
        at = self._at(call)
        if self.by_number:
            return Page(rows, None if is_last else self._to(at + 1), total=total)
        if is_last:
            return Page(rows)
        overlaps = len(rows) > 1
        return Page(rows, self._to(at + max(len(rows), 1) - overlaps), overlaps=overlaps)

    def _ahead(self, page: Page, payload: Any) -> Iterable[Call[Any]]:
        total = payload[2]
        assert page.next is not None
        first = self._at(page.next)
        if self.by_number:
            return map(self._to, range(first, -(-total // self.size)))
        step = len(page.rows) - 1
        return map(self._to, range(first, total - 1, step)) if page.overlaps else ()

    def _earlier(self, call: Call[Any], rows: int) -> Call[Any] | None:
        at = self._at(call)
        return self._to(max(0, at - (1 if self.by_number else rows))) if at else None

    @staticmethod
    def _at(call: Call[Any]) -> int:
        return int(dict(call.query)["at"])

    @staticmethod
    def _to(at: int) -> Call[Any]:
        return Call("GET", "rows", query=(("at", str(at)),))


async def read(source: VirtualList, step: Callable[[], None]) -> list[int]:
    """Read the whole list. ``step`` is called whenever the reader can't go on by itself."""

    async def everything() -> Any:
        return await source.pages()

    reading = asyncio.create_task(everything())
    try:
        while not await _is_done(reading):
            step()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    rows: list[int] = await reading
    return rows


async def _is_done(reading: Awaitable[Any]) -> bool:
    for _ in range(12):  # enough for the reader's tasks to come to a halt
        await asyncio.sleep(0)
    return asyncio.ensure_future(reading).done()
