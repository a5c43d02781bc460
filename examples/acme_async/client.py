"""Acme's client."""

from __future__ import annotations

from typing import Unpack

from lms_async.vendor_kit import (
    Client,
    ClientOptions,
    Sealed,
    Transport,
    checked_base_url,
    checked_secret,
    open_transport,
)

from .models import converter, strict_converter
from .resources import Pupils
from .vendor import AcmeVendor

BASE_URL = "https://api.acme.example/v1/"


class Acme(Client):
    """A client for one school's account. It belongs to one event loop.

    Use it as ``async with Acme(token) as acme``, or call :meth:`close` at the end.

    :param token: the API token.
    :param base_url: the base URL, for example of a sandbox.
    :param options: see :class:`~lms_async.ClientOptions`. The default ``limiter`` allows 20
        requests per second and token.
    :raises InvalidInput: the token is missing, or the base URL is not safe.
    """

    def __init__(
        self, token: str, *, base_url: str = BASE_URL, **options: Unpack[ClientOptions]
    ) -> None:
        token = checked_secret(token, "token")
        url = checked_base_url(base_url, allow_http=options.get("allow_http", False))
        read = strict_converter if options.get("strict") else converter
        vendor = AcmeVendor(url, Sealed(token), scope=("Acme", token), converter=read)
        self._bind(open_transport(vendor, options))

    def _bind(self, transport: Transport) -> None:
        super()._bind(transport)
        self.pupils = Pupils(transport)
