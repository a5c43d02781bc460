"""The interface of a limiter: a ``Window``, a ``RedisWindow``, or one of your own."""

from __future__ import annotations

from math import inf
from typing import Protocol

from .queue import Priority
from .slot import Slot


class Limiter(Protocol):
    """Decides when a request may be sent. The transport gets a slot before each attempt."""

    async def acquire(
        self, *, weight: int = 1, priority: Priority = "normal", max_pause: float = inf
    ) -> Slot:
        """Wait until one request may be sent.

        :param weight: how much of the limit the request uses, at least 1.
        :param priority: ``interactive`` calls pass ``normal`` ones, which keep some of the slots.
        :param max_pause: the longest pause, in seconds, that the caller waits out.
        :raises InvalidInput: at once, if the weight is above the limit.
        :raises RateLimited: at once, if a pause is longer than ``max_pause``, also one that begins
            during the wait.
        """

    def pause(self, seconds: float, *, refusal: bool = True) -> None:
        """Send nothing for ``seconds`` from now. An earlier pause is never shortened.

        :param refusal: whether the vendor refused a request for its rate limit (429). A pause may
            have another reason, such as a 503.
        """

    def pause_left(self) -> float:
        """Return the seconds until the pause ends; 0 without one."""

    @property
    def rate(self) -> float:
        """Requests per second in the long run, at most; ``inf`` if it is not known."""
