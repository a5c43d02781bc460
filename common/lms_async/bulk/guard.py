"""Limit what one call may remove: a wrong list must not empty a school."""

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
    """How many records one call may remove.

    :param max_removals: a number, e.g. ``500``; or a share of the existing records, e.g. ``"5%"``.
        For a share, the vendor is asked how many records exist; the share is rounded down, so a
        small share of a few records allows none.
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
        """Check that ``removals`` records may be removed.

        :param there: counts the existing records; called only if the guard is a share.
        :raises InvalidInput: they are too many; nothing was sent.
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
    items: Iterable[R] | AsyncIterable[R],
    guard: Guard,
    there: Callable[[], Awaitable[int]],
    *,
    removes: Callable[[R], bool] = lambda item: True,
) -> AsyncIterator[R]:
    """Give ``items``, after all of them were taken and counted.

    :param removes: whether an item is a removal, and so counts.
    :raises InvalidInput: ``items`` are not rows, or ``guard`` is not a Guard; while reading, if
        there are more items than the guard allows.
    """
    check_input(items)
    if not isinstance(guard, Guard):
        raise InvalidInput('a guard is given as Guard(500) or Guard("5%")')
    return _counted(items, guard, there, removes)


async def _counted(
    items: Iterable[R] | AsyncIterable[R],
    guard: Guard,
    there: Callable[[], Awaitable[int]],
    removes: Callable[[R], bool],
) -> AsyncIterator[R]:
    taken = [item async for item in items] if isinstance(items, AsyncIterable) else list(items)
    await guard.allow(sum(map(removes, taken)), there)
    for item in taken:
        yield item
