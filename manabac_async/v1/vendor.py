"""What differs in v1: an envelope with two names, and bulks with one user per request."""

from __future__ import annotations

import re
from typing import Any

import attrs
import orjson

from lms_async.errors import BadRequest
from lms_async.http.call import Call
from lms_async.http.responses import Response
from lms_async.records.lists import object_to_list

from ..vendor import ManageBacVendor

_OWN_BASE_URL = re.compile(r"https://[\w-]+\.managebac\.(com|cn)/api/")

#: The key under which this module adds the HTTP status to the payload of a refused user.
REFUSED_WITH = "lms_async: refused with"


class ManageBacV1Vendor(ManageBacVendor):
    """ManageBac's v1, for the transport."""

    def has_own_base_url(self) -> bool:
        """Return whether the base URL is that of a school at ManageBac."""
        return _OWN_BASE_URL.fullmatch(self.base_url) is not None

    def check(self, call: Call[Any], response: Response) -> Any:
        """Return the payload of a success. In a bulk, also return the payload of a refusal, which
        is about the one row of the request.

        :raises LmsError: the response is another error, or a 2xx without what was requested.
        """
        if call.is_bulk and response.status in (400, 422):
            refusal = _object(self._without_token(response.body))
            if refusal is not None:
                return _refused(response.status, refusal)
        payload = super().check(_enveloped(call, response), response)
        if isinstance(payload, dict):
            if payload.get("status") == "Error" and not call.is_bulk:
                raise BadRequest(response.status, call=call)
            if call.envelope_key == "user" and "user" not in payload:
                users = object_to_list(payload["users"])
                payload["user"] = users[0] if isinstance(users, list) and users else users
        return payload

    def _without_token(self, body: bytes) -> bytes:
        """Remove the token from a body that becomes a row's message. It may quote the request."""
        for secret in self.credentials.secrets():
            body = body.replace(secret.encode(), b"...")
        return body


def _enveloped(call: Call[Any], response: Response) -> Call[Any]:
    """Expect ``users`` if the response has no ``user``. The vendor's page shows both."""
    if call.envelope_key == "user" and b'"user"' not in response.body:
        return attrs.evolve(call, envelope_key="users")
    return call


def _refused(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return the payload for a refused user, with the reason from any of the possible keys."""
    why = next((body[name] for name in ("errors", "error", "message") if body.get(name)), "")
    return {"status": "Error", "errors": why, REFUSED_WITH: status}


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
