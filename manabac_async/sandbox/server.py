"""ManageBac, stood in for: the memberships of v2, and all of the legacy v1, in one server.

Comments cite ``managebac-v2-memberships.txt`` and ``managebac-v1.md``, the vendor's documents, and
two digests of what else is known: ``managebac-v2-endpoints.md`` and ``vendors.md``. Where these
are silent, a comment says that the behaviour is a choice.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Literal, Unpack
from urllib.parse import urlsplit

from lms_async.sandbox import Arrived, Fault, Response, Scope, StandIn

from . import bodies
from .paging import Pager
from .school import School
from .tokens import PERMISSIONS, Doorkeeper
from .v1 import V1
from .v2 import V2

VERSIONS = ("v2", "v2p0", "v2p1", "v2p2", "v2p3")


class ManageBacSandbox(StandIn):
    """A whole ManageBac of one school, on a real socket.

    In the log and to faults, a path of v2 is what follows the version (``classes/12/students``),
    one of v1 has its ``api/`` (``api/users``), and there is ``oauth/token``. Whatever is below no
    root keeps its first slash (``/v9/ping``).
    """

    token = "sandbox-v2-token"  # noqa: S105 - opens nothing but the sandbox
    v1_token = "sandbox-v1-token"  # noqa: S105
    client_id = "sandbox-client"
    client_secret = "sandbox-client-secret"  # noqa: S105

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
    ) -> None:
        # No Retry-After: whether the vendor ever sends one is unknown (vendors.md, 2.5).
        super().__init__(
            limit=limit, window=window, latency=latency, host=host, port=port, seed=seed
        )
        self.school = school if school is not None else School()
        self.pager = Pager(per_page, per_page_cap, short_pages)
        self.versions = set(VERSIONS)
        """The version segments that are served; the vendor retires the oldest."""
        self.versions_used: Counter[str] = Counter()
        """How many requests came for each, without those that the limit refused."""
        self.door = Doorkeeper(self.clock)
        self.door.grant(self.token)
        self.door.clients[self.client_id] = (self.client_secret, PERMISSIONS)
        self.extended = True
        """Whether the school has the package "Extended APIs"; without: 401, a choice."""
        self.patch_adds = True
        """Whether ``PATCH classes/{id}/students`` adds, as the Memberships page says, or answers
        ``not_found`` for who is not in the class, as the specification has it."""
        self.unknown_ids: Literal["skip", "refuse"] = "skip"
        """What add_students and remove_students do about ids that are nobody's. Skipping is
        documented for year groups and teachers, and a choice for these; else a 404 for all."""
        self.plain_404 = False
        """Whether a 404 has no body, as the specification lists it for most operations."""
        self.teacher_role = "Teacher"
        """What memberships call a teacher: examples of users say ``Advisor`` (1.8)."""
        self.uniq_ids = False
        """Whether memberships have the two keys that are in the schema and in no example."""
        self.v1_created: Literal[200, 201] = 201
        """A created user's status: 201 in the document's table, 200 in its sample."""
        self.v1_dates: Literal["iso", "dotted"] = "iso"
        self.v1_id_lists: Literal["list", "comma"] = "list"
        self.v1_header = True
        """Whether ``auth_token`` arrives as a header; many proxies drop a name like this."""
        self._v1 = V1(self)
        self._v2 = V2(self)
        self._count, self._per = limit or (50, 1.0)

    @property
    def v1_base_url(self) -> str:
        """Where a client of v1 is to be pointed."""
        return f"{self.origin}/api/"

    @property
    def expires_in(self) -> int:
        """For how many seconds an OAuth 2 token is good."""
        return self.door.expires_in

    @expires_in.setter
    def expires_in(self, seconds: int) -> None:
        self.door.expires_in = seconds

    @property
    def token_requests(self) -> int:
        """How many times ``POST /oauth/token`` was served, with or without success."""
        return self.door.requests

    def grant(self, token: str, permissions: Iterable[str] = PERMISSIONS) -> None:
        """Make a v2 token known, with these of :data:`PERMISSIONS`."""
        self.door.grant(token, permissions)

    def refuse(self, seconds: float | None = None, **scope: Unpack[Scope]) -> Fault:
        """A fault that refuses as the limit does, until ``seconds`` from now."""
        answer = self._refused(self._per if seconds is None else seconds)
        body = answer.body.decode()
        return Fault("refuse", status=429, headers=answer.headers, body=body, scope=scope)

    def now(self) -> datetime:
        """The time, to the millisecond, which is all that timestamps show."""
        now = datetime.fromtimestamp(self.clock.time(), UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def missing(self, what: str, said: object) -> Response:
        """The 404 for a record that does not exist."""
        if self.plain_404:
            return Response(404)
        return bodies.error(404, f"Couldn't find {what} with 'id'={said}")

    def path_of(self, raw: str) -> str:
        """Where a request goes, below the root of its API."""
        whole = raw.removeprefix("/")
        first, _, rest = whole.partition("/")
        if first == "api" or whole == "oauth/token":
            return whole
        inside = first in self.versions and not rest.startswith(("api/", "oauth/"))
        return rest if inside else raw

    def refusal(self) -> Response:
        """What a request beyond the limit gets."""
        return self._refused(self._per)

    def admit(self, arrived: Arrived) -> Response | None:
        """Check the token, and what it may do."""
        if arrived.path.startswith("/") or not arrived.path:
            return Response(404)
        if arrived.path == "oauth/token":
            return None if arrived.method == "POST" else Response(404)
        if arrived.segments[0] == "api":
            return self._v1.admit(arrived)
        self.versions_used[urlsplit(arrived.uri).path.split("/")[1]] += 1
        return self._v2.admit(arrived)

    def act(self, arrived: Arrived) -> Response:
        """Do it."""
        if arrived.path == "oauth/token":
            return self.door.issue(arrived)
        return (self._v1 if arrived.segments[0] == "api" else self._v2).serve(arrived)

    def _refused(self, seconds: float) -> Response:
        now = self.clock.time()
        # Whole seconds in an odd form, by the document (vendors.md, 2.5). Rounded up, and a whole
        # period ahead, so that who waits for it is never too early: a choice, as is the body.
        reset = datetime.fromtimestamp(math.ceil(now + seconds), UTC)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Date": formatdate(now, usegmt=True),  # by the same clock, whose hands may be turned
            "X-RateLimit-Limit": str(self._count),
            "X-RateLimit-Period": f"{self._per:g}",
            "X-RateLimit-Reset": reset.strftime("%Y-%m-%d %H:%M:%S UTC"),
        }
        return Response(429, bodies.error(429, "Rate limit exceeded").body, headers)
