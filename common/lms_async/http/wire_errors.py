"""Turn the errors of aiohttp into the errors that this package raises.

The texts of aiohttp's errors are never shown, because they quote the URL, which may name a person,
or the response.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import aiohttp
from yarl import URL

from ..errors import ClientUnusable, ConnectionFailed, InvalidResponse, ResponseLost
from .call import Call
from .connections import NotConnected

#: Exceptions that mean that no connection was made.
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, NotConnected)


class SecondPass(Exception):
    """aiohttp is about to send a request for a second time, without being asked to.

    It does so for idempotent methods when a kept-alive connection drops, and has no option to turn
    this off (aio-libs/aiohttp#7363). The request was sent and its response was lost. Raising this
    leaves the retry to our own code, which counts it, pays for it and signs it.
    """


#: Exceptions that mean that the server closed the connection or sent something unreadable.
_SERVERS_ENDS = (
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientResponseError,
    ConnectionError,
    SecondPass,
)


def is_servers_end(error: BaseException) -> bool:
    """Return whether the server closed the connection or sent something that is not HTTP.

    The server has then received all that it will ever receive of the request.
    """
    return isinstance(error, _SERVERS_ENDS) or (
        isinstance(error, aiohttp.ClientOSError) and error.errno in (errno.ECONNRESET, errno.EPIPE)
    )


def unusable() -> ClientUnusable:
    """Return the error for a request of a closed client."""
    return ClientUnusable(
        "the client is closed", hint="make a new one, or use it within `async with`"
    )


def lost(call: Call[object], error: Exception) -> ResponseLost:
    """Return the error for a response that was cut off or breaks the rules of HTTP."""
    unread = _why_unreadable(error)
    if unread:
        return InvalidResponse(f"the response can't be read: {unread}", call=call)
    what = "the connection was cut before the complete response came"
    return ResponseLost(f"{what} [{type(error).__name__}]", call=call)


def _why_unreadable(error: Exception) -> str:
    """Return why a response can't be read, or an empty text if it was cut off."""
    text = ""
    cause: BaseException | None = error
    while cause is not None:
        text += f"{type(cause).__name__} {cause} "
        cause = cause.__cause__
    for sign, why in _UNREADABLE.items():
        if sign in text:
            return why
    if isinstance(error, aiohttp.ClientResponseError):
        return "it breaks the rules of HTTP"
    return ""


_UNREADABLE = {
    "ContentEncodingError": "its Content-Encoding can't be decoded here",
    "PayloadEncodingError": "its Content-Encoding can't be decoded here",
    "Can not decode content-encoding": "its Content-Encoding can't be decoded here",
    "LineTooLong": "a header is longer than 8,190 bytes",
    "Got more than": "a header is longer than 8,190 bytes",
    "Too many headers": "it has too many headers",
}


def proxy_refused(call: Call[object], status: int) -> ConnectionFailed:
    """Return the error for a proxy that answered ``status`` instead of connecting."""
    hint = (
        "add the proxy's user name and password to HTTPS_PROXY"
        if status == 407
        else "the request was not sent; ask the administrator of the proxy"
    )
    return ConnectionFailed(f"the proxy refused to connect: HTTP {status}", call=call, hint=hint)


def _certificate_hint() -> str:
    ca_file = os.environ.get("SSL_CERT_FILE")
    if ca_file and not Path(ca_file).is_file():
        return "the certificate was not accepted, because the file in SSL_CERT_FILE does not exist"
    if ca_file:
        return "the certificate is for another host, or no CA in SSL_CERT_FILE has signed it"
    return (
        "the certificate was not accepted; if a filtering proxy replaces certificates, set "
        "SSL_CERT_FILE to a file with the proxy's CA certificate"
    )


def not_sent(call: Call[object], url: str, error: Exception) -> ConnectionFailed:
    """Return the error for a request that got no connection."""
    to = str(URL(url, encoded=True).raw_host)
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        to = "the proxy"
        hint = "the request was not sent; check HTTPS_PROXY, or the proxy of the session"
    elif isinstance(error, aiohttp.ClientConnectorDNSError):
        hint = "the host name was not found; check the base URL and the network"
    elif isinstance(error, aiohttp.ClientConnectorCertificateError):
        hint = _certificate_hint()
    elif isinstance(error, aiohttp.ClientSSLError):
        hint = "TLS could not be agreed on: check that the host, its port and any proxy speak https"
    else:
        hint = "the request was not sent; check the host, the network and any proxy"
    return ConnectionFailed(f"no connection to {to} [{type(error).__name__}]", call=call, hint=hint)
