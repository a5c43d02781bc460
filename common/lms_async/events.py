"""What happened, as small values, for logs, progress bars and metrics.

A listener is a plain function that takes one event. It is called on the event loop, so it must be
quick; what it raises is logged and goes no further. No event holds a secret or a person's data.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from inspect import iscoroutinefunction

import attrs

from .errors import InvalidInput

log = logging.getLogger("lms_async")


@attrs.frozen
class Event:
    """The root of all events."""


@attrs.frozen
class OnCall(Event):
    """What happened to one call. ``route`` is the call as it may be said, e.g. ``POST users``."""

    route: str


@attrs.frozen
class RequestSent(OnCall):
    """A request leaves. ``waited`` is how long it stood before the limiter, in seconds."""

    attempt: int
    waited: float


@attrs.frozen
class ResponseReceived(OnCall):
    """A whole answer came in. ``seconds`` is the time since the departure."""

    attempt: int
    status: int
    seconds: float


@attrs.frozen
class RequestFailed(OnCall):
    """An attempt ended without an answer. ``error`` is the name of the error's class."""

    attempt: int
    error: str


@attrs.frozen
class Refused(OnCall):
    """The vendor asked for a pause, by 429 or another ``status`` with a ``Retry-After``: everybody
    who shares the limit pauses for ``seconds``."""

    seconds: float
    status: int = 429


@attrs.frozen
class Retrying(OnCall):
    """The call will be made again in ``seconds`` because of ``error``."""

    attempt: int
    error: str
    seconds: float


@attrs.frozen
class Learned(Event):
    """A window that learns now allows ``limit`` requests in ``per`` seconds.

    A request is taken to have arrived ``guard`` seconds after it departed; ``None``: at its answer.
    """

    limit: int
    per: float
    guard: float | None


Listener = Callable[[Event], None]


def heard(listeners: Iterable[Listener]) -> tuple[Listener, ...]:
    """``listeners``, if each can be called.

    :raises InvalidInput: one can't, or would have to be awaited, which nobody does.
    """
    if isinstance(listeners, Iterable):
        kept = tuple(listeners)
        if all(callable(one) and not iscoroutinefunction(one) for one in kept):
            return kept
    raise InvalidInput("events is a list of plain functions of one event")


def tell(listeners: Sequence[Listener], event: Event) -> None:
    """Log ``event`` at DEBUG and pass it to each listener; a listener can't break the work."""
    log.debug("%r", event)
    for listener in listeners:
        try:
            listener(event)
        except Exception as broken:  # noqa: BLE001 - a listener is not ours; the import must go on
            # Not with its traceback: what a listener raises may name a person.
            log.error("an event listener raised %s", type(broken).__name__)  # noqa: TRY400
