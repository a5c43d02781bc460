"""Serve ``multiget`` and ``multioptions``, which carry several requests in one.

Schoology documents XML only. Both JSON forms of the response are assumed. The form ``json`` is
derived from the XML, and the form ``array`` from a client that is in use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from multidict import MultiDict

from lms_async.sandbox import Request, Response

from . import bodies
from .state import Quirks

MOST = 50
"""The documented maximum of requests in one."""

_ALLOWED = (
    r"groups/\d+",
    r"courses/\d+(/sections)?",
    r"sections/\d+(/(assignments|enrollments|grade_items|grades))?",
    r"sections/ext/[^/]+",
    r"users/\d+(/(sections|groups))?",
    r"users/ext/[^/]+",
    r"(districts|schools|users|groups|sections)/\d+/(updates|discussions|events)",
)
"""The documented paths that ``multiget`` supports."""


def serve(
    request: Request, answer: Callable[[Request], Response], quirks: Quirks, *, root: str
) -> Response:
    """Answer each request inside ``request``.

    :param answer: answers one of them like a single request.
    :param root: the path of the base URL, with which each inner path begins.
    """
    if quirks.multiget == "refused":
        return bodies.plain(415)
    paths = bodies.read(request).get("request")
    wanted = [paths] if isinstance(paths, str) else paths
    if not isinstance(wanted, list) or not all(isinstance(path, str) for path in wanted):
        raise bodies.Unreadable(bodies.plain(400, "There is no request in the request body."))
    if len(wanted) > MOST:
        return bodies.plain(400, f"Up to {MOST} requests at one time.")
    # The content of a response to OPTIONS is assumed.
    options = request.path == "multioptions"
    parts = [
        (200, {"methods": "GET"}) if options else _part(request, path, answer, quirks, root)
        for path in wanted
    ]
    if quirks.multiget == "array":
        text = json.dumps([body if code == 200 else None for code, body in parts])
        return Response(200, text.encode(), {"Content-Type": "application/json"})
    printed = [{"response_code": code, "body": body} for code, body in parts]
    return bodies.write(request, 200, {"response": printed})


def _part(
    request: Request, path: str, answer: Callable[[Request], Response], quirks: Quirks, root: str
) -> tuple[int, Any]:
    bare, _, query = path.partition("?")
    relative = bare.removeprefix(root)
    if relative == bare or not any(re.fullmatch(allowed, relative) for allowed in _ALLOWED):
        return 400, ""  # assumed
    inner_query = parse_qsl(query, keep_blank_values=True) if quirks.multiget_queries else []
    found = answer(
        Request(
            method="GET",
            path=relative,
            uri=request.uri,
            query=MultiDict(inner_query),
            headers={"Accept": "application/json"},
            body=b"",
        )
    )
    if found.headers.get("Content-Type") == "application/json":
        return found.status, json.loads(found.body)
    return found.status, found.body.decode()
