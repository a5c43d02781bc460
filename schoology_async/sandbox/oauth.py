"""Who may come in: OAuth 1.0a, verified by oauthlib's provider side."""

from __future__ import annotations

import secrets
from typing import Any, Literal
from urllib.parse import urlencode

from attrs import define, field, frozen
from oauthlib.common import Request
from oauthlib.oauth1 import RequestValidator, SignatureOnlyEndpoint

from lms_async.sandbox import Arrived, Clock, Response

REPLAYED = "Duplicate timestamp/nonce combination, possible replay attack.  Request rejected."
"""The vendor's words; there are two spaces, and clients compare them."""

REQUEST_TOKEN_TTL = 3600
ACCESS_TOKEN_TTL = 90 * 24 * 3600
SKEW = 600
"""How far a timestamp may be from the server's clock: unknown, a choice (oauth-php's default)."""

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@define
class Token:
    """A token of the three-legged flow: a request token, or an access token."""

    key: str
    secret: str = field(repr=False)
    kind: Literal["request", "access"]
    issued: float
    uid: str | None = None
    """The user who allowed it; ``None`` until then."""


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

    def identify(self, arrived: Arrived) -> Caller | Response:
        """Return the caller, or a 401."""
        request = self._verified(arrived)
        if isinstance(request, Response):
            return request
        if not request.resource_owner_key:
            return Caller(self.uid, None)
        token = self.tokens[request.resource_owner_key]
        age = self._clock.time() - token.issued
        if token.kind != "access" or token.uid is None or age > ACCESS_TOKEN_TTL:
            return Response(401)
        return Caller(token.uid, token)

    def issue_request_token(self, arrived: Arrived) -> Response:
        """The first leg: issue a request token, not allowed yet."""
        request = self._verified(arrived)
        if isinstance(request, Response):
            return request
        return self._hand_out("request", uid=None)

    def authorize(self, key: str, uid: str | None = None) -> None:
        """The second leg, in a browser: the API user, or ``uid``, allows the token."""
        token = self.tokens[key]
        if token.kind != "request":
            raise ValueError(f"{key} is no request token")
        token.uid = uid if uid is not None else self.uid

    def issue_access_token(self, arrived: Arrived) -> Response:
        """The third leg, without a verifier: an allowed request token becomes an access token."""
        request = self._verified(arrived)
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

    def _verified(self, arrived: Arrived) -> Request | Response:
        request: Request | None
        try:
            valid, request = self._endpoint.validate_request(
                arrived.uri, arrived.method, arrived.body, dict(arrived.headers)
            )
        except ValueError:  # oauthlib's, for what it cannot take apart at all
            valid, request = False, None
        if valid and request is not None:
            # Only now: a nonce under a wrong signature must not use up somebody else's.
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
            return "Timestamp is out of sequence. Request rejected."  # oauth-php's, a choice
        return ""

    def _remember(self, timestamp: int, nonce: str) -> None:
        self._nonces.setdefault(timestamp, set()).add(nonce)
        self._newest = max(self._newest, timestamp)
        for old in [old for old in self._nonces if old < self._newest - self.sequence_slack]:
            del self._nonces[old]  # refused by its timestamp alone from now on


class _Validator(RequestValidator):
    """The validator that oauthlib calls."""

    allowed_signature_methods = ("HMAC-SHA1", "PLAINTEXT")
    enforce_ssl = False
    # Far beyond any timestamp: the sandbox has its own clock, and looks by that.
    timestamp_lifetime = 10**10
    dummy_client = "nobody"

    def __init__(self, auth: Authenticator, key: str, secret: str) -> None:
        super().__init__()
        self._auth = auth
        self._key = key
        self._secret = secret

    def check_client_key(self, client_key: str) -> bool:
        return True  # of any shape; whether it is known is asked later

    def check_nonce(self, nonce: str) -> bool:
        return bool(nonce)  # the documents and clients in use have 8 digits, 13 hex, 32 hex …

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: Any, nonce: str, request: Request, *_: Any, **__: Any
    ) -> bool:
        if client_key != self._key:
            return True  # refused for its key, in a moment
        objection = self._auth.objection(int(timestamp), nonce)
        request.validator_log["refusal"] = objection
        return not objection

    def validate_client_key(self, client_key: str, request: Request) -> bool:
        known = client_key == self._key
        token = request.resource_owner_key
        if known and token and token not in self._auth.tokens:
            known = False
        elif known:
            request.validator_log["refusal"] = "Invalid signature."  # a choice; only if it is
        return known

    def get_client_secret(self, client_key: str, request: Request) -> str:
        return self._secret if client_key == self._key else secrets.token_hex(20)

    def get_access_token_secret(self, client_key: str, token: str, request: Request) -> str:
        # oauthlib asks here for every token; which kind it is matters only after the signature.
        known = self._auth.tokens.get(token)
        return known.secret if known is not None else secrets.token_hex(20)
