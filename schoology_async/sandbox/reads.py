"""The operations that read users."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from lms_async.sandbox import Arrived, Response

from . import bodies, views
from .accounts import Account, comma_list
from .school import School
from .state import State

MOST = 50
"""Ids in one filter, by the documents."""

Row = dict[str, Any]


class Reads:
    """The operations that read users."""

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def _school(self) -> School:
        return self._state.school

    def list_users(self, arrived: Arrived) -> Response:
        """List one page of users."""
        query = arrived.query
        found: Iterable[Account] = self._school.users.values()
        total = len(self._school.users)
        if wanted := comma_list(query.get("school_uids")):
            if len(wanted) > MOST:
                return bodies.plain(400, f"Up to {MOST} school_uids at one time.")  # a choice
            accounts = (self._school.by_school_uid(uid) for uid in dict.fromkeys(wanted))
            # In the list's order, not the question's: a choice.
            order = {account.uid for account in accounts if account is not None}
            found = [account for account in found if account.uid in order]
        if roles := set(comma_list(query.get("role_ids"))):
            found = [account for account in found if str(account.role_id) in roles]
        if building := query.get("building_id"):
            found = [a for a in found if building in _buildings(a)]
        if isinstance(found, list):
            total = len(found)
        start, limit = self._page(arrived)
        page = [self._row(arrived, account) for account in islice(found, start, start + limit)]
        return self._collection(arrived, page, str(total), total, start, limit)

    def _row(self, arrived: Arrived, account: Account) -> Row:
        row = views.user(self._school, account, self._picture())
        if arrived.query.get("parent_access_codes") == "1":
            row["parent_access_code"] = f"PAC-{account.uid}"  # the key's name is a choice
        if arrived.query.get("extended") == "1":
            row |= account.details
        return row

    def list_inactive(self, arrived: Arrived) -> Response:
        """List one page of inactive users."""
        start, limit = self._page(arrived)
        entries = islice(self._school.inactive.values(), start, start + limit)
        page = [views.inactive(entry) for entry in entries]
        total = len(self._school.inactive)  # a number here, and a string in the list of users
        return self._collection(arrived, page, total, total, start, limit)

    def _page(self, arrived: Arrived) -> tuple[int, int]:
        # What is no number counts as absent: a choice.
        def number(name: str, otherwise: int) -> int:
            given = arrived.query.get(name, "")
            return int(given) if given.isascii() and given.isdigit() else otherwise

        limit = number("limit", self._state.quirks.default_page) or self._state.quirks.default_page
        return number("start", 0), min(limit, self._state.quirks.page_cap)

    def _collection(
        self, arrived: Arrived, page: list[Row], said: str | int, total: int, start: int, limit: int
    ) -> Response:
        def link(at: int) -> str:
            kept = {k: v for k, v in arrived.query.items() if k not in {"start", "limit"}}
            query = urlencode({**kept, "start": at, "limit": limit})
            return f"{self._state.base_url}{arrived.path}?{query}"

        body: Row = {"user": self._state.many(page)}
        if self._state.quirks.totals:
            body["total"] = said
        body["links"] = {"self": link(start)}
        if start + len(page) < total:
            body["links"]["next"] = link(start + limit)
        return bodies.write(arrived, 200, body)

    def view(self, arrived: Arrived, uid: str) -> Response:
        """View one user."""
        if uid not in self._school.users:
            return Response(404)
        return bodies.write(arrived, 200, self.whole(arrived, self._school.users[uid]))

    def whole(self, arrived: Arrived, account: Account) -> Row:
        """Return one user as a view shows it."""
        whole = views.one_user(
            self._school,
            account,
            self._picture(),
            single_as_object=self._state.quirks.single_as_object,
        )
        return whole | (account.details if arrived.query.get("extended") == "1" else {})

    def view_inactive(self, arrived: Arrived, uid: str) -> Response:
        """View one inactive user."""
        if uid not in self._school.inactive:
            return Response(404)
        return bodies.write(arrived, 200, views.inactive(self._school.inactive[uid]))

    def languages(self, arrived: Arrived) -> Response:
        """List the interface languages."""
        codes = [{"language_code": code, "language_name": name} for code, name in views.LANGUAGES]
        return bodies.write(arrived, 200, {"language": codes})

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
