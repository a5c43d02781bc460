"""One attempt on the wire: bytes out, bytes in, or an error that says whether it may have arrived.

All that talks aiohttp on the client side (the clients only name its types), and the owner of a
client's session.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import aiohttp
from yarl import URL

from ._version import __version__
from .answer import Answer
from .call import Call
from .errors import AnswerLost, ClientUnusable, ConnectionFailed, LmsError, TimedOut
from .home import Home
from .in_flight import InFlight, Progress, observing
from .slot import FullSlot

#: The largest answer that is read, in bytes. A page of 200 users is about 100 kB.
MOST_BYTES = 64 * 1024 * 1024

#: What is raised when no connection was made.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

Signed = Callable[[str, str], AbstractContextManager[Mapping[str, str]]]


class _SecondPass(Exception):
    """aiohttp is about to send a request again by itself.

    It does so for idempotent methods when a kept-alive connection drops, and has no switch for it
    (aio-libs/aiohttp#7363). The first pass was sent and its answer lost: what follows is decided
    by our own retry, which counts it, pays for it and signs it.
    """


#: What is raised when the server closed the connection, or sent what can't be read.
_SERVERS_ENDS = (
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientResponseError,
    ConnectionError,
    _SecondPass,
)


class _OnePass:
    """The innermost middleware of one attempt: puts its credentials on, and lets it through once.

    Here, and not among the headers of the call: there aiohttp refuses them beside those that a
    caller's session has of its own (a ``.netrc``, for one), and shows them to its tracers.
    """

    __slots__ = ("_made", "_progress", "_signature")

    def __init__(self, signature: Mapping[str, str], progress: Progress) -> None:
        self._signature = signature
        self._progress = progress
        self._made = False

    def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> Awaitable[aiohttp.ClientResponse]:
        if self._made:
            raise _SecondPass
        self._made = True
        if not self._progress.observed:
            self._progress.sent = True
        request.headers.update(self._signature)
        return handler(request)


class Wire:
    """A client's connection to one vendor: one aiohttp session, opened when first needed.

    :param session: the caller's own session; it is used and not closed.
    :param connector: the caller's own connector (proxy, certificates); not closed either.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession | None = None,
        connector: aiohttp.BaseConnector | None = None,
    ) -> None:
        self._session = session
        self._owned = session is None
        self._connector = connector
        self._closed = False
        self._places: asyncio.Semaphore | None = None
        self._in_flight = InFlight()
        self._home = Home("the client", "make one client per event loop and process, after a fork")

    async def close(self) -> None:
        """Close the session, unless it is the caller's. Further use raises ClientUnusable."""
        self._closed = True
        await self._in_flight.close()
        if self._owned and self._session is not None:
            await self._session.close()

    def _ready(self) -> tuple[aiohttp.ClientSession, asyncio.Semaphore]:
        self._home.loop()
        if self._closed or (self._session is not None and self._session.closed):
            raise ClientUnusable(
                "the client is closed", hint="make a new one, or use it within `async with`"
            )
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector or aiohttp.TCPConnector(keepalive_timeout=60),
                connector_owner=self._connector is None,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[observing()],
            )
        if self._places is None:
            self._places = asyncio.Semaphore(_most_at_once(self._session.connector))
        return self._session, self._places

    async def exchange(
        self,
        call: Call[object],
        url: str,
        body: bytes | None,
        *,
        signed: Signed,
        slot: FullSlot,
        seconds: float,
        late: Callable[[Answer], None],
    ) -> Answer:
        """Send ``call`` once, and end its slot as what became of it asks for.

        :param url: absolute, already percent-encoded.
        :param slot: unused if nothing was sent; answered when the status line is in or the server
            cut the connection; abandoned, for what is left of ``seconds``, if no response came. A
            request that was sent is waited for here after its caller was cancelled.
        :param seconds: for the whole attempt; connecting may take 10 of them.
        :param late: told a response that came after its caller was cancelled, without its body.
        :raises ConnectionFailed: it was not sent.
        :raises AnswerLost: it was sent, and no whole answer came (:class:`TimedOut` among them).
        """
        failure: LmsError
        try:
            session, places = self._ready()
            await places.acquire()
        except BaseException:
            slot.unused()
            raise
        if session.closed:  # while this waited for its place
            places.release()
            slot.unused()
            raise ClientUnusable("the client was closed", hint="make a new one")
        loop = asyncio.get_running_loop()
        progress = Progress(slot, loop, loop.time() + seconds, observed=self._owned)

        def over(unheard: aiohttp.ClientResponse | None) -> None:
            places.release()
            if unheard is not None:
                late(Answer(unheard.status, unheard.headers, b""))

        request = _answering(session, call, url, body, signed, seconds, progress)
        sent = _settled(request, session, progress)
        try:
            response = await self._in_flight.response(sent, progress, over=over)
            try:
                async with response:
                    content = await _read(response)
            finally:
                places.release()
            if content is not None:
                return Answer(response.status, response.headers, content)
            failure = AnswerLost(f"the answer is larger than {MOST_BYTES} bytes", call=call)
        except _NOT_SENT as error:
            failure = _not_sent(call, url, error)
        except TimeoutError as error:
            # Without a connection nothing was sent, however long that took.
            failure = _not_sent(call, url, error)
            if progress.sent:
                failure = TimedOut(f"no answer within {seconds:g} s", call=call)
        except (aiohttp.ClientError, _SecondPass) as error:
            what = "the connection was cut before the whole answer was in"
            failure = AnswerLost(f"{what} [{type(error).__name__}]", call=call)
        # Raised here, outside `except`: aiohttp's own errors print the URL, which names people.
        raise failure


async def _settled(
    request: Coroutine[Any, Any, aiohttp.ClientResponse],
    session: aiohttp.ClientSession,
    progress: Progress,
) -> aiohttp.ClientResponse:
    """The response to ``request``, whose slot is ended also if there is none."""
    try:
        response = await request
    except BaseException as error:
        if not progress.sent or isinstance(error, _NOT_SENT):
            progress.slot.unused()
        elif _is_servers_end(error) and not session.closed:
            progress.slot.answered()
        else:
            progress.slot.abandoned(progress.left())
        raise
    progress.slot.answered()
    return response


def _is_servers_end(error: BaseException) -> bool:
    """Whether the server closed the connection, or sent what is no response: no more of the
    request than it has by now can arrive there."""
    return isinstance(error, _SERVERS_ENDS) or (
        isinstance(error, aiohttp.ClientOSError) and error.errno in (errno.ECONNRESET, errno.EPIPE)
    )


async def _answering(
    session: aiohttp.ClientSession,
    call: Call[object],
    url: str,
    body: bytes | None,
    signed: Signed,
    seconds: float,
    progress: Progress,
) -> aiohttp.ClientResponse:
    """The response, whose body is still to be read. In a frame of its own, which is gone when an
    error is raised: it holds the credentials."""
    target, printed = _target(url)
    with signed(call.method, printed) as signature:
        return await session.request(
            call.method,
            target,
            data=body,
            headers=_HEADERS if body is None else _HEADERS_OF_JSON,
            allow_redirects=False,
            raise_for_status=False,
            middlewares=(_OnePass(signature, progress),),
            timeout=_timeout(seconds),
            # Not for a session of the caller's own, whose own tracing would be given it.
            trace_request_ctx=progress if progress.observed else None,
        )


@lru_cache(maxsize=64)
def _target(url: str) -> tuple[URL, str]:
    """``url`` as aiohttp takes it, and as it goes out then: a bulk has one for all its chunks.

    Nothing is kept here that yarl does not keep: its own cache has the last 128.
    """
    target = URL(url, encoded=True)
    return target, str(target)


_HEADERS = {"Accept": "application/json", "User-Agent": f"lms-async/{__version__}"}
_HEADERS_OF_JSON = {**_HEADERS, "Content-Type": "application/json"}


@lru_cache(maxsize=8)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=min(10.0, seconds))


def _most_at_once(connector: aiohttp.BaseConnector | None) -> int:
    """How many requests have a connection at once. The others wait here, not on the pool, where
    their wait would count as the vendor's time, and could not be told from a request that left."""
    limits = (connector.limit, connector.limit_per_host) if connector is not None else ()
    return min((limit for limit in limits if limit), default=1000)


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The whole body, or ``None`` if it is larger than we read."""
    chunks, size = [], 0
    while chunk := await response.content.readany():
        size += len(chunk)
        if size > MOST_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _not_sent(call: Call[object], url: str, error: Exception) -> ConnectionFailed:
    host = URL(url, encoded=True).host
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        hint = "the name can't be looked up: check the base URL and the network"
    elif isinstance(error, aiohttp.ClientSSLError):
        hint = (
            "the certificate was not accepted: behind a filtering proxy, give its CA by `connector`"
        )
    else:
        hint = "this request was not sent: check the host, the network and any proxy"
    return ConnectionFailed(
        f"no connection to {host} [{type(error).__name__}]", call=call, hint=hint
    )
