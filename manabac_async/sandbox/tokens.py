"""Check the tokens of v2 and their permissions, and issue OAuth 2 tokens."""

from __future__ import annotations

import base64
import json
import math
import secrets
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from attrs import field, frozen

from lms_async.sandbox import Clock, Request, Response

from . import bodies


@frozen
class Grant:
    """A token and its permissions."""

    token: str = field(repr=False)
    permissions: frozenset[str]
    bearer: bool = False
    """Whether it came from ``POST /oauth/token``. Assumed: only such tokens are accepted in the
    header ``Authorization``, and they are accepted only there."""
    expires_at: float = math.inf


class Authenticator:
    """Checks tokens, and issues those of OAuth 2."""

    def __init__(self, clock: Clock, permissions: frozenset[str]) -> None:
        self.clients: dict[str, tuple[str, frozenset[str]]] = {}
        """The secret and the scopes of each OAuth 2 client."""
        self.expires_in = 3600
        self.requests = 0
        """How many times a token was requested, with or without success."""
        self._clock = clock
        self._permissions = permissions
        self._grants: dict[str, Grant] = {}

    def grant(self, token: str, permissions: Iterable[str] | None = None) -> None:
        """Accept a token with these permissions; by default all permissions."""
        given = self._permissions if permissions is None else frozenset(permissions)
        unknown = given - self._permissions
        if unknown:
            raise ValueError(f"no such permissions: {', '.join(sorted(unknown))}")
        self._grants[token] = Grant(token, given)

    def identify(self, request: Request) -> Grant | None:
        """Return the grant of a request. The order of precedence is: header, query, bearer."""
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = request.headers.get("auth-token") or request.query.get("auth_token")
        if token:
            found = self._grants.get(token)
            return found if found is not None and not found.bearer else None
        found = self._grants.get(bearer.strip()) if scheme.lower() == "bearer" else None
        if found is None or not found.bearer or self._clock.time() >= found.expires_at:
            return None
        return found

    def issue(self, request: Request) -> Response:
        """``POST /oauth/token``: the client credentials grant of RFC 6749, 4.4."""
        self.requests += 1
        parameters = _parameters(request)
        if parameters is None or not parameters.get("grant_type"):
            return _refused(400, "invalid_request", "Missing required parameter: grant_type.")
        if parameters["grant_type"] != "client_credentials":
            return _refused(400, "unsupported_grant_type", "The grant type is not supported.")
        secret, allowed = self.clients.get(str(parameters.get("client_id")), ("", frozenset()))
        if not secret or str(parameters.get("client_secret")) != secret:
            return _refused(401, "invalid_client", "Client authentication failed.")
        # Without a scope, the token gets all scopes of the application (v2-endpoints.md, 2).
        scopes = frozenset(str(parameters.get("scope") or "").split()) or allowed
        if not scopes <= allowed:
            return _refused(400, "invalid_scope", "The requested scope is invalid or unknown.")
        now = self._clock.time()
        token = _jwt(iat=int(now), exp=int(now) + self.expires_in)
        self._grants[token] = Grant(token, scopes, bearer=True, expires_at=now + self.expires_in)
        issued = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": " ".join(sorted(scopes)),
            "created_at": int(now),
        }
        return bodies.json_response(200, issued)


def _parameters(request: Request) -> dict[str, Any] | None:
    """Read the body: JSON according to the specification, or a form according to RFC 6749."""
    if "x-www-form-urlencoded" in request.headers.get("Content-Type", ""):
        return dict(parse_qsl(request.body.decode("utf-8", "replace")))
    try:
        parameters = bodies.read(request)
    except ValueError:
        return None
    return parameters if isinstance(parameters, dict) else None


def _refused(status: int, error: str, description: str) -> Response:
    # The codes are those of RFC 6749. The descriptions are assumed.
    return bodies.json_response(status, {"error": error, "error_description": description})


def _jwt(**claims: int) -> str:
    """Return a token that looks like a JWT, like the vendor's. It is not verified."""
    parts = (
        json.dumps({"typ": "JWT", "alg": "HS512"}).encode(),
        json.dumps({**claims, "jti": secrets.token_hex(16)}).encode(),
        secrets.token_bytes(64),
    )
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
