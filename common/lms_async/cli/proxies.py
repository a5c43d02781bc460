"""Find the host and the proxy of a client, to show them before the first request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from .exit_codes import CommandError

#: The schemes whose proxy variables aiohttp reads.
_PROXY_SCHEMES = ("http", "https", "ws", "wss")


def host_of(client: Any) -> str:
    """Return scheme, host and port of a client's base URL, without credentials, path or query.

    :returns: ``""`` if the client has no base URL.
    """
    url = urlsplit(str(getattr(client, "base_url", "")))
    try:
        port = f":{url.port}" if url.port else ""
    except ValueError:
        port = ""
    host = url.hostname or ""
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}" if host else ""


def proxy_for(url: str) -> str:
    """Return the proxy for ``url`` without user name and password; ``""`` for none.

    :raises CommandError: a proxy variable is not valid. aiohttp would ignore it and send requests
        without a proxy.
    """
    to = urlsplit(url)
    proxies = {s: proxy for s, proxy in getproxies().items() if s in _PROXY_SCHEMES and proxy}
    if not to.hostname or proxy_bypass(to.hostname):
        return ""
    shown = {scheme: _without_credentials(scheme, proxy) for scheme, proxy in proxies.items()}
    return shown.get(to.scheme, "")


def _without_credentials(scheme: str, given: str) -> str:
    try:
        proxy = urlsplit(given)
        (proxy.hostname or "").encode("idna")  # raises a ValueError for "a..b"
        usable = proxy.scheme == "http" and bool(proxy.hostname)
        port = f":{proxy.port}" if proxy.port else ""
    except ValueError:
        usable, port = False, ""
    if not usable or not given.isprintable():
        raise CommandError(
            f"{scheme.upper()}_PROXY is not the address of a proxy that lms can use.",
            "Write it as http://host:port, or remove it. Hosts in NO_PROXY are reached directly.",
        )
    host = proxy.hostname or ""
    return f"http://{f'[{host}]' if ':' in host else host}{port}"


@contextmanager
def without_netrc() -> Iterator[None]:
    """Prevent aiohttp from sending credentials of a ``.netrc`` file in addition to ours."""
    with _set(NETRC=os.devnull):
        yield


@contextmanager
def without_proxy() -> Iterator[None]:
    """Use no proxy: a proxy cannot reach a sandbox on this machine."""
    with _set(no_proxy="*", NO_PROXY="*"):
        yield


@contextmanager
def _set(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
