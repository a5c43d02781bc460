"""The front door to Schoology."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from lms_async.client import Client
from lms_async.errors import InvalidInput
from lms_async.events import Listener
from lms_async.http.call import build_path, get
from lms_async.http.retry import RetryPolicy
from lms_async.http.transport import Transport
from lms_async.http.vendor import checked_base_url, checked_secret
from lms_async.http.wire import Wire
from lms_async.limits.window import Limiter

from .models import AppUserInfo, converter, strict_converter
from .resources import Users
from .signing import Signature, Signer
from .vendor import SchoologyVendor

BASE_URL = "https://api.schoology.com/v1/"


class Schoology(Client):
    """A client of one Schoology account, for one event loop.

    Use it as ``async with Schoology(key=…, secret=…) as schoology``, or call :meth:`close`.

    :param key: consumer key.
    :param secret: consumer secret.
    :param token: access token of a three-legged key, with ``token_secret``.
    :param base_url: another host of the vendor's, e.g. ``https://api.schoologyca.com/v1/``.
    :param signature: ``HMAC-SHA1``, or ``PLAINTEXT`` (the secret itself then goes over TLS).
    :param limiter: how fast to go; where not given, 13 requests in 5 seconds, shared by all
        clients of this key on this event loop.
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
    :raises InvalidInput: no key or secret, one that can't be sent, half a token, no such signature,
        or a base URL that is not safe.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        token: str | None = None,
        token_secret: str | None = None,
        base_url: str = BASE_URL,
        signature: Signature = "HMAC-SHA1",
        limiter: Limiter | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 60.0,
        session: aiohttp.ClientSession | None = None,
        connector: aiohttp.BaseConnector | None = None,
        trust_env: bool = False,
        events: Sequence[Listener] = (),
        strict: bool = False,
    ) -> None:
        if not key or not secret:
            raise InvalidInput("Schoology needs a consumer key and its secret")
        if (token is None) != (token_secret is None):
            raise InvalidInput("token and token_secret go together")
        key = checked_secret(key, "key")
        url = checked_base_url(base_url)
        signer = Signer(
            key,
            checked_secret(secret, "secret"),
            token=None if token is None else checked_secret(token, "token"),
            token_secret=None
            if token_secret is None
            else checked_secret(token_secret, "token_secret"),
            signature=signature,
        )
        vendor = SchoologyVendor(
            url,
            signer,
            scope=("Schoology", urlsplit(url).netloc, key),
            converter=strict_converter if strict else converter,
        )
        wire = Wire(session=session, connector=connector, trust_env=trust_env)
        self._bind(
            Transport(vendor, wire, limiter=limiter, retry=retry, timeout=timeout, events=events)
        )

    def _bind(self, transport: Transport) -> None:
        super()._bind(transport)
        self.users = Users(transport)

    async def app_user_info(self) -> AppUserInfo:
        """Whose credentials these are. Vendor page: "Other Calls", GET app-user-info.

        The cheapest call that tells whether the credentials are accepted.

        :raises Unauthorized: they are not.
        """
        return await self._transport.send(
            get(build_path("app-user-info"), returns=AppUserInfo, required_key="api_uid")
        )
