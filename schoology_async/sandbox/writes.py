"""The operations that change users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lms_async.sandbox import Request, Response

from . import bodies
from .accounts import Account, Rejected, comma_list
from .reads import Reads
from .records import EmailConflicts
from .school import School
from .state import State

MOST = 50
"""The most rows in one bulk write, according to the documents."""

Row = dict[str, Any]
_EMPTY = Response(204, headers={"Content-Type": "text/xml"})
"""The response to a single update or delete, with the content type of the live API."""


class Writes:
    """The operations that change users, one at a time or in bulk."""

    def __init__(self, state: State, reads: Reads) -> None:
        self._state = state
        self._reads = reads

    @property
    def _school(self) -> School:
        return self._state.school

    def post(self, request: Request) -> Response:
        """Create one user, or up to fifty."""
        body = bodies.read(request)
        query = request.query
        resolution = query.get("email_conflict_resolution")
        conflicts = EmailConflicts(
            ignore=query.get("ignore_email_conflicts") == "1",
            resolution=int(resolution) if resolution in {"1", "2"} else None,
        )
        if "users" not in body:
            account = self._school.create(body, conflicts)
            whole = self._reads.whole(request, account) | {
                "links": {"self": self._state.location(account.uid)}
            }
            return bodies.write(request, 201, whole)

        def create(row: Row) -> Row:
            known = self._school.by_school_uid(str(row.get("school_uid") or ""))
            if known is not None and query.get("update_existing") == "1":
                return self._done(self._school.update(known.uid, row))
            return self._done(self._school.create(row, conflicts))

        return self._bulk(request, bodies.rows(body, "users", "user"), create)

    def update(self, request: Request, uid: str) -> Response:
        """Change one user."""
        self._school.update(uid, bodies.read(request))
        return _EMPTY

    def update_many(self, request: Request) -> Response:
        """Change up to fifty users."""
        rows = bodies.rows(bodies.read(request), "users", "user")

        def update(row: Row) -> Row:
            uid = str(row.get("id") or row.get("uid") or "")
            if not uid:
                raise Rejected(400, "id is required.")
            return self._done(self._school.update(uid, row))

        return self._bulk(request, rows, update)

    def delete(self, request: Request, uid: str) -> Response:
        """Make one user inactive."""
        self._make_inactive(request, uid)
        return _EMPTY

    def delete_many(self, request: Request) -> Response:
        """Make up to fifty users inactive."""
        uids = comma_list(request.query.get("uids"))
        if not uids:
            return bodies.plain(400, "uids is required.")

        def delete(row: Row) -> Row:
            self._make_inactive(request, row["id"])
            return {"response_code": 200, "id": row["id"]}

        answer = self._bulk(request, [{"id": uid} for uid in uids], delete)
        if answer.status == 207 and not self._state.quirks.bulk_delete_rows:
            return _EMPTY
        return answer

    def _make_inactive(self, request: Request, uid: str) -> None:
        self._school.delete(
            uid,
            # By the vendor's defaults, history is erased and an email is sent.
            keep_enrollments=request.query.get("option_keep_enrollments") == "1",
            email=request.query.get("email_notification") != "0",
            comment=request.query.get("option_comment", ""),
            at=int(self._state.clock.time()),
        )

    def reactivate(self, request: Request) -> Response:
        """Make inactive users active again."""

        def reactivate(row: Row) -> Row:
            uid = str(row.get("uid") or "")
            reenroll = str(row.get("option_reenroll", "0")) == "1"
            self._school.reactivate(uid, reenroll=reenroll)
            message = "You have successfully re-actived this user."  # sic
            return {
                "response_code": 200,
                "location": self._state.location(uid),
                "message": message,
            }

        # In the documents, these rows have no `users` around them and no id.
        rows = bodies.rows(bodies.read(request), "user")
        return self._bulk(request, rows, reactivate, echo=())

    def associate(self, request: Request, kind: str) -> Response:
        """Link parents or advisors to students, or unlink them."""
        what = kind.removesuffix("s")
        links = self._school.parents if what == "parent" else self._school.advisors
        uid_key = self._state.quirks.parent_uid_key if what == "parent" else "advisor_uid"
        names = ("student_school_uid", f"{what}_school_uid")

        def associate(row: Row) -> Row:
            found = []
            for name in names:
                account = self._school.by_school_uid(str(row.get(name) or ""))
                if account is None:
                    raise Rejected(404 if row.get(name) else 400, f"There is no {name} like this.")
                found.append(account)
            student, other = found
            if str(row.get("delete", "0")) == "1":
                links.unlink(student.uid, other.uid)
            else:
                links.link(student.uid, other.uid)
            return {
                "response_code": 200,
                names[0]: student.school_uid,
                "student_uid": student.uid,
                names[1]: other.school_uid,
                uid_key: other.uid,
            }

        rows = bodies.rows(bodies.read(request), "associations", "association")
        return self._bulk(request, rows, associate, wrapper="association", echo=names)

    # -- what the writes share

    def _bulk(
        self,
        request: Request,
        rows: list[Row],
        do: Callable[[Row], Row],
        *,
        wrapper: str = "user",
        echo: tuple[str, ...] = ("id", "school_uid"),
    ) -> Response:
        # Assumed: more rows than allowed get a 400. The maximum is documented for most bulk writes.
        # Also assumed: 207 for a bulk update. The live API answers 207 to creates and deletes.
        if len(rows) > MOST:
            return bodies.plain(400, f"Up to {MOST} rows at one time.")

        def attempt(row: Row) -> Row:
            try:
                return do(row)
            except Rejected as rejected:
                # Assumed: the keys come with the error message.
                echoed = {key: str(row[key]) for key in echo if row.get(key)}
                failed = {"response_code": rejected.code, **echoed}
                return failed | {self._state.quirks.error_key: rejected.message}

        results = [attempt(row) for row in rows]
        return bodies.write(request, 207, {wrapper: self._state.many(results)})

    def _done(self, account: Account) -> Row:
        return {
            "response_code": 200,  # also if the user was created
            "location": self._state.location(account.uid),
            "school_uid": account.school_uid,
            "id": account.uid,  # a string here
        }
