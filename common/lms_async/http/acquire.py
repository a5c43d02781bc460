"""Get what an attempt needs before it is sent: valid credentials, and a slot of the rate limit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from copy import copy
from typing import Any

from ..errors import LmsError, RateLimited
from ..limits.limiter import Limiter
from ..limits.queue import Priority
from ..limits.registry import acquired
from ..limits.slot import FullSlot
from .attempts import Attempts
from .call import Call
from .vendor import Vendor

#: How often credentials are renewed because they expired while the call waited for its slot.
_MOST_RENEWALS = 3


async def acquire_slot(
    attempts: Attempts,
    prepare: Callable[[], Awaitable[None]],
    current: Callable[[], Vendor],
    limiters: Callable[[Call[Any]], Sequence[Limiter]],
    *,
    priority: Priority,
    max_pause: float,
) -> FullSlot:
    """Wait for a slot for one attempt, with credentials that are still valid after the wait.

    :param prepare: obtains the credentials.
    :param current: returns the vendor with the current credentials.
    :param limiters: returns the limiters for a call. Each of them must let the call go.
    :param max_pause: the longest pause of a limiter, in seconds, that is waited out.
    :raises RateLimited: a limiter is paused for longer than ``max_pause``.
    :raises LmsError: the credentials could not be obtained.
    """
    call = attempts.call
    for turn in range(_MOST_RENEWALS):
        await _prepare(attempts, prepare)
        vendor = current()
        try:
            slot = await acquired(
                limiters(call), weight=vendor.weight(call), priority=priority, max_pause=max_pause
            )
        except RateLimited as paused:
            wait = paused.retry_after
        else:
            last = turn == _MOST_RENEWALS - 1  # sent even if the credentials are about to expire
            try:
                latest = current()
                if last or (latest.scope == vendor.scope and latest.is_prepared()):
                    return slot
            except BaseException:
                slot.unused()
                raise
            slot.unused()  # the credentials expired during the wait, or others were given
            continue
        raise RateLimited(429, retry_after=wait, call=call)
    raise AssertionError  # the last turn returns or raises


async def _prepare(attempts: Attempts, prepare: Callable[[], Awaitable[None]]) -> None:
    """Obtain the credentials for the next attempt.

    :raises LmsError: they could not be obtained. Nothing of this call was sent, and other calls
        would fail in the same way.
    """
    try:
        await prepare()
    except LmsError as error:
        failure = copy(error)  # other calls that wait for the same credentials get this error too
    else:
        return
    failure.may_have_acted = False
    failure.stops = True
    attempts.unprepared = True
    raise failure
