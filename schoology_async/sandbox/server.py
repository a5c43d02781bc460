"""The sandbox of Schoology's REST API v1: the sixteen operations on users, and what they need.

Where the vendor's documents and live observations are silent, a comment says that the behavior is
a choice.
"""

from __future__ import annotations

from typing import Any, Literal

from lms_async.sandbox import Arrived, Response, StandIn

from . import bodies, exports, multiget
from .accounts import Rejected
from .oauth import Authenticator, Caller
from .school import School
from .state import Quirks, State
from .users import Users


class SchoologySandbox(StandIn):
    """A Schoology with one school, on a real socket.

    :param school: the school to serve; by default one with the API user alone.
    :param page_cap: the most rows of a page, whatever was asked for.
    :param default_page: rows of a page where the request names no number.
    :param totals: whether lists have a ``total``.
    :param key: the consumer key, with ``secret``; the access token is ``token``, with
        ``token_secret``.
    """

    prefix = "/v1/"

    def __init__(
        self,
        *,
        school: School | None = None,
        limit: tuple[int, float] | None = None,
        window: Literal["sliding", "fixed"] = "sliding",
        latency: tuple[float, float] | None = None,
        page_cap: int = 200,
        default_page: int = 20,
        totals: bool = True,
        retry_after: float | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        seed: int = 0,
        # These open nothing but the sandbox.
        key: str = "sandbox-consumer-key",
        secret: str = "sandbox-consumer-secret",  # noqa: S107
        token: str = "sandbox-access-token",  # noqa: S107
        token_secret: str = "sandbox-access-token-secret",  # noqa: S107
    ) -> None:
        super().__init__(
            limit=limit,
            window=window,
            latency=latency,
            retry_after=retry_after,
            host=host,
            port=port,
            seed=seed,
        )
        self.key, self.secret = key, secret
        self.token, self.token_secret = token, token_secret
        self.quirks = Quirks(page_cap=page_cap, default_page=default_page, totals=totals)
        self._state = State(
            School.seeded(0) if school is None else school,
            self.clock,
            self.quirks,
            origin=lambda: self.origin,
            root=self.prefix,
        )
        self.personal_key = False
        """Whether the key is a personal one, which since June 2025 reads its owner's data only."""
        self.forbidden: set[str] = set()
        """API paths for which the caller lacks the permission: 403, empty."""
        self.group_enrollments: list[dict[str, Any]] = []
        """The rows of the export of group enrollments, by the vendor's columns."""
        self.auth = Authenticator(key, secret, self.school.api_uid, self.clock)
        self.auth.add_access_token(token, token_secret)
        self._users = Users(self._state)
        self._caller = Caller(self.school.api_uid, None)

    @property
    def school(self) -> School:
        """The school that is served; tests may look into it, change it or replace it."""
        return self._state.school

    @school.setter
    def school(self, school: School) -> None:
        self._state.school = school

    def authorize(self, token: str, uid: str | None = None) -> None:
        """Allow a request token, as the user ``uid`` does in the browser."""
        self.auth.authorize(token, uid)

    @property
    def sequence_slack(self) -> int:
        """By how many seconds a timestamp may be older than the newest; by the documents, none."""
        return self.auth.sequence_slack

    @sequence_slack.setter
    def sequence_slack(self, seconds: int) -> None:
        self.auth.sequence_slack = seconds

    def admit(self, arrived: Arrived) -> Response | None:
        """Check the signature, and the permissions of the key and its owner."""
        if arrived.segments[0] == "oauth":
            return None  # these have signatures of their own kind, checked where they are served
        caller = self.auth.identify(arrived)
        if isinstance(caller, Response):
            return _from_schoology(caller)
        self._caller = caller
        return self._forbids(arrived, caller)

    def _forbids(self, arrived: Arrived, caller: Caller) -> Response | None:
        """Return the refusal if the key or its owner may not do this."""
        own = {"users/me", f"users/{caller.uid}", "app-user-info"}
        if self.personal_key and arrived.path not in own:
            return _from_schoology(Response(401))
        if arrived.path in self.forbidden:
            return _from_schoology(Response(403))
        return None

    def act(self, arrived: Arrived) -> Response:
        """Do what was asked."""
        return _from_schoology(self._answer(arrived))

    def _answer(self, arrived: Arrived) -> Response:
        try:
            return self._route(arrived)
        except Rejected as rejected:
            # A single write that fails: 400 with a text. 403 and 404 were seen empty.
            text = "" if rejected.code in {403, 404} else rejected.message
            return bodies.plain(400 if rejected.code == 409 else rejected.code, text)
        except bodies.Unreadable as unreadable:
            return unreadable.answer

    def _route(self, arrived: Arrived) -> Response:
        match arrived.segments:
            case ("users", *rest):
                return self._users.serve(arrived, tuple(rest), self._caller)
            case ("app-user-info",) if arrived.method == "GET":
                return self._app_user_info(arrived)
            case ("oauth", "request_token") if arrived.method == "GET":
                return self.auth.issue_request_token(arrived)
            case ("oauth", "access_token") if arrived.method == "GET":
                return self.auth.issue_access_token(arrived)
            case ("csvexport", "users") if arrived.method == "GET":
                return exports.users(arrived, self.school)
            case ("csvexport", "group_enrollments") if arrived.method == "GET":
                return exports.group_enrollments(arrived, self.group_enrollments)
            case ("multiget" | "multioptions",) if arrived.method == "POST":
                return multiget.serve(arrived, self._sub_answer, self.quirks, root=self.prefix)
            case ("schools" | "sections" | "groups" as realm, identity, *_):
                return self._parent(arrived, realm, identity)
        return Response(404)

    def _sub_answer(self, arrived: Arrived) -> Response:
        """Answer one read inside of a multiget, for the same caller."""
        return self._forbids(arrived, self._caller) or self._answer(arrived)

    def _app_user_info(self, arrived: Arrived) -> Response:
        info = {
            "web_session_timestamp": int(self.clock.time()),
            "api_uid": int(self._caller.uid),
        }
        return bodies.write(arrived, 200, info)

    def _parent(self, arrived: Arrived, realm: str, identity: str) -> Response:
        """Answer an unknown path below a school, section or group with that object, as the live API
        does. All paths below them are unknown here, and every section and group exists.
        """
        if arrived.method != "GET":
            return Response(405, headers={"Allow": "GET"})
        shown: dict[str, Any] = {"id": identity}
        if realm == "schools":
            if identity != str(self.school.school_id):
                return Response(404)
            shown |= {"title": self.school.title, "address1": "", "city": "", "country": ""}
        elif realm == "sections":
            shown |= {"course_id": "1", "course_title": "Algebra", "section_title": "Section 1"}
        else:
            shown |= {"title": "Chess club", "description": ""}
        return bodies.write(arrived, 200, shown)


def _from_schoology(answer: Response) -> Response:
    return Response(answer.status, answer.body, {**answer.headers, "X-Schoology": "API"})
