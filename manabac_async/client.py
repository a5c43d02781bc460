"""The front door to ManageBac's v2."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from lms_async.client import Client
from lms_async.errors import InvalidInput
from lms_async.events import Listener
from lms_async.http.retry import RetryPolicy
from lms_async.http.transport import Transport
from lms_async.http.vendor import checked_base_url
from lms_async.http.wire import Wire
from lms_async.limits.window import Limiter

from .credentials import Bearer, ClientCredentials, Credentials, Nobody, QueryToken, Token
from .models import converter, strict_converter
from .resources import Classes, Memberships, Students
from .vendor import ManageBacVendor

#: Where each region's schools are served. The region is the school's, not yours.
REGIONS = {
    "com": "https://api.managebac.com/",
    "cn": "https://api.managebac.cn/",
    "us1": "https://api.us.managebac.com/",
    "us2": "https://api.managebac.us/",
    "uat": "https://api.managebactest.com/",
}
#: ``v2`` receives breaking changes; the others are pinned (vendor: About versions).
VERSIONS = ("v2", "v2p0", "v2p1", "v2p2", "v2p3")


class ManageBac(Client):
    """A client of one school's ManageBac, v2, for one event loop.

    Use it as ``async with ManageBac(token) as managebac``, or call :meth:`close`.

    :param token: the API token, sent as a header; or a :class:`QueryToken`, or OAuth 2
        :class:`ClientCredentials`.
    :param region: ``com``, ``cn``, ``us1``, ``us2`` or ``uat``.
    :param version: ``v2``, or a pinned one, ``v2p0`` to ``v2p3``.
    :param base_url: another host, without the version; ``region`` is then not looked at.
    :param limiter: how fast to go; where not given, 50 requests in a second, shared by all clients
        of this host on this event loop, since the vendor counts by IP address.
    :param retry: when to try again.
    :param timeout: seconds for one attempt, from connecting to the last byte.
    :param session: your own aiohttp session; it is not closed.
    :param connector: your own connector (certificates, a local address) for our session; it is not
        closed. A proxy can't be given so: see ``trust_env``.
    :param trust_env: connect through the proxy that ``HTTPS_PROXY`` names, except to hosts in
        ``NO_PROXY``. To a proxy of your choice: ``session=aiohttp.ClientSession(proxy=…)``.
    :param events: functions that are told what happens, see :mod:`lms_async.events`.
    :param strict: raise DecodeError if one value of a response does not fit its field. Otherwise
        that field is ``None``, and the value is in the record's ``extra`` under the field's name.
    :raises InvalidInput: no token, an unknown region or version, or a base URL that is not safe.
    """

    def __init__(
        self,
        token: str | Token | QueryToken | ClientCredentials,
        *,
        region: str = "com",
        version: str = "v2",
        base_url: str | None = None,
        limiter: Limiter | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 60.0,
        session: aiohttp.ClientSession | None = None,
        connector: aiohttp.BaseConnector | None = None,
        trust_env: bool = False,
        events: Sequence[Listener] = (),
        strict: bool = False,
    ) -> None:
        if not token or not isinstance(token, str | Token | QueryToken | ClientCredentials):
            raise InvalidInput("ManageBac needs a token")
        if base_url is None and region not in REGIONS:
            raise InvalidInput(f"unknown region; known are {', '.join(REGIONS)}")
        if version not in VERSIONS:
            raise InvalidInput(f"unknown version; known are {', '.join(VERSIONS)}")
        root = checked_base_url(base_url or REGIONS[region])
        scope = ("ManageBac", urlsplit(root).netloc)
        wire = Wire(session=session, connector=connector, trust_env=trust_env)

        def over(url: str, credentials: Credentials) -> Transport:
            read = strict_converter if strict else converter
            vendor = ManageBacVendor(url, credentials, scope, read)
            return Transport(
                vendor, wire, limiter=limiter, retry=retry, timeout=timeout, events=events
            )

        credentials: Credentials
        if isinstance(token, ClientCredentials):
            credentials = Bearer(token, over(root, Nobody()))  # oauth/token has no version prefix
        else:
            credentials = Token(token) if isinstance(token, str) else token
        self._bind(over(f"{root}{version}/", credentials))

    def _bind(self, transport: Transport) -> None:
        super()._bind(transport)
        self.classes = Classes(transport)
        self.memberships = Memberships(transport)
        self.students = Students(transport)
