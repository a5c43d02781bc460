"""The ways in which ManageBac knows who is asking.

Reference: "Security schemes": a token in the header ``auth-token`` (the vendor's samples), a token
in the query (it then stands in every access log), or OAuth 2 client credentials.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping
from contextlib import suppress
from typing import Protocol

import attrs

from lms_async.errors import BadRequest, InvalidInput, Unauthorized, UnexpectedResponse
from lms_async.http.call import Call
from lms_async.http.transport import Transport
from lms_async.http.urls import Query
from lms_async.http.vendor import checked_secret
from lms_async.records.converter import Record
from lms_async.redact import Sealed

#: A bearer token is renewed this many seconds before it ends, or at nine tenths of a shorter life.
_MARGIN = 60.0
#: How long a token is taken to live, in seconds, if the vendor does not say so: RFC 6749 lets the
#: vendor leave `expires_in` out. A token that ends before is renewed when a call is refused.
_UNSAID_LIFE = 3600.0
#: The longest life that is believed, in seconds.
_LONGEST_LIFE = 24 * 3600.0


class Credentials(Protocol):
    """What an attempt carries."""

    async def prepare(self) -> None:
        """Have what the next attempt needs."""

    def is_fresh(self) -> bool:
        """Whether what :meth:`prepare` got is still good."""

    def headers(self) -> Mapping[str, str]:
        """The headers of one attempt."""

    def query(self) -> Query:
        """What is added to the URL of one attempt."""

    def account(self) -> Hashable:
        """What tells whose they are; a secret, where they have no other name."""

    def generation(self) -> int | None:
        """What tells these credentials from renewed ones; ``None`` if they can't be renewed."""

    def expire(self, generation: int) -> None:
        """Have the credentials of ``generation`` renewed before the next attempt."""


class _Lasting:
    """What credentials have in common that are never renewed."""

    async def prepare(self) -> None:
        """Nothing."""

    def is_fresh(self) -> bool:
        """Always."""
        return True

    def generation(self) -> None:
        """They can't be renewed."""

    def expire(self, generation: int) -> None:
        """Nothing."""


class Token(_Lasting):
    """A token in a header; ``auth-token`` unless another is named."""

    def __init__(self, token: str, *, header: str = "auth-token") -> None:
        self._headers = Sealed({header: checked_secret(token, "token")})

    def headers(self) -> Mapping[str, str]:
        """The token."""
        return self._headers.reveal()

    def query(self) -> Query:
        """Nothing."""
        return ()

    def account(self) -> Hashable:
        """The token."""
        return str(self._headers.reveal())


class QueryToken(_Lasting):
    """A token in the query, as ``auth_token``, and in headers too where they are named."""

    def __init__(self, token: str, *, headers: Mapping[str, str] | None = None) -> None:
        self._query = Sealed((("auth_token", checked_secret(token, "token")),))
        self._headers = Sealed(
            {
                checked_secret(name, "header's name"): checked_secret(value, "header")
                for name, value in (headers or {}).items()
            }
        )

    def headers(self) -> Mapping[str, str]:
        """What was named."""
        return self._headers.reveal()

    def query(self) -> Query:
        """The token."""
        return self._query.reveal()

    def account(self) -> Hashable:
        """The token."""
        return str(self._query.reveal())


class ClientCredentials:
    """OAuth 2 client credentials, given to :class:`~manabac_async.ManageBac` in place of a token.

    :param scope: space-separated; all of the application's where not given.
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
        """The request for a token. Asking twice does no harm."""
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
    """An access token; ``expires_in`` is in seconds, ``None`` if it is not said or no number."""

    access_token: str
    expires_in: float | None = None
    extra: dict[str, object] = attrs.field(factory=dict)


class Bearer:
    """The current bearer token: renewed before it ends, or when it is refused, once for all who
    wait for it."""

    def __init__(self, credentials: ClientCredentials, transport: Transport) -> None:
        self._credentials = credentials
        self._transport = transport
        self._headers: Sealed[dict[str, str]] = Sealed({})
        self._renew_at = 0.0
        self._generation = 0
        self._renewing: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Wait for a token that has some life left.

        :raises LmsError: it could not be had.
        """
        if self.is_fresh():
            return
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew())
            self._renewing.add_done_callback(self._renewed)
        # Shielded: one caller that gives up does not take the token from the others.
        await asyncio.shield(self._renewing)

    def is_fresh(self) -> bool:
        """Whether the token has some life left."""
        return asyncio.get_running_loop().time() < self._renew_at

    def generation(self) -> int:
        """How many tokens there were before and with this one."""
        return self._generation

    def expire(self, generation: int) -> None:
        """Renew the token before the next attempt, unless it was renewed already."""
        if generation == self._generation:
            self._renew_at = 0.0

    async def _renew(self) -> None:
        asked = asyncio.get_running_loop().time()
        call = self._credentials.call()
        try:
            token = await self._transport.send(call)
        except BadRequest as refused:
            # RFC 6749, 5.2: an application that is not known, or may not do this, is refused so.
            raise Unauthorized(
                refused.status,
                call=call,
                detail=refused.detail,
                hint="check the client_id and client_secret, and the application in ManageBac",
            ) from None
        life = _UNSAID_LIFE if token.expires_in is None else token.expires_in
        if not life > 0:
            raise UnexpectedResponse(
                "the new access token has already ended: its expires_in is not above 0",
                call=call,
                hint="look at the application's settings in ManageBac",
            )
        life = min(life, _LONGEST_LIFE)
        value = None
        with suppress(InvalidInput):  # its text speaks of what the caller gave
            value = checked_secret(token.access_token, "token")
        if value is None:
            raise UnexpectedResponse("the new access token can't be sent in a header", call=call)
        self._headers = Sealed({"Authorization": f"Bearer {value}"})
        self._renew_at = asked + life - min(_MARGIN, life / 10)
        self._generation += 1

    def _renewed(self, task: asyncio.Task[None]) -> None:
        self._renewing = None
        if not task.cancelled():
            task.exception()  # those who wait were told; nobody may have been left

    def headers(self) -> Mapping[str, str]:
        """The token."""
        return self._headers.reveal()

    def query(self) -> Query:
        """Nothing."""
        return ()

    def account(self) -> Hashable:
        """The application."""
        return self._credentials.client_id


class Nobody(_Lasting):
    """No credentials: for the call that asks for a token."""

    def headers(self) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def query(self) -> Query:
        """Nothing."""
        return ()

    def account(self) -> Hashable:
        """Nobody's."""
        return None
