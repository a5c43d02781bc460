"""Several reads in one request: ``POST multiget``. Vendor page: "Multi-get requests".

The documents show this endpoint in XML only. It was seen to take and to return JSON, in two forms.
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

#: The most reads in one request (vendor page).
MOST_READS = 50


@attrs.frozen
class SubResponse:
    """One response inside of the response to ``multiget`` or ``multioptions``.

    :param response_code: the status; ``None`` if the vendor does not say it.
    :param body: read as JSON; a text that is not JSON stays a text.
    """

    response_code: int | None
    body: Any = attrs.field(repr=False)


async def read_many(transport: Transport, endpoint: str, paths: Iterable[str]) -> list[SubResponse]:
    """Send ``paths`` to ``endpoint``, 50 per request, and return the responses in their order.

    :raises InvalidInput: a path can't be sent; nothing was sent.
    :raises UnexpectedResponse: a response can't be read, or does not have one part for each path.
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
            "a path is relative to the base URL and percent-encoded, e.g. sections/4318461"
        )
    return path


def read_call(endpoint: str, body: bytes | None = None) -> Call[Response]:
    """Return a POST that only reads, so that it may be sent again."""
    return Call("POST", endpoint, body=body, returns=Response, repeatable=True)


def request_body(base_url: str, paths: Iterable[str]) -> bytes:
    """Return the body that asks for ``paths``, which are printed with the base URL's path."""
    root = urlsplit(base_url).path
    return orjson.dumps({"request": [root + path for path in paths]})


def read_parts(body: bytes) -> list[SubResponse] | None:
    """Read the parts of a response; ``None`` if it has none of the known forms.

    They are ``{"response": [{"response_code": 200, "body": …}]}``, and a list of the bodies alone.
    """
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if isinstance(answer, dict):
        if "response" not in answer:
            return None
        answer = as_list(answer["response"])
    if not isinstance(answer, list):
        return None
    return [_part(entry) for entry in answer]


def _part(entry: Any) -> SubResponse:
    entry = _unpacked(entry)
    if isinstance(entry, dict) and "response_code" in entry:
        return SubResponse(_code(entry["response_code"]), _unpacked(entry.get("body")))
    return SubResponse(None, entry)


def _unpacked(value: Any) -> Any:
    """Return JSON that is printed as a text inside of JSON."""
    if isinstance(value, str):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            pass
    return value


def _code(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) == 3 else None
