"""Look at a server without credentials: the version of TLS, and the clock."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import attrs
from aiohttp.connector import Connection

_TIMEOUT = aiohttp.ClientTimeout(total=10.0)


@attrs.frozen
class Probe:
    """What a response without credentials shows of a server."""

    #: For example ``TLSv1.3``; ``""`` if the connection is not encrypted.
    tls: str
    #: Seconds from the request to the response.
    seconds: float
    #: By how many seconds the clock of this computer is ahead of the server's; ``None`` if the
    #: response has no usable ``Date``. It is exact to about a second.
    clock_ahead: float | None


class _TlsConnector(aiohttp.TCPConnector):
    """Remembers the version of TLS. A response to HEAD has given its connection back already."""

    tls = ""

    async def connect(self, *args: Any, **options: Any) -> Connection:
        """Return a connection."""
        connection = await super().connect(*args, **options)
        transport = connection.transport
        secured = None if transport is None else transport.get_extra_info("ssl_object")
        self.tls = "" if secured is None else str(secured.version() or "")
        return connection


async def probe(url: str) -> Probe | None:
    """Send one HEAD request to ``url``, through the proxy of the environment variables.

    :returns: ``None`` if no response came.
    """
    began = time.monotonic()
    connector = _TlsConnector()
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector,
                trust_env=True,
                timeout=_TIMEOUT,
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            session.head(url, allow_redirects=False, headers={"Connection": "close"}) as response,
        ):
            seconds = time.monotonic() - began
            now = time.time()
            clock_ahead = _clock_ahead(response.headers.get("Date"), now)
            return Probe(connector.tls, seconds, clock_ahead)
    except (aiohttp.ClientError, OSError, ValueError):
        return None


def _clock_ahead(date: str | None, now: float) -> float | None:
    """Compare the clocks.

    :param date: the header ``Date``.
    :param now: when the response came, in seconds since 1970.
    """
    try:
        return None if date is None else now - parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
