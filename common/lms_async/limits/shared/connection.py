"""The connections to the Redis that keeps a window: its script, its messages and its clock."""

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

#: What is raised when Redis can't be reached, or can't do what is asked.
BROKEN = (RedisError, OSError)

# Times are microseconds since 1970: 16 digits until the year 2286.
_BOOKING = re.compile(r"[0-9]{1,16}\.[0-9]{1,16}\.[0-9a-f]+")
_PAUSE = re.compile(r"paused ([0-9]{1,16})")

#: How long Redis keeps what it knows, in seconds; see ``redis_line.lua``.
_KEPT_FOR = 7 * 24 * 3600.0

log = logging.getLogger("lms_async")

_SCRIPT = Path(__file__).with_name("window.lua").read_text("utf-8")


def is_cancelled() -> bool:
    """Return whether this task was cancelled.

    A timeout that ends at the same moment takes the cancellation for its own, and redis-py checks
    its connections with a timeout of 0.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Forgotten(Exception):
    """Redis has lost its memory of the window: start again."""


def _words(text: str) -> list[str]:
    return text.split()


@attrs.frozen
class Reply:
    """The result of the script; times are microseconds on the clock of Redis."""

    epoch: str
    now: int = attrs.field(converter=int)
    paused: int = attrs.field(converter=int)
    closed: int = attrs.field(converter=int)
    again: int = attrs.field(converter=int)
    taken_back: int = attrs.field(converter=int)
    granted: list[str] = attrs.field(converter=_words)


@attrs.frozen
class Booking:
    """A slot that Redis booked for this process between its own calls."""

    name: str


@attrs.frozen
class Pause:
    """A pause that ends at ``until``, in microseconds on the clock of Redis."""

    until: int


def departure(booking: str) -> int:
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
            # The window itself repeats failed attempts, since it must know about them.
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError:  # which may quote the password
        pass
    raise InvalidInput("a Redis URL is redis://, rediss:// or unix://, with host and port")


class RedisConnection:
    """Calls the script, and receives the messages that other processes' calls cause.

    :param name: of the window in Redis; its keys and channels begin with it.
    :param lease: seconds after sending at which a booking without a response expires.
    :param new: whether an empty Redis is known to be new.
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
        self._heard_unknown = False
        #: The name of Redis' memory, and the name of this process while it receives messages.
        self._epoch = ""
        self._session = ""
        #: How far the clock of Redis is ahead of the loop's, at least.
        self._ahead = 0.0

    def here(self, then: int) -> float:
        """Convert a moment on the clock of Redis to the loop's clock; never too early."""
        return then / 1e6 - self._ahead

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
        """Run the script: report what happened here, and learn what was booked for this process.

        :param pause: seconds from now.
        :param front: tickets to put at the front of the queue.
        :param behind: tickets to put at its end, or (negative) to take back.
        :param abandoned: bookings without a response, and when their requests can't arrive any
            more, on the loop's clock.
        :raises Forgotten: nothing was done.
        :raises RedisError, OSError: whether it was done is not known.
        """
        args: list[str | int] = [*self._numbers, self._epoch, self._session]
        args += [round(pause * 1e6), front, behind, " ".join(answered), " ".join(unused)]
        now = asyncio.get_running_loop().time()
        left = ((booking, round(max(0.0, until - now) * 1e6)) for booking, until in abandoned)
        args.append(" ".join(f"{booking} {microseconds}" for booking, microseconds in left))
        args.append(self._new)
        async with asyncio.timeout(PATIENCE):
            reply = Reply(*await self._script(keys=self._keys, args=args))
        # The script read its clock before this moment, so our clock can only seem to be behind.
        self._ahead = reply.now / 1e6 - asyncio.get_running_loop().time()
        known, self._epoch = self._epoch, reply.epoch
        if self._session and known != reply.epoch:
            raise Forgotten
        return reply

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[Reply, AsyncIterator[Booking | Pause | None]]]:
        """Open the connections; yield the state of the window and the messages from now on.

        :raises RedisError, OSError: Redis can't be reached.
        """
        self._session = ""
        # Where one connection broke, the others did too.
        await self._redis.connection_pool.disconnect()
        # Called before subscribing: a window without memory but with subscribers was lost, and one
        # without subscribers is new.
        state = await self.call()
        self._session = secrets.token_hex(8)
        try:
            async with self._redis.pubsub() as ear:
                # The common channel is the second, so both are subscribed before a message comes.
                channels = [f"{self._keys[0]}:{self._session}", self._keys[0]]
                async with asyncio.timeout(PATIENCE):
                    await ear.subscribe(*channels)
                    for _ in channels:
                        await ear.get_message(timeout=None)
                yield state, self._hear(ear)
        finally:
            self._session = ""

    async def _hear(self, ear: PubSub) -> AsyncIterator[Booking | Pause | None]:
        asked = False
        while not is_cancelled():
            message = await ear.get_message(timeout=_SILENCE)
            if message is None:
                if asked:
                    raise TimeoutError("Redis is silent")
                await ear.ping()
                asked = True
                continue
            asked = False
            if message["type"] != "message":
                continue
            yield self._understood(message["channel"], message["data"])

    def _understood(self, channel: str, text: str) -> Booking | Pause | None:
        """Return what a message means; ``None`` for one that this package does not send.

        :raises Forgotten: the message says that the memory was lost.
        """
        if channel != self._keys[0]:
            if _BOOKING.fullmatch(text) and text.endswith(f".{self._session}"):
                return Booking(text)
        elif text == "lost":
            raise Forgotten
        elif (pause := _PAUSE.fullmatch(text)) and self._is_kept(int(pause[1])):
            return Pause(int(pause[1]))
        if not self._heard_unknown:
            self._heard_unknown = True
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
