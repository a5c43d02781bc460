"""Send one attempt through aiohttp and read its response, or find out whether it may have arrived.

This module owns a client's aiohttp sessions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import aiohttp
import attrs
from yarl import URL

from .._version import __version__
from ..errors import InvalidInput, LmsError, ResponseLost, TimedOut
from ..loop_owner import LoopOwner
from .body import BodyReader, StreamedResponse, read_whole, too_large
from .call import Call
from .connections import SharedSession, is_matched, open_sessions
from .in_flight import CURRENT, InFlight, Progress
from .responses import Response
from .wire_errors import (
    NOT_SENT,
    SecondPass,
    is_servers_end,
    lost,
    not_sent,
    proxy_refused,
    unusable,
)

Signed = Callable[[str, str], AbstractContextManager[Mapping[str, str]]]


class _OnePass:
    """The innermost middleware of one attempt: adds the credentials and lets one request through.

    The credentials are not passed as headers of the request: aiohttp would show them to tracers,
    and would refuse them if the caller's session has credentials too (from ``.netrc``, for
    example).
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
            raise SecondPass
        self._made = True
        if not self._progress.observed:
            self._progress.sent = True
        request.headers.update(self._signature)
        return handler(request)


class Wire:
    """A client's connections to one vendor, opened when first needed.

    Requests share kept-alive connections. A write whose response names no row has a connection of
    its own, so that it can't receive the response to another write. See ``connections.py``.

    :param session: the caller's own session, or one that several clients share, for all requests;
        it is not closed.
    :param connector: the caller's own connector, for all requests; it is not closed.
    :param trust_env: take the proxy from ``HTTPS_PROXY`` and ``NO_PROXY``.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession | SharedSession | None = None,
        connector: aiohttp.BaseConnector | None = None,
        trust_env: bool = False,
    ) -> None:
        self._shared = session if isinstance(session, SharedSession) else None
        self._session = None if isinstance(session, SharedSession) else session
        self._single_use_session = self._session
        self._owned = session is None
        #: Whether the session reports when a request gets its connection.
        self._observed = session is None or self._shared is not None
        self._connector = connector
        self._trust_env = trust_env
        self._closed = False
        self._places: asyncio.Semaphore | None = None
        self._in_flight = InFlight()
        self._owner = LoopOwner(
            "the client", "make one client per event loop and process, after a fork"
        )

    async def close(self) -> None:
        """Close the sessions, unless they are the caller's. Further use raises ClientUnusable."""
        self._closed = True
        await self._in_flight.close()
        if self._owned and self._session is not None and self._single_use_session is not None:
            await self._session.close()
            await self._single_use_session.close()

    def _is_closed(self) -> bool:
        session = self._shared or self._session
        return self._closed or (session is not None and session.closed)

    def _ready(
        self, call: Call[object], url: str
    ) -> tuple[aiohttp.ClientSession, asyncio.Semaphore]:
        self._owner.loop()
        if self._is_closed():
            raise unusable()
        if self._session is None or self._single_use_session is None:
            self._session, self._single_use_session = (
                self._shared.open()
                if self._shared is not None
                else open_sessions(self._connector, trust_env=self._trust_env)
            )
        session = self._session if is_matched(call) else self._single_use_session
        if self._shared is not None:
            return session, self._shared.places(_target(url)[0])
        if self._places is None:
            self._places = asyncio.Semaphore(_most_at_once(self._session.connector))
        return session, self._places

    async def exchange(
        self,
        call: Call[object],
        url: str,
        body: bytes | None,
        *,
        headers: Mapping[str, str],
        signed: Signed,
        progress: Progress,
        seconds: float,
        late: Callable[[Response], None],
        is_streamed: bool = False,
    ) -> Response:
        """Send ``call`` once, and end its slot of the rate limit.

        :param url: absolute, already percent-encoded.
        :param headers: headers in addition to the usual ones and the credentials.
        :param progress: records whether the request may have been sent. Its slot is ended here:
            unused if nothing was sent; answered if the status line came or the server closed the
            connection; abandoned, for the rest of ``seconds``, if no response came. If the caller
            is cancelled after the request was sent, the slot is ended when the response comes.
        :param seconds: for the whole attempt; connecting may take 10 of them.
        :param is_streamed: return a success with its body unread, as a :class:`StreamedResponse`.
            ``seconds`` then limits the wait for the status line and each wait for more of the body.
        :param late: called with a response, without its body, that came after the caller was
            cancelled.
        :raises InvalidInput: the URL can't be requested; nothing was sent.
        :raises ConnectionFailed: no connection was made; nothing was sent.
        :raises ResponseLost: the request was sent, and no complete or readable response came
            (also as :class:`TimedOut` or :class:`InvalidResponse`).
        """
        failure: LmsError
        try:
            session, places = self._ready(call, url)
            await places.acquire()
        except BaseException:
            progress.slot.unused()
            raise
        if self._is_closed():  # it may have been closed during the wait
            places.release()
            progress.slot.unused()
            raise unusable()
        timeout = _timeout(seconds)
        if is_streamed:
            timeout = _timeout_of_stream(seconds)
            headers = {**headers, "Accept-Encoding": "identity"}  # see BodyReader.has_end
        progress.observed = self._observed
        progress.deadline = asyncio.get_running_loop().time() + seconds

        def over(late_response: aiohttp.ClientResponse | None) -> None:
            places.release()
            if late_response is not None:
                late(Response(late_response.status, late_response.headers, b""))

        try:
            request, ended = _signed_request(
                session, call, url, body, headers, signed, timeout, progress
            )
        except BaseException:
            places.release()
            progress.slot.unused()
            raise
        try:
            response = await self._in_flight.response(request, progress, ended=ended, over=over)
            if is_streamed and 200 <= response.status < 300:
                reader = BodyReader(response, call, seconds=seconds, ended=places.release)
                return StreamedResponse(response.status, response.headers, b"", reader)
            try:
                async with response:
                    content = await read_whole(response)
            finally:
                places.release()
            if response.status == 407:
                failure = proxy_refused(call, 407)
            elif content is not None:
                return Response(response.status, response.headers, content)
            else:
                failure = ResponseLost(too_large(), call=call)
        except aiohttp.ClientHttpProxyError as error:
            failure = proxy_refused(call, error.status)
        except NOT_SENT as error:
            failure = not_sent(call, url, error)
        except aiohttp.InvalidURL:
            failure = InvalidInput(f"{call}: the URL can't be requested")
        except TimeoutError as error:
            # Without a connection nothing was sent.
            failure = not_sent(call, url, error)
            if progress.sent:
                failure = TimedOut(f"no response within {seconds:g} s", call=call)
        except (aiohttp.ClientError, SecondPass, ValueError, OSError) as error:
            # A host name that can't be looked up raises UnicodeError before anything is sent.
            no_host = isinstance(error, UnicodeError) and not progress.sent
            failure = not_sent(call, url, error) if no_host else lost(call, error)
        except RuntimeError:
            if not self._is_closed():
                raise
            failure = unusable()
        # Raised outside `except`, so that aiohttp's error is not its context: it quotes the URL.
        raise failure


def _signed_request(
    session: aiohttp.ClientSession,
    call: Call[object],
    url: str,
    body: bytes | None,
    headers: Mapping[str, str],
    signed: Signed,
    timeout: aiohttp.ClientTimeout,
    progress: Progress,
) -> tuple[Coroutine[Any, Any, aiohttp.ClientResponse], Callable[[], None]]:
    """Return the signed request, and a function to call when its response begins or will not come.

    The request is signed in the caller's task, where the vendor's check of the response looks for
    the signature. The credentials are only in this function's frame, which no longer exists when an
    error is raised.
    """
    target, printed = _target(url)
    signing = signed(call.method, printed)
    usual = _HEADERS if body is None else _HEADERS_OF_JSON
    options = {
        "data": body,
        "headers": {**usual, **headers} if headers else usual,
        "allow_redirects": False,
        "raise_for_status": False,
        "middlewares": (_OnePass(signing.__enter__(), progress),),
        "timeout": timeout,
        # Not set for a caller's own session, whose tracing would receive it.
        "trace_request_ctx": progress if progress.observed else None,
    }

    def ended() -> None:
        signing.__exit__(None, None, None)

    return _request(session, call.method, target, options, progress), ended


async def _request(
    session: aiohttp.ClientSession,
    method: str,
    target: URL,
    options: dict[str, Any],
    progress: Progress,
) -> aiohttp.ClientResponse:
    """Return the response, with its body unread. The request's slot is ended in any case."""
    CURRENT.set(progress)
    try:
        response = await session.request(method, target, **options)
    except BaseException as error:
        if not progress.sent or isinstance(error, (*NOT_SENT, aiohttp.ClientHttpProxyError)):
            progress.slot.unused()
        elif is_servers_end(error) and not session.closed:
            progress.slot.answered()
        else:
            progress.slot.abandoned(progress.left())
        raise
    progress.slot.answered()
    return response


@lru_cache(maxsize=64)
def _target(url: str) -> tuple[URL, str]:
    """Return ``url`` as an object for aiohttp, and as the text that is sent.

    The result is cached because all chunks of a bulk have the same URL. yarl caches the last 128
    URLs too, so this cache does not keep any personal data longer.
    """
    target = URL(url, encoded=True)
    return target, str(target)


_HEADERS = {"Accept": "application/json", "User-Agent": f"lms-async/{__version__}"}
_HEADERS_OF_JSON = {**_HEADERS, "Content-Type": "application/json"}


@lru_cache(maxsize=8)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    connecting = min(10.0, seconds)
    # `connect` includes a proxy's response to CONNECT. The request is sent only after it.
    return aiohttp.ClientTimeout(total=seconds, sock_connect=connecting, connect=connecting)


@lru_cache(maxsize=8)
def _timeout_of_stream(seconds: float) -> aiohttp.ClientTimeout:
    return attrs.evolve(_timeout(seconds), total=None, sock_read=seconds)


def _most_at_once(connector: aiohttp.BaseConnector | None) -> int:
    """Return how many requests may have a connection at once.

    The others wait in our semaphore and not in aiohttp's pool. In the pool, their wait would count
    as the vendor's time, and they could not be distinguished from requests that were sent.
    """
    limits = (connector.limit, connector.limit_per_host) if connector is not None else ()
    return min((limit for limit in limits if limit), default=1000)
