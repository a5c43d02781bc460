"""The storage of files: a second host, which accepts no tokens of the API."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from lms_async.sandbox import Clock, Request, Response

PATH = "storage"

LIFE = 300
"""How long a signed address is valid, in seconds. Assumed."""

_SECRETS = ("Authorization", "auth-token", "auth_token", "Cookie")

Find = Callable[[int, str], bytes | None]
"""Returns a file by the id of its report and its kind."""


class Storage:
    """Signs the URLs of files, and serves the files.

    It refuses a request with credentials, because a client must not send its token to another host.

    :param origin: returns ``http://host:port``, once the server listens.
    """

    def __init__(self, clock: Clock, origin: Callable[[], str], find: Find) -> None:
        self.served = 0
        """How many files were served."""
        self.leaks = 0
        """How many requests were refused because they carried credentials."""
        self._clock, self._origin, self._find = clock, origin, find

    def sign(self, number: int, kind: str) -> str:
        """Return a URL of a file that is valid for a limited time."""
        expires = int(self._clock.time()) + LIFE
        signed = f"X-Expires={expires}&X-Signature={_signature(number, kind, expires)}"
        return f"{self._origin()}/{PATH}/reports/{number}/{kind}?{signed}"

    def serve(self, request: Request) -> Response:
        """Return a file, or a 403 without a valid signature or with credentials."""
        query = request.query
        if any(name in request.headers for name in _SECRETS) or "auth_token" in query:
            self.leaks += 1
            return Response(403, b"Only one auth mechanism is allowed.")
        match request.segments[1:]:
            case (_, "reports", number, kind) if number.isdecimal() and request.method == "GET":
                file = self._find(int(number), kind)
            case _:
                return Response(404)
        expires = query.get("X-Expires", "")
        valid = expires.isdecimal() and self._clock.time() < int(expires)
        if not valid or query.get("X-Signature") != _signature(int(number), kind, int(expires)):
            return Response(403, b"The address has expired or is not signed.")
        if file is None:
            return Response(404)
        self.served += 1
        return Response(200, file, {"Content-Type": "application/pdf"})


def _signature(number: int, kind: str, expires: int) -> str:
    return hashlib.sha256(f"sandbox {number} {kind} {expires}".encode()).hexdigest()
