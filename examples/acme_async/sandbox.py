"""A local server that imitates Acme, for tests and demos.

It imports nothing from the client, so that a mistake in the client is not repeated here.
"""

from __future__ import annotations

import json
from typing import Any

from lms_async.sandbox import Request, Response, SandboxServer

_PAGE = 100


class AcmeSandbox(SandboxServer):
    """The sandbox of one school. Tests may change its state, ``pupils``."""

    prefix = "/v1/"

    def __init__(
        self,
        *,
        token: str = "sandbox-token",  # noqa: S107 - valid for the sandbox only
        limit: tuple[int, float] | None = None,
        latency: tuple[float, float] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        super().__init__(limit=limit, latency=latency, host=host, port=port)
        self.token = token
        self.pupils: dict[str, dict[str, Any]] = {}
        """The pupils by number."""

    def admit(self, request: Request) -> Response | None:
        """Check the token."""
        return None if request.headers.get("X-Token") == self.token else Response(401)

    def act(self, request: Request) -> Response:
        """Return the response to one request."""
        match (request.method, *request.segments):
            case ("GET", "pupils"):
                return self._list(request)
            case ("POST", "pupils"):
                rows = json.loads(request.body)["pupils"]
                return _json_response({"results": [self._create(row) for row in rows]})
            case ("PUT", "pupils"):
                rows = json.loads(request.body)["pupils"]
                return _json_response({"results": [self._update(row) for row in rows]})
            case ("GET", "pupils", pupil_id):
                return self._one(pupil_id, remove=False)
            case ("DELETE", "pupils", pupil_id):
                return self._one(pupil_id, remove=True)
        return Response(404)

    def _list(self, request: Request) -> Response:
        numbers = request.query.get("numbers")
        wanted = None if numbers is None else set(numbers.split(","))
        found = [p for p in self.pupils.values() if wanted is None or p["number"] in wanted]
        start = int(request.query.get("start", "0"))
        end = start + _PAGE
        return _json_response(
            {"pupils": found[start:end], "next": end if end < len(found) else None}
        )

    def _create(self, row: dict[str, Any]) -> dict[str, Any]:
        number = str(row["number"])
        if number in self.pupils:
            return {"number": number, "error": "the number is taken"}
        pupil = {"active": True, **row, "number": number, "id": 1000 + len(self.pupils)}
        self.pupils[number] = pupil
        return {"number": number, "id": pupil["id"]}

    def _update(self, row: dict[str, Any]) -> dict[str, Any]:
        for pupil in self.pupils.values():
            if str(pupil["id"]) == str(row["id"]):
                pupil.update({**row, "id": pupil["id"]})
                return {"id": pupil["id"]}
        return {"id": row["id"], "error": "there is no such pupil"}

    def _one(self, pupil_id: str, *, remove: bool) -> Response:
        for number, pupil in self.pupils.items():
            if str(pupil["id"]) == pupil_id:
                if remove:
                    del self.pupils[number]
                    return Response(204)
                return _json_response(pupil)
        return Response(404)


def _json_response(body: Any) -> Response:
    return Response(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
