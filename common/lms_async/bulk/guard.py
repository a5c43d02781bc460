"""Limit how many records one call may remove, so that a wrong list does not empty a school."""

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
        For a share, the existing records are counted first. The share is rounded down, so a small
        share of a few records allows no removal.
    :raises InvalidInput: ``max_removals`` is neither.
    """

    max_removals: int | str

    def __attrs_post_init__(self) -> None:
        most = self.max_removals
        if isinstance(most, str):
            share = _SHARE.fullmatch(most)
            valid = share is not None and float(share[1]) <= 100
        else:
            valid = isinstance(most, int) and not isinstance(most, bool) and most >= 0
        if not valid:
            raise InvalidInput('a guard is a whole number, or a share up to 100%, such as "5%"')

    async def allow(self, removals: int, count_existing: Callable[[], Awaitable[int]]) -> None:
        """Check that ``removals`` records may be removed.

        :param count_existing: counts the existing records; called only if the guard is a share.
        :raises InvalidInput: there are too many; nothing was sent.
        """
        if not removals:
            return
        most, of = self.max_removals, ""
        if isinstance(most, str):
            count = await count_existing()
            whole, _, part = most.strip(" %").partition(".")
            most = count * int(whole + part) // (100 * 10 ** len(part))
            of = f", {self.max_removals} of {count}"
        if removals > most:
            raise InvalidInput(
                f"{removals} would be removed, and the guard allows {most}{of}",
                hint="if this is intended, pass a larger guard=Guard(…)",
            )


def check_guard(guard: object) -> None:
    """Check the type of a ``guard`` argument.

    :raises InvalidInput: it is not a :class:`Guard`.
    """
    if not isinstance(guard, Guard):
        raise InvalidInput('guard must be a Guard, such as Guard(500) or Guard("5%")')


def guarded(
    items: Iterable[R] | AsyncIterable[R],
    guard: Guard,
    count_existing: Callable[[], Awaitable[int]],
    *,
    removes: Callable[[R], bool] = lambda item: True,
) -> AsyncIterator[R]:
    """Read and count all ``items``, and then yield them if ``guard`` allows so many.

    :param removes: returns whether an item is a removal. Only removals are counted.
    :raises InvalidInput: ``items`` are not rows, or ``guard`` is not a Guard. The iterator raises
        it too, if there are more removals than the guard allows.
    """
    check_input(items)
    check_guard(guard)
    return _counted(items, guard, count_existing, removes)


async def _counted(
    items: Iterable[R] | AsyncIterable[R],
    guard: Guard,
    count_existing: Callable[[], Awaitable[int]],
    removes: Callable[[R], bool],
) -> AsyncIterator[R]:
    read = [item async for item in items] if isinstance(items, AsyncIterable) else list(items)
    await guard.allow(sum(map(removes, read)), count_existing)
    for item in read:
        yield item
