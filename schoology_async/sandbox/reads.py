"""The operations that read users."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from lms_async.sandbox import Request, Response

from . import bodies, views
from .accounts import Account, comma_list
from .school import School
from .state import State

MOST = 50
"""The most ids in one filter, according to the documents."""

Row = dict[str, Any]


class Reads:
    """The operations that read users."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def _school(self) -> School:
        return self._state.school

    def list_users(self, request: Request) -> Response:
        """List one page of users."""
        query = request.query
        found: Iterable[Account] = self._school.users.values()
        total = len(self._school.users)
        if wanted := comma_list(query.get("school_uids")):
            if len(wanted) > MOST:
                return bodies.plain(400, f"Up to {MOST} school_uids at one time.")  # assumed
            accounts = (self._school.by_school_uid(uid) for uid in dict.fromkeys(wanted))
            # Assumed: the users come in the order of the list, not of the filter.
            order = {account.uid for account in accounts if account is not None}
            found = [account for account in found if account.uid in order]
        if roles := set(comma_list(query.get("role_ids"))):
            found = [account for account in found if str(account.role_id) in roles]
        if building := query.get("building_id"):
            found = [a for a in found if building in _buildings(a)]
        if isinstance(found, list):
            total = len(found)
        start, limit = self._page(request)
        page = [self._row(request, account) for account in islice(found, start, start + limit)]
        return self._collection(request, page, str(total), total, start, limit)

    def _row(self, request: Request, account: Account) -> Row:
        row = views.user(self._school, account, self._picture())
        if request.query.get("parent_access_codes") == "1":
            row["parent_access_code"] = f"PAC-{account.uid}"  # the name of the key is assumed
        if request.query.get("extended") == "1":
            row |= account.details
        return row

    def list_inactive(self, request: Request) -> Response:
        """List one page of inactive users."""
        start, limit = self._page(request)
        entries = islice(self._school.inactive.values(), start, start + limit)
        page = [views.inactive(entry) for entry in entries]
        total = len(self._school.inactive)  # a number here, and a string in the list of users
        return self._collection(request, page, total, total, start, limit)

    def _page(self, request: Request) -> tuple[int, int]:
        # Assumed: a value that is not a number is ignored.
        def number(name: str, default: int) -> int:
            value = request.query.get(name, "")
            return int(value) if value.isascii() and value.isdigit() else default

        limit = number("limit", self._state.quirks.default_page) or self._state.quirks.default_page
        return number("start", 0), min(limit, self._state.quirks.page_cap)

    def _collection(
        self,
        request: Request,
        page: list[Row],
        printed_total: str | int,
        total: int,
        start: int,
        limit: int,
    ) -> Response:
        def link(at: int) -> str:
            kept = {k: v for k, v in request.query.items() if k not in {"start", "limit"}}
            query = urlencode({**kept, "start": at, "limit": limit})
            return f"{self._state.base_url}{request.path}?{query}"

        body: Row = {"user": self._state.many(page)}
        if self._state.quirks.totals:
            body["total"] = printed_total
        body["links"] = {"self": link(start)}
        if start + len(page) < total:
            body["links"]["next"] = link(start + limit)
        return bodies.write(request, 200, body)

    def view(self, request: Request, uid: str) -> Response:
        """View one user."""
        if uid not in self._school.users:
            return Response(404)
        return bodies.write(request, 200, self.whole(request, self._school.users[uid]))

    def whole(self, request: Request, account: Account) -> Row:
        """Return one user as a view shows it."""
        whole = views.one_user(
            self._school,
            account,
            self._picture(),
            single_as_object=self._state.quirks.single_as_object,
        )
        return whole | (account.details if request.query.get("extended") == "1" else {})

    def view_inactive(self, request: Request, uid: str) -> Response:
        """View one inactive user."""
        if uid not in self._school.inactive:
            return Response(404)
        return bodies.write(request, 200, views.inactive(self._school.inactive[uid]))

    def languages(self, request: Request) -> Response:
        """List the interface languages."""
        codes = [{"language_code": code, "language_name": name} for code, name in views.LANGUAGES]
        return bodies.write(request, 200, {"language": codes})

    def by_school_uid(self, school_uid: str) -> Response:
        """Redirect to the user with this ``school_uid``."""
        account = self._school.by_school_uid(school_uid)
        return Response(404) if account is None else self.go_to(account.uid)

    def go_to(self, uid: str) -> Response:
        """Redirect to a user."""
        root = self._state.root if self._state.quirks.relative_location else self._state.base_url
        return Response(303, headers={"Location": f"{root}users/{uid}"})

    def _picture(self) -> str:
        return f"{self._state.origin()}/images/avatar1.png"


def _buildings(account: Account) -> set[str]:
    return {str(account.building_id), *comma_list(account.additional_buildings)}
