"""Make sure that a connection has no bytes of an earlier response left.

HTTP/1.1 does not number requests: the next bytes on a connection count as the response to the last
request. So a proxy that answers one request twice would shift all later responses on that
connection by one. Two rules prevent this:

- A connection is used again only if no unread bytes are waiting on it.
- A write whose response names no row gets a new connection, since a late response to an earlier
  request could pass for its own. See :func:`is_matched` and :func:`open_sessions`.
"""

from __future__ import annotations

import asyncio
import select
from typing import Any
from weakref import WeakSet

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from .call import Call
from .in_flight import CURRENT, observing
from .responses import Response

_KEEPALIVE = 60.0  # seconds
#: How many requests of a shared session may be in flight to one host.
_MOST_TO_A_HOST = 100


class NotConnected(aiohttp.ClientError):
    """No connection could be made, so nothing was sent. The exception's cause says why."""


class CleanConnector(aiohttp.TCPConnector):
    """A connector that closes a kept-alive connection if unread bytes are waiting on it.

    Use it for a session of your own; it takes the arguments of :class:`aiohttp.TCPConnector`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._used: WeakSet[asyncio.Protocol] = WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own signature
    ) -> Connection:
        """Return a connection from the pool, or a new one.

        :raises NotConnected: the server or a proxy closed the connection while it was being made,
            or the name of either can't be looked up.
        """
        while True:
            try:
                connection = await super().connect(req, traces, timeout)
            except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError):
                raise
            except (
                aiohttp.ClientConnectionError,
                aiohttp.ClientResponseError,
                UnicodeError,
            ) as error:
                # A proxy aborted the CONNECT request, or the host name can't be looked up. In both
                # cases the request itself was not sent.
                raise NotConnected from error
            protocol = connection.protocol
            if protocol is None:
                break
            if protocol not in self._used:
                self._used.add(protocol)
                break  # a new connection is not checked: TLS servers send session tickets at once
            if not (protocol.should_close or _is_readable(connection)):
                break
            connection.close()
        progress = CURRENT.get()
        if progress is not None:
            progress.sent = True  # from here on the request may be sent
        return connection


def is_matched(call: Call[object]) -> bool:
    """Return whether ``call`` is safe from a late response to another request.

    A late response does no harm to a read. It is recognized if the response to ``call`` names the
    rows by their keys. If the response is returned undecoded, the caller checks it.
    """
    keyed = call.is_bulk and call.envelope_key is not None
    return call.method == "GET" or keyed or call.returns is Response


def open_sessions(
    connector: aiohttp.BaseConnector | None, *, trust_env: bool, most_at_once: int = 100
) -> tuple[aiohttp.ClientSession, aiohttp.ClientSession]:
    """Return a session that keeps its connections, and one with a new connection per request.

    :param connector: the caller's own connector, which is then used for all requests.
    :param trust_env: whether the usual environment variables name the proxy.
    :param most_at_once: the most connections of each session; 0 for any number. The caller's own
        connector has its own limit.
    """

    def session(own: aiohttp.BaseConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=own,
            connector_owner=connector is None,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=trust_env,
            trace_configs=[] if isinstance(own, CleanConnector) else [observing()],
        )

    if connector is not None:
        both = session(connector)
        return both, both
    return session(CleanConnector(keepalive_timeout=_KEEPALIVE, limit=most_at_once)), session(
        CleanConnector(force_close=True, limit=most_at_once)
    )


class SharedSession:
    """The connections of many clients, see :class:`~lms_async.accounts.Accounts`.

    Up to 100 requests to one host have a connection at once, and the others wait for one of them.
    A write whose response names no row has a connection of its own, as with a client's own session.
    """

    def __init__(self) -> None:
        self._sessions: tuple[aiohttp.ClientSession, aiohttp.ClientSession] | None = None
        self._places: dict[URL, asyncio.Semaphore] = {}
        self._is_closed = False

    @property
    def closed(self) -> bool:
        """Whether no more requests can be sent."""
        return self._is_closed

    def open(self) -> tuple[aiohttp.ClientSession, aiohttp.ClientSession]:
        """Return both sessions, see :func:`open_sessions`. They are opened at the first call."""
        if self._sessions is None:
            self._sessions = open_sessions(None, trust_env=False, most_at_once=0)
        return self._sessions

    def places(self, url: URL) -> asyncio.Semaphore:
        """Return the semaphore that counts the requests to the host of ``url``."""
        origin = url.origin()
        places = self._places.get(origin)
        if places is None:
            places = self._places[origin] = asyncio.Semaphore(_MOST_TO_A_HOST)
        return places

    async def close(self) -> None:
        """Close all connections. Clients that use them are unusable from then on."""
        self._is_closed = True
        for session in self._sessions or ():
            await session.close()


def _is_readable(connection: Connection) -> bool:
    """Return whether the system has received bytes, or the end of the connection, not yet read."""
    transport = connection.transport
    handle = None if transport is None else transport.get_extra_info("socket")
    if handle is None or handle.fileno() < 0:
        return False
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([handle], [], [], 0)[0])
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(0))
