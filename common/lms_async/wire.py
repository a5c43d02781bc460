"""One attempt on the wire: bytes out, bytes in, or an error that says whether it may have arrived.

All that talks aiohttp on the client side (the clients only name its types), and the owner of a
client's session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache

import aiohttp
from yarl import URL

from ._version import __version__
from .answer import Answer
from .call import Call
from .connections import NotConnected, open_sessions
from .errors import (
    AnswerLost,
    ClientUnusable,
    ConnectionFailed,
    Garbled,
    InvalidInput,
    LmsError,
    TimedOut,
)
from .home import Home
from .limit import Slot

#: The largest response that is read, in bytes after decompression. 200 users are about 100 kB.
MOST_BYTES = 64 * 1024 * 1024
#: How much is read of a response that is no success, in bytes after decompression.
MOST_OF_A_REFUSAL = 64 * 1024
#: A response of more than this many bytes may be at most so many times its compressed size.
_MAY_BE_DENSE = 8 * 1024 * 1024
_MOST_DENSE = 100

_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, NotConnected)

Signed = Callable[[str, str], AbstractContextManager[Mapping[str, str]]]


class _SecondPass(Exception):
    """aiohttp is about to send a request again by itself.

    It does so for idempotent methods when a kept-alive connection drops, and has no switch for it
    (aio-libs/aiohttp#7363). The first pass was sent and its answer lost: what follows is decided
    by our own retry, which counts it, pays for it and signs it.
    """


class _OnePass:
    """The innermost middleware of one attempt: puts its credentials on, and lets it through once.

    Here, and not among the headers of the call: there aiohttp refuses them beside those that a
    caller's session has of its own (a ``.netrc``, for one), and shows them to its tracers.
    """

    __slots__ = ("_made", "_signature")

    def __init__(self, signature: Mapping[str, str]) -> None:
        self._signature = signature
        self._made = False

    def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> Awaitable[aiohttp.ClientResponse]:
        if self._made:
            raise _SecondPass
        self._made = True
        request.headers.update(self._signature)
        return handler(request)


class Wire:
    """A client's connections to one vendor, opened when first needed.

    Reads share kept-alive connections. Each write has a new one, so that neither a response left
    over from an earlier request nor a connection that is being closed can cost a row.

    :param session: the caller's own session, for reads and writes; it is not closed.
    :param connector: the caller's own connector, for reads and writes; not closed either.
    :param trust_env: take the proxy from ``HTTPS_PROXY``, ``NO_PROXY`` and the like.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession | None = None,
        connector: aiohttp.BaseConnector | None = None,
        trust_env: bool = False,
    ) -> None:
        self._session = session  # for reads
        self._writing = session
        self._owned = session is None
        self._connector = connector
        self._trust_env = trust_env
        self._closed = False
        self._places: asyncio.Semaphore | None = None
        self._home = Home("the client", "make one client per event loop and process, after a fork")

    async def close(self) -> None:
        """Close the session, unless it is the caller's. Further use raises ClientUnusable."""
        self._closed = True
        if self._owned and self._session is not None and self._writing is not None:
            await self._session.close()
            await self._writing.close()

    def _ready(self, method: str) -> tuple[aiohttp.ClientSession, asyncio.Semaphore]:
        self._home.loop()
        if self._closed or (self._session is not None and self._session.closed):
            raise ClientUnusable(
                "the client is closed", hint="make a new one, or use it within `async with`"
            )
        if self._session is None or self._writing is None:
            self._session, self._writing = open_sessions(self._connector, trust_env=self._trust_env)
        if self._places is None:
            self._places = asyncio.Semaphore(_most_at_once(self._session.connector))
        return self._session if method == "GET" else self._writing, self._places

    async def exchange(
        self,
        call: Call[object],
        url: str,
        body: bytes | None,
        *,
        signed: Signed,
        slot: Slot,
        seconds: float,
    ) -> Answer:
        """Send ``call`` once.

        :param url: absolute, already percent-encoded.
        :param slot: told when the status line is in; of a failure, whoever took it tells it.
        :param seconds: for the whole attempt; connecting may take 10 of them.
        :raises InvalidInput: the URL can't be requested; nothing was sent.
        :raises ConnectionFailed: it was not sent.
        :raises AnswerLost: it was sent, and no whole response came, or none that can be read
            (:class:`TimedOut` and :class:`Garbled` among them).
        """
        failure: LmsError
        try:
            session, places = self._ready(call.method)
            async with places:
                response = await _answering(session, call, url, body, signed, seconds)
                slot.answered()
                async with response:
                    content = await _read(response)
                if response.status == 407:
                    failure = _proxy_refused(call, 407)
                elif content is not None:
                    return Answer(response.status, response.headers, content)
                else:
                    failure = AnswerLost(_too_large(), call=call)
        except aiohttp.ClientHttpProxyError as error:
            failure = _proxy_refused(call, error.status)
        except _NOT_SENT as error:
            failure = _not_sent(call, url, error)
        except aiohttp.InvalidURL:
            failure = InvalidInput(f"{call}: the URL can't be requested")
        except TimeoutError:
            failure = TimedOut(f"no answer within {seconds:g} s", call=call)
        except (aiohttp.ClientError, _SecondPass) as error:
            failure = _lost(call, error)
        # Raised here, outside `except`: aiohttp's own errors print the URL, which names people.
        raise failure


async def _answering(
    session: aiohttp.ClientSession,
    call: Call[object],
    url: str,
    body: bytes | None,
    signed: Signed,
    seconds: float,
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
            middlewares=(_OnePass(signature),),
            timeout=_timeout(seconds),
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
    connecting = min(10.0, seconds)
    # `connect` also counts a proxy's response to CONNECT, before which nothing of ours is sent.
    return aiohttp.ClientTimeout(total=seconds, sock_connect=connecting, connect=connecting)


def _most_at_once(connector: aiohttp.BaseConnector | None) -> int:
    """How many requests have a connection at once. The others wait here, not on the pool, where
    their wait would count as the vendor's time, and could not be told from a request that left."""
    limits = (connector.limit, connector.limit_per_host) if connector is not None else ()
    return min((limit for limit in limits if limit), default=1000)


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The body, ``None`` if it is larger than we read. Of a response that is no success only the
    beginning is read: its status counts, and its text is shown in part at most."""
    success = 200 <= response.status < 300
    most = MOST_BYTES if success else MOST_OF_A_REFUSAL
    chunks, size = [], 0
    try:
        while chunk := await response.content.readany():
            size += len(chunk)
            chunks.append(chunk)
            if size > most or _is_bomb(response, size):
                return None if success else b"".join(chunks)[:most]
    except aiohttp.ClientError:
        if success:
            raise
    return b"".join(chunks)


def _is_bomb(response: aiohttp.ClientResponse, size: int) -> bool:
    """Whether what came was compressed more than rosters can be."""
    compressed = response.content.total_compressed_bytes
    return size > _MAY_BE_DENSE and compressed is not None and size > _MOST_DENSE * compressed


def _too_large() -> str:
    return (
        f"the response is larger than {MOST_BYTES} bytes, "
        f"or {_MOST_DENSE} times larger than it was sent"
    )


def _lost(call: Call[object], error: Exception) -> AnswerLost:
    """The response was cut off, or it breaks the rules of HTTP: say which. The texts of aiohttp's
    errors are not shown, since they quote the response."""
    unread = _why_unreadable(error)
    if unread:
        return Garbled(f"the response can't be read: {unread}", call=call)
    what = "the connection was cut before the whole answer was in"
    return AnswerLost(f"{what} [{type(error).__name__}]", call=call)


def _why_unreadable(error: Exception) -> str:
    """Why a response can't be read; blank if it was cut off."""
    said = ""
    cause: BaseException | None = error
    while cause is not None:
        said += f"{type(cause).__name__} {cause} "
        cause = cause.__cause__
    for sign, why in _UNREADABLE.items():
        if sign in said:
            return why
    if isinstance(error, aiohttp.ClientResponseError):
        return "it breaks the rules of HTTP"
    return ""


_UNREADABLE = {
    "ContentEncodingError": "its Content-Encoding can't be decoded here",
    "Can not decode content-encoding": "its Content-Encoding can't be decoded here",
    "LineTooLong": "a header is longer than 8,190 bytes",
    "Got more than": "a header is longer than 8,190 bytes",
    "Too many headers": "it has too many headers",
}


def _proxy_refused(call: Call[object], status: int) -> ConnectionFailed:
    hint = (
        "give the proxy's user name and password in HTTPS_PROXY"
        if status == 407
        else "this request was not sent: ask whoever runs the proxy"
    )
    return ConnectionFailed(f"the proxy refused to connect: HTTP {status}", call=call, hint=hint)


def _not_sent(call: Call[object], url: str, error: Exception) -> ConnectionFailed:
    to = str(URL(url, encoded=True).host)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        to = "the proxy"
        hint = "this request was not sent: check HTTPS_PROXY, or the proxy given to the session"
    elif isinstance(error, aiohttp.ClientConnectorDNSError):
        hint = "the name can't be looked up: check the base URL and the network"
    elif isinstance(error, aiohttp.ClientSSLError):
        hint = (
            "the certificate was not accepted: if a filtering proxy put its own in place, set "
            "SSL_CERT_FILE to a file with the proxy's CA certificate"
        )
    else:
        hint = "this request was not sent: check the host, the network and any proxy"
    return ConnectionFailed(f"no connection to {to} [{type(error).__name__}]", call=call, hint=hint)
