"""When a 2xx is a success: when what was asked for is in it.

Vendors answer 200 with another object, with a blank body, or with somebody else's page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_origin

import orjson

from ..errors import InvalidResponse, UnexpectedResponse
from ..records.lists import listed
from .call import Call
from .responses import Response

#: Encodings that are decoded before a response comes here, or that change nothing.
_DECODED = ("", "identity", "gzip", "x-gzip", "deflate", "br", "zstd")


def opened(
    call: Call[Any],
    answer: Response,
    *,
    hint: str = "",
    is_empty: Callable[[Call[Any], dict[str, Any]], bool] = lambda call, payload: False,
) -> Any:
    """The payload of an answer with a 2xx status; ``None`` for 204 where nothing is expected.

    A list under ``call.key`` is made a list where it comes as an object with numbered keys.

    :param hint: what it may mean that the expected key is missing.
    :param is_empty: whether a payload without that key says that the list is empty.
    :raises InvalidResponse: the body is blank or not JSON.
    :raises UnexpectedResponse: the body is JSON, and not what was asked for.
    """
    if call.returns is Response:
        return answer
    if answer.status == 204:
        if (
            call.returns is not None
            or call.envelope_key is not None
            or call.required_key is not None
        ):
            raise UnexpectedResponse("the answer is empty", call=call)
        return None
    payload = _json(call, answer)
    if payload is None and call.is_bulk:
        raise UnexpectedResponse("the answer is null", call=call)
    if expects_list(call) and isinstance(payload, dict):
        if call.envelope_key in payload:
            payload[call.envelope_key] = listed(payload[call.envelope_key])
        elif call.method == "GET" and is_empty(call, payload):
            payload[call.envelope_key] = []
    for wanted in (call.envelope_key, call.required_key):
        if wanted is not None and not (isinstance(payload, dict) and wanted in payload):
            raise UnexpectedResponse(f"the answer has no {wanted!r}", call=call, hint=hint)
    return payload


def expects_list(call: Call[Any]) -> bool:
    """Whether ``call.key`` holds a list: of a call that is decoded, or whose rows are read raw."""
    return call.envelope_key is not None and (
        call.returns is None or get_origin(call.returns) is list
    )


def confirm(call: Call[Any], payload: Any) -> None:
    """Check that ``payload`` is about the record that ``call`` asked for.

    :raises InvalidResponse: it names another one, as when a proxy mixes responses up.
    """
    if call.about is None or not isinstance(payload, dict):
        return
    field, wanted = call.about
    record = payload.get(call.envelope_key) if call.envelope_key is not None else payload
    told = record.get(field) if isinstance(record, dict) else None
    if isinstance(told, str | int) and str(told).strip() != wanted:
        raise InvalidResponse("the response is about another record", call=call)


def _json(call: Call[Any], answer: Response) -> Any:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        pass
    if answer.headers.get("content-encoding", "").strip().lower() not in _DECODED:
        why = "its Content-Encoding can't be decoded here"
        raise InvalidResponse(f"the response can't be read: {why}", call=call)
    what = "a blank answer" if not answer.body.strip() else "an answer that is not JSON"
    raise InvalidResponse(f"{what} with HTTP {answer.status}", call=call)
