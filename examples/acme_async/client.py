"""The client of Acme."""

from __future__ import annotations

from collections.abc import Sequence

from lms_async.vendor_kit import (
    Client,
    Limiter,
    Listener,
    RetryPolicy,
    Sealed,
    Transport,
    Wire,
    checked_base_url,
    checked_secret,
)

from .resources import Pupils
from .vendor import AcmeVendor

BASE_URL = "https://api.acme.example/v1/"


class Acme(Client):
    """A client of one school's Acme, for one event loop.

    Use it as ``async with Acme(token) as acme``, or call :meth:`close`.

    :param token: the API token.
    :param base_url: another address, e.g. that of a sandbox.
    :param limiter: how fast to send; by default 20 requests per second.
    :param retry: when to try again.
    :param timeout: seconds for one attempt.
    :param events: functions that are told what happens, see :mod:`lms_async.events`.
    :raises InvalidInput: no token, or a base URL that is not safe.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str = BASE_URL,
        limiter: Limiter | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 60.0,
        events: Sequence[Listener] = (),
    ) -> None:
        token = checked_secret(token, "token")
        vendor = AcmeVendor(checked_base_url(base_url), Sealed(token), scope=("Acme", token))
        self._bind(
            Transport(vendor, Wire(), limiter=limiter, retry=retry, timeout=timeout, events=events)
        )

    def _bind(self, transport: Transport) -> None:
        super()._bind(transport)
        self.pupils = Pupils(transport)
