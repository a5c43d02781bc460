"""Where a client connects to, and through which proxy: shown before the first request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from .exit_codes import CommandError

#: The variables that aiohttp looks at, by their scheme.
_LOOKED_AT = ("http", "https", "ws", "wss")


def host_of(client: Any) -> str:
    """Where a client sends its requests, without anything that could be secret; ``""`` for a
    client that does not say."""
    url = urlsplit(str(getattr(client, "base_url", "")))
    try:
        port = f":{url.port}" if url.port else ""
    except ValueError:
        port = ""
    host = url.hostname or ""
    return f"{url.scheme}://{f'[{host}]' if ':' in host else host}{port}" if host else ""


def proxy_for(url: str) -> str:
    """The proxy by which requests to ``url`` go, as scheme, host and port; ``""`` for none. Its
    user name and password are left out.

    :raises CommandError: what is set is no address of a proxy that can be used. Otherwise requests
        would be sent without a proxy.
    """
    to = urlsplit(url)
    set_ = {scheme: proxy for scheme, proxy in getproxies().items() if scheme in _LOOKED_AT}
    if not to.hostname or proxy_bypass(to.hostname):
        return ""
    shown = {scheme: _shown(scheme, proxy) for scheme, proxy in set_.items() if proxy}
    return shown.get(to.scheme, "")


def _shown(scheme: str, given: str) -> str:
    try:
        proxy = urlsplit(given)
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
    """While entered, no ``.netrc`` is read: aiohttp would send what it has for a host to that host,
    beside our own credentials."""
    with _set(NETRC=os.devnull):
        yield


@contextmanager
def without_proxy() -> Iterator[None]:
    """While entered, this machine is reached without a proxy: one would look for the sandbox on
    its own machine."""
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
