"""The options that every client takes, with their types, defaults and documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import aiohttp

from ..events import Listener
from ..limits.limiter import Limiter
from .connections import SharedSession
from .retry import RetryPolicy
from .transport import Transport
from .vendor import Vendor
from .wire import Wire


class ClientOptions(TypedDict, total=False):
    """Keyword arguments that every client takes.

    :param limiter: how fast requests are sent; replaces the vendor's default limit, which all
        clients of one account on one event loop share. If several limits apply, give a list of
        limiters, each of them once. A call waits for a slot of each, in this order. An empty
        list means the default limit.
    :param retry: when a failed call is made again.
    :param timeout: seconds for one attempt, from connecting to the last byte; by default 60.
    :param session: an aiohttp session of yours, or the session of
        :class:`~lms_async.accounts.Accounts`; it is not closed.
    :param connector: a connector of yours (certificates, a local address) for our session; it is
        not closed. For a proxy see ``trust_env``.
    :param trust_env: connect through the proxy that ``HTTPS_PROXY`` names, except to hosts in
        ``NO_PROXY``. For a proxy of your choice: ``session=aiohttp.ClientSession(proxy=…)``.
    :param allow_http: accept an ``http://`` base URL on another machine, such as a sandbox in
        another container. Credentials are then sent unencrypted.
    :param events: functions that are called with each event, see :mod:`lms_async.events`.
    :param strict: raise DecodeError if a value of a response does not fit its field. Otherwise the
        field is ``None``, and the value is in the record's ``extra`` under the field's name.
    """

    limiter: Limiter | Sequence[Limiter] | None
    retry: RetryPolicy | None
    timeout: float
    session: aiohttp.ClientSession | SharedSession | None
    connector: aiohttp.BaseConnector | None
    trust_env: bool
    allow_http: bool
    events: Sequence[Listener]
    strict: bool


def open_wire(options: ClientOptions) -> Wire:
    """Return the connections that ``options`` ask for."""
    return Wire(
        session=options.get("session"),
        connector=options.get("connector"),
        trust_env=options.get("trust_env", False),
    )


def open_transport(
    vendor: Vendor, options: ClientOptions, *, wire: Wire | None = None
) -> Transport:
    """Return a transport to ``vendor`` with ``options``.

    :param wire: connections that another transport uses too.
    :raises TypeError: an option has no such name.
    """
    unknown = sorted(options.keys() - ClientOptions.__annotations__.keys())
    if unknown:
        known = ", ".join(ClientOptions.__annotations__)
        raise TypeError(f"unexpected keyword argument {unknown[0]!r}; a client's options: {known}")
    return Transport(
        vendor,
        wire or open_wire(options),
        limiter=options.get("limiter"),
        retry=options.get("retry"),
        timeout=options.get("timeout", 60.0),
        events=options.get("events", ()),
    )
