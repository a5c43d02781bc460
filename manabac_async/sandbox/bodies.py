"""Read and write the bodies of both APIs, and the errors, which differ between them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from lms_async.sandbox import Request, Response

_JSON = {"Content-Type": "application/json; charset=utf-8"}


class Refused(Exception):
    """The sandbox refuses the request with ``response``."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(status: int, body: Any) -> Response:
    """Return a response with a JSON body."""
    return Response(status, json.dumps(body, separators=(",", ":")).encode(), _JSON)


def rendered(body: Any) -> Any:
    """Remove nulls, which v2 never prints (vendors.md, 2.7)."""
    if isinstance(body, dict):
        return {key: rendered(value) for key, value in body.items() if value is not None}
    return [rendered(value) for value in body] if isinstance(body, list) else body


def error(status: int, text: str) -> Response:
    """Return an error response of v2."""
    return json_response(status, {"error": text})


DENIED = error(401, "Access Denied")
"""The response for a wrong token, and also for a missing permission (vendors.md, 2.2)."""

MALFORMED = error(400, "Invalid payload data structure.")


def unpermitted(names: list[str], allowed: list[Any]) -> Response:
    """Return the 422 for parameters that are not permitted. The text is assumed."""
    text = f"found unpermitted parameters: {', '.join(f':{name}' for name in names)}"
    return json_response(422, {"error": text, "allowed_params": allowed})


def v1_error(status: int, text: str) -> Response:
    """Return an error response of v1. The reasons are one text, not a list."""
    return json_response(status, {"status": "Error", "errors": text})


def read(request: Request) -> Any:
    """Return the JSON in a request's body, or raise ``ValueError``.

    Assumed: a body without the content type of JSON is not read.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ValueError("the content type is not JSON")
    return json.loads(request.body)


def moment(at: datetime) -> str:
    """Format a timestamp as ``2021-06-28T12:39:52.000Z``, the most common form in v2."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
