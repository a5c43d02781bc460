"""Lists that are read in turn: each is begun while the list before is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

import pytest

from lms_async.errors import Forbidden, KindUnreadable, UnexpectedResponse
from lms_async.roster import Entry
from lms_async.roster.targets.listed import Listed, in_turn


class Vendor:
    """Lists of numbers, in pages of one row. It remembers what was requested and closed."""

    def __init__(self) -> None:
        self.requested: list[str] = []
        self.closed: list[str] = []

    def list(
        self,
        name: str,
        *,
        pages: int = 2,
        after: asyncio.Event | None = None,
        sets: asyncio.Event | None = None,
        error: Exception | None = None,
    ) -> Listed[str]:
        """Return a list of the kind ``name``.

        :param after: what the second page waits for.
        :param sets: what the request for the first page sets.
        :param error: raised instead of the first page.
        """

        async def read() -> AsyncGenerator[str, None]:
            try:
                for number in range(pages):
                    self.requested.append(f"{name} {number}")
                    if number and after is not None:
                        await after.wait()
                    if not number and sets is not None:
                        sets.set()
                    await asyncio.sleep(0)
                    if error is not None:
                        raise error
                    yield f"{name} {number}"
            finally:
                self.closed.append(name)

        def to_entries(page: str) -> Iterator[Entry]:
            yield Entry(kind=name, key=page, vendor_id=page)

        return Listed(name, read(), to_entries)


async def keys(*lists: Listed[str]) -> list[str]:
    async with asyncio.timeout(10):
        return [entry.key async for entry in in_turn(*lists)]


async def test_next_list_is_begun_while_a_list_is_read() -> None:
    vendor, begun = Vendor(), asyncio.Event()
    found = await keys(vendor.list("people", after=begun), vendor.list("sections", sets=begun))
    assert found == ["people 0", "people 1", "sections 0", "sections 1"]


async def test_only_one_list_is_begun() -> None:
    vendor = Vendor()
    async with aclosing(in_turn(*(vendor.list(kind) for kind in ("people", "terms", "x")))) as some:
        await anext(some)
        for _ in range(10):
            await asyncio.sleep(0)
    assert vendor.requested == ["people 0", "terms 0"]
    assert vendor.closed == ["terms", "people"]


async def test_blank_lists_are_no_end() -> None:
    vendor = Vendor()
    found = await keys(vendor.list("people", pages=0), vendor.list("sections", pages=1))
    assert found == ["sections 0"]


async def test_error_of_a_list_is_raised_at_its_turn() -> None:
    vendor = Vendor()
    refused = vendor.list("sections", error=Forbidden("no"))
    found = []
    with pytest.raises(KindUnreadable, match="may not read sections"):
        async for entry in in_turn(vendor.list("people", pages=9), refused):
            found.append(entry.key)  # noqa: PERF401 - the entries before the error are kept
    assert len(found) == 9


async def test_first_error_is_raised_if_two_lists_fail() -> None:
    vendor, begun = Vendor(), asyncio.Event()
    other = vendor.list("sections", sets=begun, error=UnexpectedResponse("odd"))
    with pytest.raises(KindUnreadable, match="may not read people"):
        await keys(vendor.list("people", error=Forbidden("no")), other)
    assert sorted(vendor.closed) == ["people", "sections"]
