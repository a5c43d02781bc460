"""The sandbox of Schoology's REST API v1: users, courses, sections, enrollments and groups.

Comments say "assumed" where the behavior is neither documented nor known from the live API.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import parse_qsl

from multidict import MultiDict

from lms_async.sandbox import Request, Response, SandboxServer

from . import bodies, multiget
from .accounts import Rejected
from .oauth import Authenticator, Caller
from .operations import Router
from .school import School
from .state import Quirks, State
from .users import Users


class SchoologySandbox(SandboxServer):
    """A local server that imitates Schoology, with one school.

    :param school: the school to serve; by default one with only the API user.
    :param page_cap: the maximum number of rows per page, even if the request has a higher limit.
    :param default_page: the number of rows per page if the request has no limit.
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
        """Whether the key is a personal one. Since June 2025, such a key reads only its owner's
        data."""
        self.forbidden: set[str] = set()
        """API paths for which the caller lacks the permission: 403, empty."""
        self.auth = Authenticator(key, secret, self.school.api_uid, self.clock)
        self.auth.add_access_token(token, token_secret)
        self._users = Users(self._state)
        self._router = Router(self._state)
        self._caller = Caller(self.school.api_uid, None)

    @property
    def school(self) -> School:
        """The school that is served. Tests may read, change or replace it."""
        return self._state.school

    @school.setter
    def school(self, school: School) -> None:
        self._state.school = school

    def authorize(self, token: str, uid: str | None = None) -> None:
        """Authorize a request token, as the user ``uid`` does in the browser."""
        self.auth.authorize(token, uid)

    @property
    def sequence_slack(self) -> int:
        """By how many seconds a timestamp may be older than the newest one. Documented: none."""
        return self.auth.sequence_slack

    @sequence_slack.setter
    def sequence_slack(self, seconds: int) -> None:
        self.auth.sequence_slack = seconds

    def admit(self, request: Request) -> Response | None:
        """Check the signature, and the permissions of the key and its owner."""
        if request.segments[0] == "oauth":
            return None  # these requests are verified where they are served
        caller = self.auth.identify(request)
        if isinstance(caller, Response):
            return _from_schoology(caller)
        caller = self._acting(request, caller)
        if isinstance(caller, Response):
            return _from_schoology(caller)
        self._caller = caller
        return self._refusal(request)

    def _acting(self, request: Request, caller: Caller) -> Caller | Response:
        """Return the user that the caller acts as, or a 403. This is not documented."""
        uid = request.headers.get("X-Schoology-Run-As")
        if uid is None:
            return caller
        if not self.quirks.run_as_allowed or uid not in self.school.users:
            return Response(403)
        return Caller(uid, caller.token)

    def _refusal(self, request: Request) -> Response | None:
        own = {"users/me", f"users/{self._caller.uid}", "app-user-info"}
        if self.personal_key and request.path not in own:
            return _from_schoology(Response(401))
        if request.path in self.forbidden:
            return _from_schoology(Response(403))
        return None

    def dispatch(self, uri: str, of: Request, method: str = "GET") -> Response:
        """Answer a request inside another request, as the same caller.

        :param uri: relative to the base URL, with the query, e.g. ``sections/1?include_past=1``.
        """
        path, _, query = uri.partition("?")
        request = Request(
            method=method,
            path=path,
            uri=self.base_url + uri,
            query=MultiDict(parse_qsl(query, keep_blank_values=True)),
            headers=of.headers,
            body=b"",
        )
        return self._refusal(request) or self.act(request)

    def act(self, request: Request) -> Response:
        """Execute the request."""
        try:
            answer = self._route(request)
        except Rejected as rejected:
            # A single write that fails gets 400 with a text. 403 and 404 were observed empty.
            text = "" if rejected.code in {403, 404} else rejected.message
            answer = bodies.plain(400 if rejected.code == 409 else rejected.code, text)
        except bodies.Unreadable as unreadable:
            answer = unreadable.answer
        return _from_schoology(answer)

    def _route(self, request: Request) -> Response:
        match request.segments:
            case ("users", *rest) if not self._router.has(request.segments):
                return self._users.serve(request, tuple(rest), self._caller)
            case ("app-user-info",) if request.method == "GET":
                return self._app_user_info(request)
            case ("oauth", "request_token") if request.method == "GET":
                return self.auth.issue_request_token(request)
            case ("oauth", "access_token") if request.method == "GET":
                return self.auth.issue_access_token(request)
            case ("multiget" | "multioptions",) if request.method == "POST":
                return multiget.serve(request, self._sub_answer, self.quirks, root=self.prefix)
        return self._router.serve(request, self._caller)

    def _sub_answer(self, request: Request) -> Response:
        """Answer one read inside a ``multiget`` request, as the same caller."""
        return self._refusal(request) or self.act(request)

    def _app_user_info(self, request: Request) -> Response:
        info = {
            "web_session_timestamp": int(self.clock.time()),
            "api_uid": int(self._caller.uid),
        }
        return bodies.write(request, 200, info)


def _from_schoology(answer: Response) -> Response:
    return Response(answer.status, answer.body, {**answer.headers, "X-Schoology": "API"})
