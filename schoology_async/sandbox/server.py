"""Schoology's REST API v1, stood in for: the users' sixteen operations and what they lean on.

Where the vendor's documents and the live observations are silent, a comment says that the
behaviour is a choice.
"""

from __future__ import annotations

from typing import Any, Literal

from lms_async.sandbox import Arrived, Response, StandIn

from . import bodies
from .accounts import Rejected
from .oauth import Caller, Doorkeeper
from .school import School
from .users import Users


class SchoologySandbox(StandIn):
    """A whole Schoology of one school, on a real socket."""

    prefix = "/v1/"
    key = "sandbox-consumer-key"
    secret = "sandbox-consumer-secret"  # noqa: S105 - opens nothing but the sandbox
    token = "sandbox-access-token"  # noqa: S105
    token_secret = "sandbox-access-token-secret"  # noqa: S105

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
        self.school = school if school is not None else School.seeded(0)
        self.page_cap = page_cap
        self.default_page = default_page
        self.totals = totals
        """Whether lists say their ``total``; several real ones do not."""
        self.personal_key = False
        """Whether the key is a personal one, which since June 2025 reads its owner's data only."""
        self.forbidden: set[str] = set()
        """API paths for which the caller lacks the permission: 403, empty."""
        self.relative_location = False
        """Whether redirects go to ``/v1/users/…``, without a host; both were seen live."""
        self.single_as_object = False
        """Whether a list of one comes as its element; seen live, here and there."""
        self.error_key: Literal["message", "error", "errors"] = "message"
        """Under which key a failed row says why: not documented."""
        self.parent_uid_key: Literal["advisor_uid", "parent_uid"] = "advisor_uid"
        """Where an imported parent's uid stands: the documents disagree with each other."""
        self.bulk_delete_rows = True
        """Whether a bulk delete answers 207 with rows, as seen live, or 204 as documented."""
        self.door = Doorkeeper(self.key, self.secret, self.school.api_uid, self.clock)
        self.door.add_access_token(self.token, self.token_secret)
        self._users = Users(self)
        self._caller = Caller(self.school.api_uid, None)

    def authorize(self, token: str, uid: str | None = None) -> None:
        """Do what the user does in the browser: allow a request token. ``uid`` is who."""
        self.door.authorize(token, uid)

    @property
    def sequence_slack(self) -> int:
        """By how many seconds a timestamp may be older than the newest; by the documents, none."""
        return self.door.sequence_slack

    @sequence_slack.setter
    def sequence_slack(self, seconds: int) -> None:
        self.door.sequence_slack = seconds

    def admit(self, arrived: Arrived) -> Response | None:
        """Check the signature, and what the key and its owner may do."""
        if arrived.segments[0] == "oauth":
            return None  # these have signatures of their own kind, checked where they are served
        caller = self.door.identify(arrived)
        if isinstance(caller, Response):
            return _from_schoology(caller)
        self._caller = caller
        own = {"users/me", f"users/{caller.uid}", "app-user-info"}
        if self.personal_key and arrived.path not in own:
            return _from_schoology(Response(401))
        if arrived.path in self.forbidden:
            return _from_schoology(Response(403))
        return None

    def act(self, arrived: Arrived) -> Response:
        """Do it."""
        try:
            answer = self._route(arrived)
        except Rejected as rejected:
            # A single write that fails: 400 with a text. 403 and 404 were seen empty.
            text = "" if rejected.code in {403, 404} else rejected.message
            answer = bodies.plain(400 if rejected.code == 409 else rejected.code, text)
        except bodies.Unreadable as unreadable:
            answer = unreadable.answer
        return _from_schoology(answer)

    def location(self, uid: str) -> str:
        """A user's own URL, as answers print it."""
        return f"{self.base_url}users/{uid}"

    def many(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]] | dict[str, Any]:
        """A list as this server shows it: that of one perhaps as its element."""
        return rows[0] if self.single_as_object and len(rows) == 1 else rows

    def _route(self, arrived: Arrived) -> Response:
        match arrived.segments:
            case ("users", *rest):
                return self._users.serve(arrived, tuple(rest), self._caller)
            case ("app-user-info",) if arrived.method == "GET":
                return self._app_user_info(arrived)
            case ("oauth", "request_token") if arrived.method == "GET":
                return self.door.issue_request_token(arrived)
            case ("oauth", "access_token") if arrived.method == "GET":
                return self.door.issue_access_token(arrived)
            case ("schools" | "sections" | "groups" as realm, identity, *_):
                return self._parent(arrived, realm, identity)
        return Response(404)

    def _app_user_info(self, arrived: Arrived) -> Response:
        info = {
            "web_session_timestamp": int(self.clock.time()),
            "api_uid": int(self._caller.uid),
        }
        return bodies.write(arrived, 200, info)

    def _parent(self, arrived: Arrived, realm: str, identity: str) -> Response:
        """The trap of the live API: an unknown path below a realm answers with the realm.

        Nothing below these realms is stood in for, so that all of it is unknown here. Any section
        or group is taken to exist.
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
