"""The sandbox of ManageBac: the roster of v2 and all of the legacy v1, in one server.

Comments cite the vendor's documents, ``managebac-v2-memberships.txt`` and ``managebac-v1.md``, and
two collections of other facts, ``managebac-v2-endpoints.md`` and ``vendors.md``. Comments say
"assumed" where the behavior is in none of these.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Literal, Unpack
from urllib.parse import urlsplit

from lms_async.sandbox import Fault, Request, Response, SandboxServer, Scope

from . import bodies
from .operations import PERMISSIONS
from .paging import Pager
from .school import School
from .state import Quirks, State
from .storage import PATH as STORAGE
from .storage import Storage
from .tokens import Authenticator
from .v1 import V1
from .v2 import V2

VERSIONS = ("v2", "v2p0", "v2p1", "v2p2", "v2p3")


class ManageBacSandbox(SandboxServer):
    """A local server that imitates ManageBac, with one school.

    In the log and in faults, a path of v2 is the part after the version (``classes/12/students``),
    and a path of v1 begins with ``api/`` (``api/users``). The path for tokens is ``oauth/token``.
    Any other path keeps its first slash (``/v9/ping``), also that of the storage of files.

    :param school: the school to serve; by default an empty one.
    :param per_page: rows of a page if the request does not say. ``per_page_cap`` is the maximum.
    :param short_pages: whether every second page is shorter than requested.
    """

    def __init__(
        self,
        *,
        school: School | None = None,
        limit: tuple[int, float] | None = None,
        window: Literal["sliding", "fixed"] = "sliding",
        latency: tuple[float, float] | None = None,
        per_page: int = 100,
        per_page_cap: int = 200,
        short_pages: bool = False,
        port: int = 0,
        host: str = "127.0.0.1",
        seed: int = 0,
        # These defaults are valid only for the sandbox.
        token: str = "sandbox-v2-token",  # noqa: S107
        v1_token: str = "sandbox-v1-token",  # noqa: S107
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-client-secret",  # noqa: S107
    ) -> None:
        # No Retry-After: it is not known whether the vendor ever sends one (vendors.md, 2.5).
        super().__init__(
            limit=limit, window=window, latency=latency, host=host, port=port, seed=seed
        )
        self.token, self.v1_token = token, v1_token
        self.client_id, self.client_secret = client_id, client_secret
        self.versions = set(VERSIONS)
        """The versions that are served. The vendor retires the oldest ones."""
        self.versions_used: Counter[str] = Counter()
        """How many requests came for each version, without those that the limit refused."""
        self.auth = Authenticator(self.clock, PERMISSIONS)
        self.auth.grant(token)
        self.auth.clients[client_id] = (client_secret, PERMISSIONS)
        self.quirks = Quirks()
        self.storage_host = "localhost"
        """The host in the addresses of files. It is another one than that of the API."""
        self.storage = Storage(self.clock, self._storage_origin, self._file)
        self._state = State(
            School() if school is None else school,
            self.clock,
            self.auth,
            v1_token,
            Pager(per_page, per_page_cap, short_pages),
            self.quirks,
            self.storage,
        )
        self._v1 = V1(self._state)
        self._v2 = V2(self._state)
        self._count, self._per = limit or (50, 1.0)

    @property
    def school(self) -> School:
        """The school that is served. Tests may read, change or replace it."""
        return self._state.school

    @school.setter
    def school(self, school: School) -> None:
        self._state.school = school

    @property
    def denied(self) -> set[str]:
        """Permissions that no token has, see :data:`PERMISSIONS`. Tests may add to it."""
        return self._state.denied

    @property
    def pager(self) -> Pager:
        """How lists are split into pages."""
        return self._state.pager

    @pager.setter
    def pager(self, pager: Pager) -> None:
        self._state.pager = pager

    @property
    def v1_base_url(self) -> str:
        """The base URL for a client of v1."""
        return f"{self.origin}/api/"

    @property
    def expires_in(self) -> int:
        """The lifetime of an OAuth 2 token in seconds."""
        return self.auth.expires_in

    @expires_in.setter
    def expires_in(self, seconds: int) -> None:
        self.auth.expires_in = seconds

    @property
    def token_requests(self) -> int:
        """How many times ``POST /oauth/token`` was served, with or without success."""
        return self.auth.requests

    def grant(self, token: str, permissions: Iterable[str] | None = None) -> None:
        """Accept a v2 token with these ``permissions``, by default all of :data:`PERMISSIONS`."""
        self.auth.grant(token, permissions)

    def refuse(self, seconds: float | None = None, **scope: Unpack[Scope]) -> Fault:
        """Return a fault that refuses a request like the limit does, for ``seconds`` from now."""
        response = self._refused(self._per if seconds is None else seconds)
        body = response.body.decode()
        return Fault("refuse", status=429, headers=response.headers, body=body, scope=scope)

    def path_of(self, raw: str) -> str:
        """Return the path below the root of its API."""
        whole = raw.removeprefix("/")
        first, _, rest = whole.partition("/")
        if first == "api" or whole == "oauth/token":
            return whole
        inside = first in self.versions and not rest.startswith(("api/", "oauth/"))
        return rest if inside else raw

    def refusal(self) -> Response:
        """Return the response to a request that exceeds the limit."""
        return self._refused(self._per)

    def admit(self, request: Request) -> Response | None:
        """Check the token and its permissions."""
        if self._is_file(request):
            return None
        if request.path.startswith("/") or not request.path:
            return Response(404)
        if request.path == "oauth/token":
            return None if request.method == "POST" else Response(404)
        if request.segments[0] == "api":
            return self._v1.admit(request)
        self.versions_used[urlsplit(request.uri).path.split("/")[1]] += 1
        return self._v2.admit(request)

    def act(self, request: Request) -> Response:
        """Execute the request."""
        if self._is_file(request):
            return self.storage.serve(request)
        if request.path == "oauth/token":
            return self.auth.issue(request)
        return (self._v1 if request.segments[0] == "api" else self._v2).serve(request)

    def is_limited(self, request: Request) -> bool:
        """Return whether a request counts toward the limit. Requests for files do not."""
        return not self._is_file(request)

    def _is_file(self, request: Request) -> bool:
        return request.path.startswith(f"/{STORAGE}/")

    def _storage_origin(self) -> str:
        return f"http://{self.storage_host}:{self.port}"

    def _file(self, number: int, kind: str) -> bytes | None:
        report = self.school.academics.reports.get(number)
        return None if report is None else report.files.get(kind)

    def _refused(self, seconds: float) -> Response:
        now = self.clock.time()
        # The document has whole seconds, in a format of its own (vendors.md, 2.5). Assumed: the
        # time is rounded up and a whole period ahead, so that clients never come too early. The
        # body is assumed too.
        reset = datetime.fromtimestamp(math.ceil(now + seconds), UTC)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Date": formatdate(
                now, usegmt=True
            ),  # the same clock as for the limit, which tests can set
            "X-RateLimit-Limit": str(self._count),
            "X-RateLimit-Period": f"{self._per:g}",
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%d %H:%M:%S UTC"),
        }
        return Response(429, bodies.error(429, "Rate limit exceeded").body, headers)
