"""The attributes of spans and metrics.

They follow OpenTelemetry's semantic conventions for HTTP clients, without ``url.full``, since a URL
may contain a token, a name or an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from ..events import OnCall

Attributes = Mapping[str, str | int | float]

ACCOUNT = "lms.account"
JOB = "lms.job"
OPERATION = "lms.operation"
ROW_STATUS = "lms.row.status"
LIMIT_NUMBER = "lms.limit.number"
LIMIT_PERIOD = "lms.limit.period"

METHOD = "http.request.method"
RESEND_COUNT = "http.request.resend_count"
STATUS = "http.response.status_code"
ERROR = "error.type"
TEMPLATE = "url.template"

_DEFAULT_PORTS = {"http": 80, "https": 443}


def of_request(event: OnCall) -> dict[str, str | int | float]:
    """Return the attributes that spans and metrics of a request have in common."""
    return {METHOD: event.method, **_server(event.base_url)}


def template(event: OnCall) -> str:
    """Return the request's path with the names of parameters, e.g. ``/v1/users/{uid}``."""
    return _base_path(event.base_url) + event.template


def of_response(status: int) -> dict[str, str | int | float]:
    """Return the attributes of a response. From 400 on, the status is the error too."""
    if status < 400:
        return {STATUS: status}
    return {STATUS: status, ERROR: str(status)}


@lru_cache(maxsize=1024)
def _server(base_url: str) -> Attributes:
    url = urlsplit(base_url)
    port = url.port or _DEFAULT_PORTS.get(url.scheme, 0)
    return {"server.address": url.hostname or "", "server.port": port}


@lru_cache(maxsize=1024)
def _base_path(base_url: str) -> str:
    return urlsplit(base_url).path
