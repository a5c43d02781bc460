"""Read the lists of an account one after the other, without a pause between two lists."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Generic, TypeVar

import attrs

from ..entries import Entry
from .permissions import naming_kind
from .started import started

T = TypeVar("T")


@attrs.frozen
class Listed(Generic[T]):
    """A list of records, and how each of its pages becomes entries.

    :param kind: the kind that can't be planned if the account may not read the list.
    :param to_entries: it is called with the pages in order, after all lists before were read.
    """

    kind: str
    pages: AsyncGenerator[T, None]
    to_entries: Callable[[T], Iterable[Entry]]


async def in_turn(first: Listed[T], *others: Listed[T]) -> AsyncGenerator[Entry, None]:
    """Yield the entries of each list, in order.

    The next list is begun while a list is read. Otherwise no request would be sent from the last
    requests of a list to the response with the first page of the next one. Only one list is begun,
    because its pages wait in memory.

    :raises KindUnreadable: the account may not read a list.
    :raises LmsError: a list can't be read.
    """
    async with AsyncExitStack() as stack:
        begun = await stack.enter_async_context(_begun(first.pages))
        for one, following in zip((first, *others), (*others, None), strict=True):
            pages = begun
            if following is not None:
                begun = await stack.enter_async_context(_begun(following.pages))
            with naming_kind(one.kind):
                async for page in pages:
                    for entry in one.to_entries(page):
                        yield entry


@asynccontextmanager
async def _begun(pages: AsyncGenerator[T, None]) -> AsyncIterator[AsyncIterator[T]]:
    """Request the first page now, and provide all pages. They are closed when the block ends."""

    async def first() -> list[T]:
        async for page in pages:
            return [page]
        return []

    async def every() -> AsyncGenerator[T, None]:
        for page in await reading:
            yield page
        async for page in pages:
            yield page

    async with aclosing(pages), started(first()) as reading, aclosing(every()) as provided:
        yield provided
