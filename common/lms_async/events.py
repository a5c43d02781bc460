"""Events for logs, progress bars and metrics.

A listener is a plain function that takes one event. It is called on the event loop, so it must be
fast. An exception that it raises is logged and ignored. Events contain no secrets and no personal
data.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from inspect import iscoroutinefunction
from typing import Protocol

import attrs

from .errors import InvalidInput

log = logging.getLogger("lms_async")


@attrs.frozen
class SlotsInUse:
    """How many of the ``limit`` slots of a rate limit are busy; a slot is free again after ``per``
    seconds."""

    limit: int
    per: float
    busy: int


@attrs.frozen
class Event:
    """The base class of all events."""


@attrs.frozen
class OnCall(Event):
    """An event of one call. ``route`` names the call without personal data, e.g. ``POST users``.

    ``template`` is the call's path with the names of parameters in place of all values, e.g.
    ``sections/{section_id}/grades``, relative to ``base_url``.
    """

    route: str
    template: str = attrs.field(default="", kw_only=True, repr=False)
    base_url: str = attrs.field(default="", kw_only=True, repr=False)

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.route.partition(" ")[0]


class LimitInUse(Protocol):
    """A rate limit that knows how many of its slots are busy."""

    def slots_in_use(self) -> Sequence[SlotsInUse]:
        """Return the slots of each limit. It may be called from any thread."""


@attrs.frozen
class RequestSent(OnCall):
    """A request is sent. ``waited`` is the time it waited for the rate limit, in seconds.

    ``limits`` are the limits that count the request, if they know how many slots are busy.
    """

    attempt: int
    waited: float
    limits: Sequence[LimitInUse] = attrs.field(default=(), kw_only=True, repr=False, eq=False)


@attrs.frozen
class ResponseReceived(OnCall):
    """A complete response came. ``seconds`` is the time since the request was sent."""

    attempt: int
    status: int
    seconds: float


@attrs.frozen
class RequestFailed(OnCall):
    """An attempt ended without a response. ``error`` is the name of the error's class.

    It is ``CancelledError`` if the call was cancelled or its deadline passed. ``seconds`` is the
    time since the request was sent or, if the body of an export was cut off, since the body began.
    """

    attempt: int
    error: str
    seconds: float = 0.0


@attrs.frozen
class Refused(OnCall):
    """The vendor asked for a pause, with 429 or another ``status`` that has a ``Retry-After``.

    All calls that share the limit pause for ``seconds``.
    """

    seconds: float
    status: int = 429


@attrs.frozen
class Retrying(OnCall):
    """The call is retried in ``seconds``, because of ``error``."""

    attempt: int
    error: str
    seconds: float


@attrs.frozen
class MergingRefused(OnCall):
    """The vendor refused several reads in one request, or its response can't be understood.

    From now on, the client sends each read as a single request. ``status`` is the response's.
    """

    status: int


@attrs.frozen
class RowsFinished(Event):
    """``rows`` rows of a bulk call got the same ``status``, such as ``done``.

    ``operation`` is the name of the call, e.g. ``create_many users``. Rows that an earlier run with
    the same journal finished are not counted.
    """

    operation: str
    status: str
    rows: int


@attrs.frozen
class Learned(Event):
    """A learning window now allows ``limit`` requests in ``per`` seconds.

    ``guard`` is the time in seconds after sending at which a request counts as arrived. ``None``
    means that it counts as arrived when its response comes.
    """

    limit: int
    per: float
    guard: float | None


Listener = Callable[[Event], None]


def checked_listeners(listeners: Iterable[Listener]) -> tuple[Listener, ...]:
    """Return ``listeners`` as a tuple, if each is a plain function.

    :raises InvalidInput: one can't be called, or would have to be awaited.
    """
    if isinstance(listeners, Iterable):
        kept = tuple(listeners)
        if all(callable(one) and not _is_async(one) for one in kept):
            return kept
    raise InvalidInput("events must be a list of plain functions (not async) of one event")


def _is_async(listener: Listener) -> bool:
    # Of an object of a class, the method is asked.
    return iscoroutinefunction(listener) or iscoroutinefunction(type(listener).__call__)


def tell(listeners: Sequence[Listener], event: Event) -> None:
    """Log ``event`` at DEBUG and pass it to each listener. A failing listener breaks nothing."""
    log.debug("%r", event)
    for listener in listeners:
        try:
            listener(event)
        except Exception as broken:  # noqa: BLE001 - a listener must not stop an import
            # Without the traceback: the text of a listener's error may name a person.
            log.error("an event listener raised %s", type(broken).__name__)  # noqa: TRY400
