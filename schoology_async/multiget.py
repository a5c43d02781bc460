"""Send several reads in one request: ``POST multiget``. Vendor page: "Multi-get requests".

Schoology documents this endpoint in XML only. It also accepts JSON. The JSON of its responses has
been observed in two forms.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import attrs
import orjson

from lms_async.errors import InvalidInput, UnexpectedResponse
from lms_async.http.call import Call
from lms_async.http.responses import Response
from lms_async.http.transport import Transport
from lms_async.http.urls import is_encoded_path

from .models.converter import as_list

#: The maximum number of reads in one request (vendor page).
MOST_READS = 50


@attrs.frozen
class SubResponse:
    """The response to one path of a ``multiget`` or ``multioptions`` request.

    :param response_code: the HTTP status; ``None`` if Schoology does not return it.
    :param body: the parsed JSON, or the text if it is not JSON.
    """

    response_code: int | None
    body: Any = attrs.field(repr=False)


async def read_many(transport: Transport, endpoint: str, paths: Iterable[str]) -> list[SubResponse]:
    """Send ``paths`` to ``endpoint``, 50 per request, and return one response per path, in order.

    :raises InvalidInput: a path is not valid. Nothing was sent.
    :raises UnexpectedResponse: a response can't be read, or does not have one part per path.
    """
    wanted = [_checked_path(path) for path in paths]
    parts: list[SubResponse] = []
    for start in range(0, len(wanted), MOST_READS):
        portion = wanted[start : start + MOST_READS]
        call = read_call(endpoint, request_body(transport.vendor.base_url, portion))
        found = read_parts((await transport.send(call)).body)
        if found is None or len(found) != len(portion):
            raise UnexpectedResponse("the response does not have one part per path", call=call)
        parts += found
    return parts


def _checked_path(path: str) -> str:
    bare, _, query = path.partition("?")
    sound = is_encoded_path(bare) and query.isascii() and query.isprintable() and " " not in query
    if not bare or path.startswith("/") or "://" in path or "#" in path or not sound:
        raise InvalidInput(
            "a path must be relative to the base URL and percent-encoded, e.g. sections/4318461"
        )
    return path


def read_call(endpoint: str, body: bytes | None = None) -> Call[Response]:
    """Return the call of a POST that only reads, and so may be retried."""
    return Call("POST", endpoint, body=body, returns=Response, repeatable=True)


def request_body(base_url: str, paths: Iterable[str]) -> bytes:
    """Return a request body with ``paths``, each prefixed with the path of ``base_url``."""
    root = urlsplit(base_url).path
    return orjson.dumps({"request": [root + path for path in paths]})


def read_parts(body: bytes) -> list[SubResponse] | None:
    """Read the parts of a response. Return ``None`` if it has neither of the two known forms.

    One form is ``{"response": [{"response_code": 200, "body": …}]}``. The other is a list of
    bodies.
    """
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if isinstance(payload, dict):
        if "response" not in payload:
            return None
        payload = as_list(payload["response"])
    if not isinstance(payload, list):
        return None
    return [_part(entry) for entry in payload]


def _part(entry: Any) -> SubResponse:
    entry = _parsed(entry)
    if isinstance(entry, dict) and "response_code" in entry:
        return SubResponse(_code(entry["response_code"]), _parsed(entry.get("body")))
    return SubResponse(None, entry)


def _parsed(value: Any) -> Any:
    """Parse ``value`` if it is a text that holds JSON."""
    if isinstance(value, str):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            pass
    return value


def _code(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) == 3 else None
