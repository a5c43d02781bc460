"""Keeping a vendor's limit, exactly.

A vendor counts arrivals, and a request arrives at some moment between its departure and its answer.
So a slot of a :class:`Window` is busy from the departure until one period after the answer: its
next user departs, and so arrives, at least one period after the last one arrived. No jitter and no
kind of window that a server may keep can lead to a refusal. The price is that at most
``per / (per + latency)`` of the budget is used.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Hashable
from math import inf
from typing import Literal, Protocol
from weakref import WeakKeyDictionary

from .errors import ClientUnusable


#: Who goes first: a call that somebody waits for, or all others.
Priority = Literal["normal", "interactive"]


class Slot(Protocol):
    """The right to send one request now."""

    def answered(self) -> None:
        """To be called when the status line is in, or when the attempt is known to have failed.

        Further calls do nothing.
        """


class Limiter(Protocol):
    """What the transport asks before each attempt."""

    async def acquire(
        self, *, weight: int = 1, priority: Priority = "normal", patience: float = inf
    ) -> Slot:
        """Wait until one request may depart.

        :param weight: how much of the limit it uses, at least 1.
        :param priority: ``interactive`` goes before ``normal``, which keeps a share.
        :param patience: the longest pause, in seconds, that the caller would wait out.
        :raises InvalidInput: at once, for a weight above the limit.
        :raises RateLimited: at once, for a pause that lasts longer than ``patience``, whether it
            is found or comes while the caller waits.
        """

    def pause(self, seconds: float) -> None:
        """Let nobody depart for ``seconds`` from now; never shortens an earlier pause."""

    def pause_left(self) -> float:
        """Seconds until the pause is over; 0 without one."""


class _Book:
    """The slots of one window: how many are out, and when those that came back are free again."""

    def __init__(self, limit: int, per: float) -> None:
        self.limit = limit
        self.per = per
        self.out = 0
        self.free_at: deque[float] = deque()

    def is_free(self, now: float) -> bool:
        while self.free_at and self.free_at[0] <= now:
            self.free_at.popleft()
        return self.out + len(self.free_at) < self.limit

    def depart(self) -> None:
        self.out += 1

    def answered(self, now: float) -> None:
        self.out -= 1
        self.free_at.append(now + self.per)


class _WindowSlot:
    __slots__ = ("_window",)

    def __init__(self, window: Window) -> None:
        self._window: Window | None = window

    def answered(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            window._answered()


class Window:
    """At most ``limit`` arrivals at the server in any ``per`` seconds; first come, first served.

    ``Window(15, per=5)`` is one limit; :meth:`together` holds several at once. A window belongs to
    the event loop that it is first used on. Waiting costs one timer for all waiters, and a
    cancelled waiter loses no slot.

    :param limit: requests, at least 1.
    :param per: seconds, above 0.
    """

    def __init__(self, limit: int, *, per: float) -> None:
        if limit < 1 or per <= 0:
            raise ValueError("a window needs limit >= 1 and per > 0 (seconds)")
        self._books: tuple[_Book, ...] = (_Book(limit, per),)
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._paused_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid: int | None = None

    @classmethod
    def together(cls, *windows: Window) -> Window:
        """A window that lets a request go when every one of ``windows`` would, e.g. 15 in 5 s and
        1,000 in an hour. The given windows serve as descriptions and are not used themselves."""
        if not windows:
            raise ValueError("at least one window")
        first, *others = (book for window in windows for book in window._books)
        joined = cls(first.limit, per=first.per)
        joined._books += tuple(_Book(book.limit, book.per) for book in others)
        return joined

    def __repr__(self) -> str:
        limits = " and ".join(f"{book.limit} per {book.per:g} s" for book in self._books)
        return f"<Window {limits}: {self._books[0].out} under way, {len(self._waiters)} waiting>"

    @property
    def waiting(self) -> int:
        """How many callers stand in the queue."""
        return sum(not waiter.done() for waiter in self._waiters)

    async def acquire(
        self, *, weight: int = 1, priority: Priority = "normal", patience: float = inf
    ) -> Slot:
        """Wait for a slot.

        :raises ClientUnusable: on another event loop than before, or after a fork.
        """
        loop = self._bound_loop()
        if not self._waiters and self._is_free(loop.time()):
            return self._depart()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiters.append(waiter)
        if self._timer is None:
            self._arm(loop)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.cancelled():
                self._wake()  # the head of the queue may have gone: arm for the next one
            else:
                self._return_unused()
            raise
        return _WindowSlot(self)

    def pause(self, seconds: float) -> None:
        """Let nobody depart for ``seconds`` from now; never shortens an earlier pause."""
        loop = self._bound_loop()
        self._paused_until = max(self._paused_until, loop.time() + seconds)
        self._arm(loop)

    def pause_left(self) -> float:
        """Seconds until the pause is over; 0 without one."""
        return max(0.0, self._paused_until - self._bound_loop().time())

    def _bound_loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop, self._pid = loop, os.getpid()
        if self._loop is not loop or self._pid != os.getpid():
            raise ClientUnusable(
                "this limiter belongs to another event loop or process",
                hint="make a new Window there",
            )
        return loop

    def _is_free(self, now: float) -> bool:
        return now >= self._paused_until and all(book.is_free(now) for book in self._books)

    def _depart(self) -> _WindowSlot:
        for book in self._books:
            book.depart()
        return _WindowSlot(self)

    def _answered(self) -> None:
        assert self._loop is not None  # noqa: S101 - a slot exists only after acquire()
        now = self._loop.time()
        for book in self._books:
            book.answered(now)
        if self._waiters:
            self._arm(self._loop)

    def _return_unused(self) -> None:
        """A slot granted to a waiter that was cancelled before it could leave goes to the next."""
        for book in self._books:
            book.out -= 1
        self._wake()

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the one timer for the moment when the head of the queue may go, if that is known."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiters or any(book.out >= book.limit for book in self._books):
            return  # nobody waits, or an answer must come in first: it will arm the timer
        now = loop.time()
        when = self._paused_until
        for book in self._books:
            if not book.is_free(now):
                when = max(when, book.free_at[book.out + len(book.free_at) - book.limit])
        self._timer = loop.call_at(max(when, now), self._wake)

    def _wake(self) -> None:
        """Grant what can be granted, in the order of arrival."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        assert self._loop is not None  # noqa: S101 - armed by acquire() only
        now = self._loop.time()
        while self._waiters:
            if self._waiters[0].done():
                self._waiters.popleft()
            elif self._is_free(now):
                for book in self._books:
                    book.depart()
                self._waiters.popleft().set_result(None)
            else:
                break
        self._arm(self._loop)


# Kept for as long as the loop: a limiter that went with its client would forget what just departed.
_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Limiter]] = WeakKeyDictionary()


def shared(scope: Hashable, make: Callable[[], Limiter]) -> Limiter:
    """The limiter of ``scope`` on the running event loop; ``make`` is called for the first one."""
    limiters = _shared.setdefault(asyncio.get_running_loop(), {})
    limiter = limiters.get(scope)
    if limiter is None:
        limiter = limiters[scope] = make()
    return limiter
