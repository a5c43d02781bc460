"""The front door to ManageBac's v1."""

from __future__ import annotations

import re
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

from ..credentials import QueryToken
from ..models import converter, strict_converter
from .resources import ClassesV1, Groups, IbGroups, UsersV1
from .vendor import ManageBacV1Vendor


class ManageBacV1(Client):
    """A client of one school's ManageBac, legacy v1, for one event loop.

    Use it as ``async with ManageBacV1("myschool", token) as managebac``, or call :meth:`close`.

    :param school: the school's subdomain, as in ``https://{school}.managebac.com``.
    :param token: the API token. It goes into the query, as every client in use sends it, and into
        a header beside it, as the vendor's page has it for writes.
    :param base_url: another address, e.g. ``https://myschool.managebac.cn/api/``.
    :param limiter: how fast to go; where not given, 50 requests in a second, shared by all clients
        of this host on this event loop.
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
    :raises InvalidInput: no token, no school's name, or a base URL that is not safe.
    """

    def __init__(
        self,
        school: str,
        token: str,
        *,
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
        if not token:
            raise InvalidInput("ManageBac needs a token")
        if not isinstance(school, str) or not re.fullmatch(r"[A-Za-z0-9-]+", school):
            raise InvalidInput("school is the subdomain alone, e.g. myschool")
        url = checked_base_url(base_url or f"https://{school}.managebac.com/api/")
        credentials = QueryToken(token, headers={"auth_token": token})
        scope = ("ManageBac", urlsplit(url).netloc)
        read = strict_converter if strict else converter
        vendor = ManageBacV1Vendor(url, credentials, scope, read)
        wire = Wire(session=session, connector=connector, trust_env=trust_env)
        self._bind(
            Transport(vendor, wire, limiter=limiter, retry=retry, timeout=timeout, events=events)
        )

    def _bind(self, transport: Transport) -> None:
        super()._bind(transport)
        self.users = UsersV1(transport)
        self.ib_groups = IbGroups(transport)
        self.classes = ClassesV1(transport)
        self.groups = Groups(transport)
