"""One window's part of the connections to Redis: call its script, and receive its messages."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import attrs

from .shared_redis import SharedRedis
from .subscription import Receiver
from .turns import resolve

# Times are microseconds since 1970: 16 digits until the year 2286.
_BOOKING = re.compile(r"[0-9]{1,16}\.[0-9]{1,16}\.[0-9a-f]+")
_PAUSE = re.compile(r"paused ([0-9]{1,16})")

#: How long Redis keeps the keys of a window, in seconds; see KEPT_FOR in ``window.lua``.
_KEPT_FOR = 7 * 24 * 3600.0

log = logging.getLogger("lms_async")


class Forgotten(Exception):
    """Redis has lost the state of the window, so the session must start again."""


def _words(text: str) -> list[str]:
    return text.split()


@attrs.frozen
class Reply:
    """The result of the script; times are microseconds on the clock of Redis.

    ``granted`` are new bookings that need no confirmation, and ``booked`` are those that do.
    ``confirmed`` are the bookings that the call has confirmed.
    """

    epoch: str
    now: int = attrs.field(converter=int)
    paused: int = attrs.field(converter=int)
    closed: int = attrs.field(converter=int)
    ask_again_at: int = attrs.field(converter=int)
    taken_back: int = attrs.field(converter=int)
    granted: list[str] = attrs.field(converter=_words)
    booked: list[str] = attrs.field(converter=_words)
    confirmed: list[str] = attrs.field(converter=_words)


@attrs.frozen
class Booking:
    """A message: Redis booked a slot for this process, which must confirm it."""

    name: str


@attrs.frozen
class Pause:
    """A message: a pause ends at ``until``, in microseconds on the clock of Redis."""

    until: int


def usable_at(booking: str) -> int:
    """Return when a booking may be used, in microseconds on the clock of Redis."""
    return int(booking.partition(".")[0])


class RedisConnection:
    """Calls the script, and receives the messages that calls of other processes cause.

    :param redis: the connections, which other windows may share.
    :param name: the window's name in Redis. The names of its keys and channels begin with it.
    :param lease: seconds after sending at which a booking without a response expires.
    :param new: whether an empty Redis is certainly new.
    """

    def __init__(
        self, redis: SharedRedis, name: str, *, limit: int, per: float, lease: float, new: bool
    ) -> None:
        self._redis = redis
        self._keys = [name, f"{name}:free", f"{name}:out", f"{name}:queue"]
        self._numbers = [limit, round(per * 1e6), round(lease * 1e6)]
        self._new = "new" if new else ""
        self._warned_of_unknown = False
        #: The state of the window as this process knows it (a new epoch begins when Redis loses
        #: it), and the name of this process while it receives messages.
        self._epoch = ""
        self._session_name = ""
        #: Lower bound of the difference between the clock of Redis and the loop's, in seconds.
        self._clock_offset = 0.0
        #: How long the latest call of the script took, in seconds.
        self.round_trip = 0.0
        #: The name of the session before this one, until Redis has ended its bookings.
        self._earlier = ""

    @property
    def failure(self) -> Exception | None:
        """Why the latest attempt to connect failed; ``None`` if it did not."""
        return self._redis.failure

    @property
    def was_usable(self) -> bool:
        """Whether this process has used this Redis before, for any window."""
        return self._redis.calls.has_run

    def here(self, then: int) -> float:
        """Convert a time on the clock of Redis to the loop's clock. It is never too early."""
        return then / 1e6 - self._clock_offset

    async def call(
        self,
        *,
        pause: float = 0.0,
        front: int = 0,
        behind: int = 0,
        answered: Sequence[str] = (),
        unused: Sequence[str] = (),
        abandoned: Sequence[tuple[str, float]] = (),
        confirm: Sequence[str] = (),
        kept: Sequence[str] | None = None,
    ) -> Reply:
        """Run the script: report what happened in this process, and get the slots booked for it.

        :param pause: seconds from now.
        :param front: tickets to put at the front of the queue.
        :param behind: tickets to put at its end; if negative, tickets to remove.
        :param answered: bookings whose responses came.
        :param unused: bookings with which no request was sent.
        :param abandoned: bookings without a response, and when their requests can't arrive any
            more, on the loop's clock.
        :param confirm: bookings that are used soon.
        :param kept: if given, Redis ends all other bookings of the session before this one.
        :raises Forgotten: Redis has lost the window's state. The script did nothing.
        :raises RedisError, OSError: the script may or may not have run.
        """
        args: list[str | int] = [*self._numbers, self._epoch, self._session_name]
        args += [round(pause * 1e6), front, behind, " ".join(answered), " ".join(unused)]
        now = asyncio.get_running_loop().time()
        left = ((booking, round(max(0.0, until - now) * 1e6)) for booking, until in abandoned)
        args.append(" ".join(f"{booking} {microseconds}" for booking, microseconds in left))
        earlier = "" if kept is None else self._earlier
        args += [self._new, " ".join(confirm), earlier, " ".join(kept or ())]
        answer = await self._redis.calls.call(self._keys, args)
        self.round_trip = answer.received_at - now
        reply = Reply(*answer.values)
        # The script read the clock of Redis before its response came, so the difference can only be
        # underestimated.
        self._clock_offset = reply.now / 1e6 - answer.received_at
        known, self._epoch = self._epoch, reply.epoch
        if self._session_name and known != reply.epoch:
            raise Forgotten
        return reply

    def join(self) -> None:
        """Keep the connections open until :meth:`leave`."""
        self._redis.join()

    async def leave(self) -> None:
        """Close the connections if no other window needs them."""
        await self._redis.leave()

    @asynccontextmanager
    async def open(
        self, receive: Callable[[Booking | Pause], None], *, kept: Sequence[str]
    ) -> AsyncIterator[tuple[Reply, asyncio.Future[Exception]]]:
        """Begin to receive messages.

        Yield the state of the window, and a future that gets the error when no more messages come.

        Redis ends the bookings of the session before, except those in ``kept``: no request was sent
        with them.

        :param receive: called with each message.
        :param kept: bookings that are in use, and bookings whose end is not reported yet.
        :raises RedisError, OSError: Redis can't be reached.
        """
        self._session_name = ""
        subscription = await self._redis.subscription()
        # Call the script before subscribing. If the window has no state, the script takes it for
        # new if it has no subscribers, and for lost otherwise.
        state = await self.call(kept=kept)
        self._earlier = ""
        self._session_name = secrets.token_hex(8)
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Exception] = loop.create_future()

        def parse(channel: str, text: str) -> None:
            try:
                message = self._parse(channel, text)
            except Forgotten as forgotten:
                resolve(ended, forgotten)
            else:
                if message is not None:
                    receive(message)

        receiver = Receiver(
            own=f"{self._keys[0]}:{self._session_name}",
            common=self._keys[0],
            receive=parse,
            ended=ended,
            subscribed=loop.create_future(),
            unsubscribed=loop.create_future(),
        )
        try:
            await subscription.join(receiver)
            yield state, ended
        finally:
            # Wait for all messages, so that a booking that comes last is not lost.
            await subscription.leave(receiver)
            self._earlier, self._session_name = self._session_name, ""

    async def wait_to_try_again(self) -> None:
        """Wait until another attempt to reach Redis may succeed."""
        await self._redis.wait_to_try_again()

    def _parse(self, channel: str, text: str) -> Booking | Pause | None:
        """Return what a message means; ``None`` for one that this package does not send.

        :raises Forgotten: the message says that Redis has lost the window's state.
        """
        if channel != self._keys[0]:
            if _BOOKING.fullmatch(text) and text.endswith(f".{self._session_name}"):
                return Booking(text)
        elif text == "lost":
            raise Forgotten
        elif (pause := _PAUSE.fullmatch(text)) and self._is_kept(int(pause[1])):
            return Pause(int(pause[1]))
        if not self._warned_of_unknown:
            self._warned_of_unknown = True
            log.warning(
                "the Redis that shares %s: ignoring messages that lms-async did not send",
                self._keys[0],
            )
        return None

    def _is_kept(self, until: int) -> bool:
        """Whether Redis would keep a pause as long as this."""
        return self.here(until) - asyncio.get_running_loop().time() <= _KEPT_FOR
