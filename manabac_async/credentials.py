"""The credentials that ManageBac accepts.

They are a token in the header ``auth-token`` (as in the vendor's samples), a token in the query
(which access logs then show), or OAuth 2 client credentials. Vendor page: "Security schemes".
"""

from __future__ import annotations

import asyncio
import base64
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from contextlib import suppress

import attrs

from lms_async.errors import BadRequest, InvalidInput, Unauthorized, UnexpectedResponse
from lms_async.http.call import Call
from lms_async.http.transport import Transport
from lms_async.http.urls import Query
from lms_async.http.vendor import checked_secret
from lms_async.records.converter import Record
from lms_async.redact import Sealed

#: A bearer token is renewed this many seconds before it expires, but not before nine tenths of its
#: lifetime.
_MARGIN = 60.0
#: The assumed lifetime of a token, in seconds, if the response has no `expires_in` (RFC 6749 allows
#: that). A token that expires earlier is renewed when a request is refused.
_DEFAULT_LIFE = 3600.0
#: The longest lifetime that is assumed, in seconds, whatever the vendor says.
_LONGEST_LIFE = 24 * 3600.0


class Credentials(ABC):
    """The credentials of a request. By default, the methods add nothing and renew nothing."""

    @abstractmethod
    def account(self) -> Hashable:
        """Return a value that identifies the account. It may be a secret."""

    def headers(self) -> Mapping[str, str]:
        """Return the headers to add to one attempt."""
        return {}

    def query(self) -> Query:
        """Return what to add to the URL of one attempt."""
        return ()

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that a response might quote and that no message may show."""
        return (*self.headers().values(), *(str(value) for _, value in self.query()))

    async def prepare(self) -> None:  # noqa: B027 - most credentials need nothing
        """Fetch what the next attempt needs."""

    def is_fresh(self) -> bool:
        """Return whether what :meth:`prepare` fetched is still valid."""
        return True

    def generation(self) -> int | None:
        """Return a number that changes with each renewal; ``None`` if they can't be renewed."""
        return None

    def expire(self, generation: int) -> None:  # noqa: B027 - most credentials can't be renewed
        """Renew the credentials of ``generation`` before the next attempt."""


class Token(Credentials):
    """A token in a header, by default ``auth-token``."""

    def __init__(self, token: str, *, header: str = "auth-token") -> None:
        self._headers = Sealed({header: checked_secret(token, "token")})

    def headers(self) -> Mapping[str, str]:
        """Return the token."""
        return self._headers.reveal()

    def account(self) -> Hashable:
        """Return the token."""
        return str(self._headers.reveal())


class QueryToken(Credentials):
    """A token in the query, as ``auth_token``. The ``headers`` are sent too."""

    def __init__(self, token: str, *, headers: Mapping[str, str] | None = None) -> None:
        self._query = Sealed((("auth_token", checked_secret(token, "token")),))
        self._headers = Sealed(
            {
                checked_secret(name, "header's name"): checked_secret(value, "header")
                for name, value in (headers or {}).items()
            }
        )

    def headers(self) -> Mapping[str, str]:
        """Return the extra headers."""
        return self._headers.reveal()

    def query(self) -> Query:
        """Return the token."""
        return self._query.reveal()

    def account(self) -> Hashable:
        """Return the token."""
        return str(self._query.reveal())


class BasicToken(Credentials):
    """A token in HTTP Basic, for v1.

    The vendor's page does not define which part of HTTP Basic is the token. So the token is sent
    both as the user name and as the password.
    """

    def __init__(self, token: str) -> None:
        self._token = Sealed(checked_secret(token, "token"))
        if ":" in self._token.reveal():
            raise InvalidInput("a token with a colon can't be sent in HTTP Basic")

    def headers(self) -> Mapping[str, str]:
        """Return the token."""
        token = self._token.reveal()
        pair = base64.b64encode(f"{token}:{token}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def secrets(self) -> tuple[str, ...]:
        """Return the token, and how it is encoded."""
        encoded = self.headers()["Authorization"].removeprefix("Basic ")
        return (self._token.reveal(), encoded)

    def account(self) -> Hashable:
        """Return the token."""
        return self._token.reveal()


class ClientCredentials:
    """OAuth 2 client credentials, for :class:`~manabac_async.ManageBac` instead of a token.

    :param scope: space-separated scopes; by default all scopes of the application.
    """

    def __init__(self, client_id: str, client_secret: str, *, scope: str | None = None) -> None:
        self.client_id = checked_secret(client_id, "client_id")
        body = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": checked_secret(client_secret, "client_secret"),
        }
        self._body = Sealed(body if scope is None else {**body, "scope": scope})

    def call(self) -> Call[BearerToken]:
        """Build the request for a token. Sending it twice does no harm."""
        return Call(
            "POST",
            "oauth/token",
            route="oauth/token",
            body=self._body.reveal(),
            returns=BearerToken,
            required_key="access_token",
            repeatable=True,
        )


@attrs.define(kw_only=True, repr=False)
class BearerToken(Record):
    """An access token. ``expires_in`` is in seconds; ``None`` if it is missing or not a number."""

    access_token: str
    expires_in: float | None = None
    extra: dict[str, object] = attrs.field(factory=dict)


class BearerCredentials(Credentials):
    """The current bearer token. It is renewed before it expires, or when it is refused.

    Requests that wait for a token at the same time share one renewal.
    """

    def __init__(self, credentials: ClientCredentials, transport: Transport) -> None:
        self._credentials = credentials
        self._transport = transport
        self._headers: Sealed[dict[str, str]] = Sealed({})
        self._renew_at = 0.0
        self._generation = 0
        self._renewing: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Wait until there is a token that has not expired.

        :raises LmsError: no token could be fetched.
        """
        if self.is_fresh():
            return
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew())
            self._renewing.add_done_callback(self._renewed)
        # Shielded, so that the cancellation of one caller does not cancel the renewal for others.
        await asyncio.shield(self._renewing)

    def is_fresh(self) -> bool:
        """Return whether the token has not expired."""
        return asyncio.get_running_loop().time() < self._renew_at

    def generation(self) -> int:
        """Return how many tokens were fetched so far."""
        return self._generation

    def expire(self, generation: int) -> None:
        """Renew the token before the next attempt, unless it was renewed meanwhile."""
        if generation == self._generation:
            self._renew_at = 0.0

    async def _renew(self) -> None:
        requested_at = asyncio.get_running_loop().time()
        call = self._credentials.call()
        try:
            token = await self._transport.send(call)
        except BadRequest as refused:
            # RFC 6749, 5.2: an unknown or unauthorized application may get a 400.
            raise Unauthorized(
                refused.status,
                call=call,
                detail=refused.detail,
                hint="check the client_id and client_secret, and the application in ManageBac",
            ) from None
        life = _DEFAULT_LIFE if token.expires_in is None else token.expires_in
        if not life > 0:
            raise UnexpectedResponse(
                "the new access token has already expired: its expires_in is not above 0",
                call=call,
                hint="check the application's settings in ManageBac",
            )
        life = min(life, _LONGEST_LIFE)
        value = None
        with suppress(InvalidInput):  # its message is about an argument of the caller
            value = checked_secret(token.access_token, "token")
        if value is None:
            raise UnexpectedResponse("the new access token can't be sent in a header", call=call)
        self._headers = Sealed({"Authorization": f"Bearer {value}"})
        self._renew_at = requested_at + life - min(_MARGIN, life / 10)
        self._generation += 1

    def _renewed(self, task: asyncio.Task[None]) -> None:
        self._renewing = None
        if not task.cancelled():
            task.exception()  # retrieved, or asyncio logs it if no caller is waiting

    def headers(self) -> Mapping[str, str]:
        """Return the token."""
        return self._headers.reveal()

    def account(self) -> Hashable:
        """Return the application's id."""
        return self._credentials.client_id


class NoCredentials(Credentials):
    """No credentials, for the request that fetches a token."""

    def account(self) -> Hashable:
        """Return ``None``."""
        return None
