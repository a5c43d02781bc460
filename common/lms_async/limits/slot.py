"""A slot: the right to send one request, and the three ways in which it ends."""

from __future__ import annotations

import asyncio
from typing import Protocol, cast, runtime_checkable


class Slot(Protocol):
    """The right to send one request now.

    The slots of your own limiter need only ``answered``. The slots of this package's limiters also
    have the methods of :class:`FullSlot`.
    """

    def answered(self) -> None:
        """Record that the request has arrived, because the response's status line came.

        Further calls of this or of any other method do nothing.
        """


class FullSlot(Slot, Protocol):
    """A slot that distinguishes the three ways in which a request ends."""

    def unused(self) -> None:
        """Free the slot at once, because no request was sent with it."""

    def abandoned(self, seconds: float) -> None:
        """Keep the slot busy, because the request was sent and no response came.

        :param seconds: from now; how long the request may still take to arrive at the server.
        """


@runtime_checkable
class LeasedSlot(FullSlot, Protocol):
    """A slot that others get after some time if no request is sent with it."""

    @property
    def is_lost(self) -> bool:
        """Whether it is too late to send a request. Call ``unused`` then."""

    def keep(self) -> None:
        """Prolong the time, while the call waits for a slot of another limiter."""


class _AnsweredOnly:
    """Adds the other methods to a slot that has only ``answered``.

    An abandoned request counts as answered when it can't arrive any more.
    """

    __slots__ = ("_slot",)

    def __init__(self, slot: Slot) -> None:
        self._slot: Slot | None = slot

    def answered(self) -> None:
        slot, self._slot = self._slot, None
        if slot is not None:
            slot.answered()

    unused = answered

    def abandoned(self, seconds: float) -> None:
        slot, self._slot = self._slot, None
        if slot is None:
            return
        try:
            asyncio.get_running_loop().call_later(seconds, slot.answered)
        except RuntimeError:  # the event loop has ended, so no timer can be set
            slot.answered()


def full_slot(slot: Slot) -> FullSlot:
    """Return ``slot`` with all methods, also if it has only ``answered``."""
    if hasattr(slot, "abandoned") and hasattr(slot, "unused"):
        return cast("FullSlot", slot)
    return _AnsweredOnly(slot)
