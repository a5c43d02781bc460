"""What differs in v1: an envelope with two names, and bulk requests of one user each."""

from __future__ import annotations

from typing import Any

import attrs
import orjson

from lms_async.errors import BadRequest
from lms_async.http.call import Call
from lms_async.http.responses import Response
from lms_async.records.lists import object_to_list

from ..vendor import ManageBacVendor

#: Under which key a refused user's payload has the HTTP status. No vendor uses it.
REFUSED_WITH = "lms_async: refused with"


class ManageBacV1Vendor(ManageBacVendor):
    """ManageBac's v1, as the transport sees it."""

    def check(self, call: Call[Any], answer: Response) -> Any:
        """Return the payload of a success; in a bulk also that of a refusal, which concerns the one
        row of the request.

        :raises LmsError: the response is another error, or a 2xx without what was asked for.
        """
        if call.is_bulk and answer.status in (400, 422):
            said = _object(self._without_token(answer.body))
            if said is not None:
                return _refused(answer.status, said)
        payload = super().check(_enveloped(call, answer), answer)
        if isinstance(payload, dict):
            if payload.get("status") == "Error" and not call.is_bulk:
                raise BadRequest(answer.status, call=call)
            if call.envelope_key == "user" and "user" not in payload:
                users = object_to_list(payload["users"])
                payload["user"] = users[0] if isinstance(users, list) and users else users
        return payload

    def _without_token(self, body: bytes) -> bytes:
        """Remove the token, which is in every URL, from a body that becomes a row's message."""
        for _, token in self.credentials.query():
            body = body.replace(token.encode(), b"...")
        return body


def _enveloped(call: Call[Any], answer: Response) -> Call[Any]:
    """Expect ``users`` if the response has no ``user``: the vendor's page shows both."""
    if call.envelope_key == "user" and b'"user"' not in answer.body:
        return attrs.evolve(call, envelope_key="users")
    return call


def _refused(status: int, said: dict[str, Any]) -> dict[str, Any]:
    """The payload of a refusal of one user, in whatever form the vendor explains it."""
    why = next((said[name] for name in ("errors", "error", "message") if said.get(name)), "")
    return {"status": "Error", "errors": why, REFUSED_WITH: status}


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None
