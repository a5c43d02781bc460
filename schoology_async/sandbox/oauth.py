"""Check the credentials of a request: OAuth 1.0a, verified by oauthlib's provider side."""

from __future__ import annotations

import secrets
from typing import Any, Literal
from urllib.parse import urlencode

from attrs import define, field, frozen
from oauthlib.common import Request as OAuthRequest
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from lms_async.sandbox import Clock, Request, Response

REPLAYED = "Duplicate timestamp/nonce combination, possible replay attack.  Request rejected."
"""The vendor's message, with two spaces. Clients compare it."""

REQUEST_TOKEN_TTL = 3600
ACCESS_TOKEN_TTL = 90 * 24 * 3600
SKEW = 600
"""By how many seconds a timestamp may differ from the server's clock. Assumed: oauth-php's default.
"""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@define
class Token:
    """A token of the three-legged flow: a request token, or an access token."""

    key: str
    secret: str = field(repr=False)
    kind: Literal["request", "access"]
    issued: float
    uid: str | None = None
    """The user who authorized it; ``None`` until then."""


@frozen
class Caller:
    """The user whose signature was verified."""

    uid: str
    token: Token | None


class Authenticator:
    """Verifies signatures, refuses a nonce that is used twice, and issues tokens."""

    def __init__(self, key: str, secret: str, uid: str, clock: Clock) -> None:
        self.uid = uid
        self.tokens: dict[str, Token] = {}
        self.sequence_slack = 0
        """How many seconds a timestamp may be older than the newest one seen."""
        self._clock = clock
        self._validator = _Validator(self, key, secret)
        self._endpoint = SignatureOnlyEndpoint(self._validator)
        self._newest = 0
        self._nonces: dict[int, set[str]] = {}

    def identify(self, received: Request) -> Caller | Response:
        """Return the caller, or a 401."""
        request = self._verified(received)
        if isinstance(request, Response):
            return request
        if not request.resource_owner_key:
            return Caller(self.uid, None)
        token = self.tokens[request.resource_owner_key]
        age = self._clock.time() - token.issued
        if token.kind != "access" or token.uid is None or age > ACCESS_TOKEN_TTL:
            return Response(401)
        return Caller(token.uid, token)

    def issue_request_token(self, received: Request) -> Response:
        """Issue a request token, which is not authorized yet. This is the first leg."""
        request = self._verified(received)
        if isinstance(request, Response):
            return request
        return self._hand_out("request", uid=None)

    def authorize(self, key: str, uid: str | None = None) -> None:
        """Authorize a request token as the API user, or as ``uid``. This is the second leg."""
        token = self.tokens[key]
        if token.kind != "request":
            raise ValueError(f"{key} is not a request token")
        token.uid = uid if uid is not None else self.uid

    def issue_access_token(self, received: Request) -> Response:
        """Exchange an authorized request token for an access token. This is the third leg."""
        request = self._verified(received)
        if isinstance(request, Response):
            return request
        token = self.tokens.get(request.resource_owner_key or "")
        if token is None or token.kind != "request" or token.uid is None:
            return Response(401)
        if self._clock.time() - token.issued > REQUEST_TOKEN_TTL:
            return Response(401)
        del self.tokens[token.key]
        return self._hand_out("access", uid=token.uid)

    def add_access_token(self, key: str, secret: str) -> None:
        """Accept this access token of the API user."""
        self.tokens[key] = Token(key, secret, "access", self._clock.time(), self.uid)

    def _hand_out(self, kind: Literal["request", "access"], uid: str | None) -> Response:
        token = Token(secrets.token_hex(20), secrets.token_hex(20), kind, self._clock.time(), uid)
        self.tokens[token.key] = token
        form = {"oauth_token": token.key, "oauth_token_secret": token.secret}
        if kind == "request":
            form["xoauth_token_ttl"] = str(REQUEST_TOKEN_TTL)
        return Response(200, urlencode(form).encode(), _FORM)

    def _verified(self, received: Request) -> OAuthRequest | Response:
        request: OAuthRequest | None
        try:
            valid, request = self._endpoint.validate_request(
                received.uri, received.method, received.body, dict(received.headers)
            )
        except ValueError:  # oauthlib can't parse the request
            valid, request = False, None
        if valid and request is not None:
            # Only after the check: a request with a wrong signature must not use up a nonce.
            self._remember(int(request.timestamp or 0), request.nonce or "")
            return request
        reason = "" if request is None else request.validator_log.get("refusal", "")
        return Response(401, reason.encode(), {"Content-Type": "text/plain"})

    def objection(self, timestamp: int, nonce: str) -> str:
        """Return what is wrong with a timestamp and nonce, if anything."""
        if timestamp < self._newest - self.sequence_slack:
            return REPLAYED
        if nonce in self._nonces.get(timestamp, ()):
            return REPLAYED
        if abs(self._clock.time() - timestamp) > SKEW:
            return "Timestamp is out of sequence. Request rejected."  # assumed: as in oauth-php
        return ""

    def _remember(self, timestamp: int, nonce: str) -> None:
        self._nonces.setdefault(timestamp, set()).add(nonce)
        self._newest = max(self._newest, timestamp)
        for old in [old for old in self._nonces if old < self._newest - self.sequence_slack]:
            del self._nonces[old]  # from now on the timestamp is too old in any case


class _Validator(RequestValidator):
    """The validator that oauthlib calls."""

    allowed_signature_methods = ("HMAC-SHA1", "PLAINTEXT")
    enforce_ssl = False
    # Disables oauthlib's check, since the sandbox checks timestamps by its own clock.
    timestamp_lifetime = 10**10
    dummy_client = "nobody"

    def __init__(self, auth: Authenticator, key: str, secret: str) -> None:
        super().__init__()
        self._auth = auth
        self._key = key
        self._secret = secret

    def check_client_key(self, client_key: str) -> bool:
        return True  # any form is accepted; `validate_client_key` checks whether it is known

    def check_nonce(self, nonce: str) -> bool:
        return bool(nonce)  # clients use different forms: 8 digits, 13 or 32 hexadecimal digits …

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: Any, nonce: str, request: OAuthRequest, *_: Any, **__: Any
    ) -> bool:
        if client_key != self._key:
            return True  # `validate_client_key` will refuse it
        objection = self._auth.objection(int(timestamp), nonce)
        request.validator_log["refusal"] = objection
        return not objection

    def validate_client_key(self, client_key: str, request: OAuthRequest) -> bool:
        known = client_key == self._key
        token = request.resource_owner_key
        if known and token and token not in self._auth.tokens:
            known = False
        elif known:
            # The message if the signature turns out to be wrong. Assumed.
            request.validator_log["refusal"] = "Invalid signature."
        return known

    def get_client_secret(self, client_key: str, request: OAuthRequest) -> str:
        return self._secret if client_key == self._key else secrets.token_hex(20)

    def get_access_token_secret(self, client_key: str, token: str, request: OAuthRequest) -> str:
        # oauthlib calls this for tokens of both kinds. The kind is checked after the signature.
        known = self._auth.tokens.get(token)
        return known.secret if known is not None else secrets.token_hex(20)
