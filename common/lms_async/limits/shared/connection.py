"""The connections to the Redis that keeps a window: call its script, and receive its messages."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from ...errors import InvalidInput

try:
    from redis.asyncio import Redis
    from redis.asyncio.client import PubSub
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "a limit shared through Redis needs an extra: pip install 'lms-async[redis]'",
        name=missing.name,
    ) from None

#: How long Redis may take to respond, and how long it may be silent before it is pinged, in
#: seconds.
PATIENCE = 2.0
_SILENCE = 5.0

#: Exceptions that mean that Redis can't be reached or can't run the script.
BROKEN = (RedisError, OSError)

# Times are microseconds since 1970: 16 digits until the year 2286.
_BOOKING = re.compile(r"[0-9]{1,16}\.[0-9]{1,16}\.[0-9a-f]+")
_PAUSE = re.compile(r"paused ([0-9]{1,16})")

#: How long Redis keeps the keys of a window, in seconds; see KEPT_FOR in ``window.lua``.
_KEPT_FOR = 7 * 24 * 3600.0

log = logging.getLogger("lms_async")

_SCRIPT = Path(__file__).with_name("window.lua").read_text("utf-8")


def is_cancelled() -> bool:
    """Return whether this task was cancelled.

    CancelledError alone can't tell. redis-py uses timeouts of 0 when it checks its connections, and
    a timeout that ends at the moment of a cancellation swallows it.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Forgotten(Exception):
    """Redis has lost the state of the window, so the session must start again."""


def _words(text: str) -> list[str]:
    return text.split()


@attrs.frozen
class Reply:
    """The result of the script; times are microseconds on the clock of Redis."""

    epoch: str
    now: int = attrs.field(converter=int)
    paused: int = attrs.field(converter=int)
    closed: int = attrs.field(converter=int)
    ask_again_at: int = attrs.field(converter=int)
    taken_back: int = attrs.field(converter=int)
    granted: list[str] = attrs.field(converter=_words)


@attrs.frozen
class Booking:
    """A message: Redis booked a slot for this process."""

    name: str


@attrs.frozen
class Pause:
    """A message: a pause ends at ``until``, in microseconds on the clock of Redis."""

    until: int


def usable_at(booking: str) -> int:
    """Return when a booking may be used, in microseconds on the clock of Redis."""
    return int(booking.partition(".")[0])


def _connections(url: str) -> Redis:
    try:
        return Redis.from_url(
            url,
            decode_responses=True,
            encoding_errors="replace",  # others may publish anything on our channels
            protocol=2,
            socket_connect_timeout=PATIENCE,
            # The window repeats failed attempts, since it must know about them.
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError:  # its text may quote the password
        pass
    raise InvalidInput("a Redis URL is redis://, rediss:// or unix://, with host and port")


class RedisConnection:
    """Calls the script, and receives the messages that calls of other processes cause.

    :param name: the window's name in Redis. The names of its keys and channels begin with it.
    :param lease: seconds after sending at which a booking without a response expires.
    :param new: whether an empty Redis is certainly new.
    :raises InvalidInput: the URL can't be read.
    """

    def __init__(
        self, url: str, name: str, *, limit: int, per: float, lease: float, new: bool
    ) -> None:
        self._redis = _connections(url)
        self._script = self._redis.register_script(_SCRIPT)
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
    ) -> Reply:
        """Run the script: report what happened in this process, and get the slots booked for it.

        :param pause: seconds from now.
        :param front: tickets to put at the front of the queue.
        :param behind: tickets to put at its end; if negative, tickets to remove.
        :param answered: bookings whose responses came.
        :param unused: bookings with which no request was sent.
        :param abandoned: bookings without a response, and when their requests can't arrive any
            more, on the loop's clock.
        :raises Forgotten: Redis has lost the window's state. The script did nothing.
        :raises RedisError, OSError: the script may or may not have run.
        """
        args: list[str | int] = [*self._numbers, self._epoch, self._session_name]
        args += [round(pause * 1e6), front, behind, " ".join(answered), " ".join(unused)]
        now = asyncio.get_running_loop().time()
        left = ((booking, round(max(0.0, until - now) * 1e6)) for booking, until in abandoned)
        args.append(" ".join(f"{booking} {microseconds}" for booking, microseconds in left))
        args.append(self._new)
        async with asyncio.timeout(PATIENCE):
            reply = Reply(*await self._script(keys=self._keys, args=args))
        # The script read the clock of Redis before this line reads ours, so the difference can only
        # be underestimated.
        self._clock_offset = reply.now / 1e6 - asyncio.get_running_loop().time()
        known, self._epoch = self._epoch, reply.epoch
        if self._session_name and known != reply.epoch:
            raise Forgotten
        return reply

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Reply, AsyncIterator[Booking | Pause | None]]]:
        """Open the connections; yield the state of the window and the messages from now on.

        :raises RedisError, OSError: Redis can't be reached.
        """
        self._session_name = ""
        # If one connection broke, the others did too.
        await self._redis.connection_pool.disconnect()
        # Call the script before subscribing. If the window has no state, the script takes it for
        # new if it has no subscribers, and for lost otherwise.
        state = await self.call()
        self._session_name = secrets.token_hex(8)
        try:
            async with self._redis.pubsub() as pubsub:
                # The common channel is the second, so both are subscribed before a message comes.
                channels = [f"{self._keys[0]}:{self._session_name}", self._keys[0]]
                async with asyncio.timeout(PATIENCE):
                    await pubsub.subscribe(*channels)
                    for _ in channels:
                        await pubsub.get_message(timeout=None)
                yield state, self._receive(pubsub)
        finally:
            self._session_name = ""

    async def _receive(self, pubsub: PubSub) -> AsyncIterator[Booking | Pause | None]:
        asked = False
        while not is_cancelled():
            message = await pubsub.get_message(timeout=_SILENCE)
            if message is None:
                if asked:
                    raise TimeoutError("Redis is silent")
                await pubsub.ping()
                asked = True
                continue
            asked = False
            if message["type"] != "message":
                continue
            yield self._parse(message["channel"], message["data"])

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

    async def close(self) -> None:
        """Close all connections."""
        await self._redis.aclose()
