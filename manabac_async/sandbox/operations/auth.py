"""The operations on the token itself, and ``ping``."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from .base import Operations, operation


class AuthOperations(Operations):
    """``auth`` and ``ping``. Assumed: they need a token but no permission."""

    @operation("GET", "ping", None)
    def ping(self, request: Request) -> Response:
        """Return ``pong``, to show that the API responds."""
        return bodies.json_response(200, {"pong": "ok"})

    @operation("GET", "auth/permissions", None)
    def permissions(self, request: Request) -> Response:
        """List the permissions of the token."""
        grant = self.state.auth.identify(request)
        assert grant is not None  # noqa: S101 - it was checked before
        allowed = grant.permissions - self.state.denied
        return bodies.json_response(200, {"permissions": sorted(allowed)})
