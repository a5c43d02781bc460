"""API v2: check the token and its permissions, run the operation, and return the errors."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from . import bodies
from .operations import Router, match
from .roster.fields import Missing, Unprocessable
from .state import State


class V2:
    """The 84 operations of the roster, and ``ping``."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._router = Router(state)

    def admit(self, request: Request) -> Response | None:
        """Refuse a request without a valid token or without the permission, both with a 401."""
        found = match(request.method, request.segments)
        if found is None:
            return Response(404)  # the response to an unknown path is assumed
        grant = self._state.auth.identify(request)
        if grant is None:
            return bodies.DENIED
        declared, needed = found.route.declared, found.route.declared.permission
        if needed is not None and needed not in grant.permissions - self._state.denied:
            return bodies.DENIED
        # Without the package it is "likely 401 or 403" (vendors.md, 2.2).
        return bodies.DENIED if declared.extended and not self._state.quirks.extended else None

    def serve(self, request: Request) -> Response:
        """Execute the request."""
        found = match(request.method, request.segments)
        assert found is not None  # noqa: S101 - `admit` has checked it
        try:
            return self._router.serve(request, found)
        except bodies.Refused as refused:
            return refused.response
        except Missing as missing:
            return self._state.missing(missing.what, missing.identity)
        except Unprocessable as refused:
            # The singular key is documented for tasks only, which are not served here.
            key = "error" if self._state.quirks.singular_errors else "errors"
            return bodies.json_response(422, {key: refused.errors})
