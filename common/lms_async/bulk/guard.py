"""A limit to what may be removed at once: a list that is wrong should not empty a school."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

import attrs

from ..errors import InvalidInput
from .rows import check_input

R = TypeVar("R")

_SHARE = re.compile(r" *(\d{1,3}(?:\.\d{1,6})?) *% *", re.ASCII)


@attrs.frozen
class Guard:
    """How many may be removed by one call.

    :param max_removals: a number, e.g. ``500``; or a share of what is there, e.g. ``"5%"``, for
        which the vendor is asked how many there are; rounded down, so that a small share of a few
        allows none.
    :raises InvalidInput: it is neither.
    """

    max_removals: int | str

    def __attrs_post_init__(self) -> None:
        given = self.max_removals
        if isinstance(given, str):
            share = _SHARE.fullmatch(given)
            sound = share is not None and float(share[1]) <= 100
        else:
            sound = isinstance(given, int) and not isinstance(given, bool) and given >= 0
        if not sound:
            raise InvalidInput('a guard is a whole number, or a share up to 100%, such as "5%"')

    async def allow(self, removals: int, there: Callable[[], Awaitable[int]]) -> None:
        """Do nothing, if so many may be removed.

        :param there: tells how many there are; asked only where a share is to be kept.
        :raises InvalidInput: it would be too many; nothing was sent.
        """
        if not removals:
            return
        most, of = self.max_removals, ""
        if isinstance(most, str):
            count = await there()
            whole, _, part = most.strip(" %").partition(".")
            most = count * int(whole + part) // (100 * 10 ** len(part))
            of = f", {self.max_removals} of {count}"
        if removals > most:
            raise InvalidInput(
                f"{removals} would be removed, and the guard allows {most}{of}",
                hint="if that is meant, give a wider guard=Guard(…)",
            )


def guarded(
    items: Iterable[R] | AsyncIterable[R], guard: Guard, there: Callable[[], Awaitable[int]]
) -> AsyncIterator[R]:
    """``items``, all of which are taken before the first one is given: they are to be counted.

    :raises InvalidInput: they are no rows, or it is no guard; and when they are read, for more than
        it allows.
    """
    check_input(items)
    if not isinstance(guard, Guard):
        raise InvalidInput('a guard is given as Guard(500) or Guard("5%")')
    return _counted(items, guard, there)


async def _counted(
    items: Iterable[R] | AsyncIterable[R], guard: Guard, there: Callable[[], Awaitable[int]]
) -> AsyncIterator[R]:
    taken = [item async for item in items] if isinstance(items, AsyncIterable) else list(items)
    await guard.allow(len(taken), there)
    for item in taken:
        yield item
