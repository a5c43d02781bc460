"""Bodies as the vendor reads and writes them: JSON, and the same in XML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from lms_async.sandbox import Arrived, Response

_JSON = "application/json"
_XML = ("text/xml", "application/xml")


class Unreadable(Exception):
    """The body can't be read; ``answer`` is the refusal."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status)
        self.answer = answer


def plain(status: int, text: str = "") -> Response:
    """Make an error as the live server does: a bare text, or nothing."""
    return Response(status, text.encode(), {"Content-Type": "text/plain"} if text else {})


def read(arrived: Arrived) -> dict[str, Any]:
    """Return the object in a request's body, JSON or XML."""
    kind = arrived.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == _JSON:
        try:
            body = json.loads(arrived.body)
        except ValueError:
            raise Unreadable(plain(400, "The request body is not valid JSON.")) from None
    elif kind in _XML:
        try:
            body = _from_xml(ET.fromstring(arrived.body))  # noqa: S314 - a test's own body
        except ET.ParseError:
            raise Unreadable(plain(400, "The request body is not valid XML.")) from None
    else:
        raise Unreadable(plain(415))
    if not isinstance(body, dict):
        raise Unreadable(plain(400, "The request body is not an object."))
    return body


def rows(body: Mapping[str, Any], *wrappers: str) -> list[dict[str, Any]]:
    """Return the rows inside of ``wrappers``; one row may have no list around it."""
    inner: Any = body
    for wrapper in wrappers:
        inner = inner.get(wrapper) if isinstance(inner, Mapping) else None
    found = [inner] if isinstance(inner, dict) else inner
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Unreadable(plain(400, f"There is no {'.'.join(wrappers)} in the request body."))
    return found


def write(arrived: Arrived, status: int, body: Mapping[str, Any]) -> Response:
    """Make a response in the format that was asked for: JSON for ``*/*`` too, else XML.

    Live clients that send ``*/*`` read JSON. What the vendor does without ``Accept`` is unknown.
    """
    accept = arrived.headers.get("Accept", "").lower()
    if _JSON in accept or accept.strip() == "*/*":
        # As PHP writes it, with escaped slashes and nothing beyond ASCII.
        text = json.dumps(body, separators=(",", ":")).replace("/", "\\/")
        return Response(status, text.encode(), {"Content-Type": _JSON})
    text = '<?xml version="1.0" encoding="utf-8" ?>\n' + "".join(_to_xml("result", body))
    return Response(status, text.encode(), {"Content-Type": "text/xml; charset=utf-8"})


def _to_xml(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):  # a list is its name, again and again
        for element in value:
            yield from _to_xml(name, element)
    elif value is None or value in ("", {}):
        yield f"<{name} />"
    elif isinstance(value, Mapping):
        inner = (piece for key, child in value.items() for piece in _to_xml(key, child))
        yield f"<{name}>{''.join(inner)}</{name}>"
    else:
        yield f"<{name}>{escape(str(value))}</{name}>"


def _from_xml(element: ET.Element) -> Any:
    if not len(element):
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for child in element:
        value = _from_xml(child)
        if child.tag not in found:
            found[child.tag] = value
        elif isinstance(found[child.tag], list):
            found[child.tag].append(value)
        else:
            found[child.tag] = [found[child.tag], value]
    return found
