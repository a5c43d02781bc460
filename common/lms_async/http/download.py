"""Download a file, also if the vendor redirects to another host."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Hashable, Mapping
from contextlib import (
    AbstractContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    nullcontext,
)
from math import inf
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

import attrs
from cattrs import Converter

from ..errors import CrossHostRedirect, UnexpectedResponse
from ..limits.limiter import Limiter
from ..limits.queue import Priority
from ..redact import Sealed
from .call import Call
from .responses import Response
from .stream import Stream, stream
from .transport import Transport
from .urls import shown_as
from .vendor import LOOPBACK, Page, Vendor

#: The maximum number of redirects to other hosts.
_MOST_HOSTS = 3


class Download:
    """A file to download. ``await download`` returns its bytes. ``async for piece in download``
    returns the bytes as they arrive. Each use sends the request again.

    If the vendor redirects to another host, that host gets no credentials, and the request to it
    does not count toward the vendor's rate limit.

    :raises LmsError: the file could not be read, see :mod:`lms_async.errors`. If the connection is
        lost, :class:`~lms_async.errors.ResponseLost` is raised after the bytes that arrived.
    """

    def __init__(self, transport: Transport, call: Call[Response]) -> None:
        self._transport = transport
        self._call = call

    def __repr__(self) -> str:
        return f"<Download: {self._call}>"

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._everything().__await__()

    async def _everything(self) -> bytes:
        async with aclosing(self._pieces()) as pieces:
            return b"".join([piece async for piece in pieces])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async with aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                yield piece

    async def _pieces(self) -> AsyncGenerator[bytes, None]:
        async with self._opened() as response, aclosing(response.chunks) as chunks:
            async for chunk in chunks:
                yield chunk

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Stream]:
        """Open the response of the vendor, or of the host to which it redirects."""
        transport, call = self._transport, self._call
        url = transport.vendor.url(call)
        async with AsyncExitStack() as stack:
            for _ in range(_MOST_HOSTS + 1):
                try:
                    response = await stack.enter_async_context(stream(transport, call))
                except CrossHostRedirect as redirect:
                    url = _target(redirect, url)
                else:
                    yield response
                    return
                host = _OtherHost(Sealed(url), converter=self._transport.vendor.converter)
                transport = transport.with_options(vendor=host, limiter=_Unlimited())
                # The path on that host is not the vendor's, and may name a person.
                call = attrs.evolve(call, route=shown_as(call.route, template="…"))
        raise UnexpectedResponse(f"more than {_MOST_HOSTS} redirects", call=self._call)


def _target(redirect: CrossHostRedirect, url: str) -> str:
    """Return the URL to which ``url`` redirects.

    :raises CrossHostRedirect: the new URL is not ``https://``. ``http://`` is allowed only from
        this machine to itself.
    """
    link = redirect.response.headers["location"] if redirect.response is not None else ""
    target = parts = None
    try:
        target = urljoin(url, link)
        parts = urlsplit(target)
        is_local = parts.hostname in LOOPBACK and urlsplit(url).hostname in LOOPBACK
    except ValueError:  # not chained to the error below, because its text shows the URL
        pass
    if target is None or parts is None or not parts.hostname:
        raise redirect
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise redirect
    return target


class _Unlimited:
    """A limiter without a limit, for a host that is not the vendor's API."""

    rate = inf

    async def acquire(
        self, *, weight: int = 1, priority: Priority = "normal", max_pause: float = inf
    ) -> _Unlimited:
        return self

    def pause(self, seconds: float, *, refusal: bool = True) -> None:
        """Ignore the pause. The retry of the refused request waits anyway."""

    def pause_left(self) -> float:
        return 0.0

    def answered(self) -> None:
        """Do nothing, because no slot is held."""


@attrs.frozen
class _OtherHost(Vendor):
    """The host to which the vendor redirects. It gets no credentials."""

    name: ClassVar[str] = "the host of the file"

    address: Sealed[str]
    converter: Converter = attrs.field(repr=False)
    scope: Hashable = "download"

    @property
    def base_url(self) -> str:  # type: ignore[override]
        """The whole URL, so that every further redirect counts as one to another host."""
        return self.address.reveal()

    @property
    def shown_base_url(self) -> str:
        """Scheme and host. The rest of the URL may have a signature, or name a person."""
        parts = urlsplit(self.address.reveal())
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"

    def default_limiter(self) -> Limiter:
        return _Unlimited()

    def auth_headers(self, method: str, url: str) -> AbstractContextManager[Mapping[str, str]]:
        return nullcontext({})

    def headers(self, call: Call[Any]) -> Mapping[str, str]:
        return {"Accept": "*/*"}

    def url(self, call: Call[Any]) -> str:
        return self.address.reveal()  # unchanged, because the signature covers the encoding

    def page(self, call: Call[Any], payload: Any) -> Page:
        raise NotImplementedError
