"""What the operations share: pages of a list, bulk writes, the people in a response."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from lms_async.sandbox import Arrived, Response

from .. import bodies
from ..accounts import Account, Rejected, comma_list
from ..oauth import Caller
from ..school import School
from ..seed import ADMINISTRATOR
from ..state import State

MOST = 50
"""Rows in one bulk write and ids in one filter, by the documents."""

EMPTY = Response(204, headers={"Content-Type": "text/xml"})
"""The response to a single update or delete."""

Row = dict[str, Any]
Verbs = Mapping[str, Callable[[], Response]]
"""The operations on one path, by method."""
T = TypeVar("T")


class Operations:
    """The base of the operations on one resource."""

    def __init__(self, state: State) -> None:
        self.state = state

    @property
    def school(self) -> School:
        """The school that is served."""
        return self.state.school

    @property
    def today(self) -> str:
        """The day by the server's clock, ``YYYY-MM-DD``."""
        return datetime.fromtimestamp(self.state.clock.time(), UTC).date().isoformat()

    def url(self, path: str) -> str:
        """Return the URL of a path below the API's root."""
        return self.state.base_url + path

    def picture(self, name: str) -> str:
        """Return the URL of a picture."""
        return f"{self.state.origin()}/images/{name}"

    def is_administrator(self, caller: Caller) -> bool:
        """Return whether the caller is an administrator of the school."""
        account = self.school.users.get(caller.uid)
        return account is not None and account.role_id == ADMINISTRATOR

    def person(self, uid: str) -> Account:
        """Return an account, also an inactive one. One that a test removed comes back blank."""
        inactive = self.school.inactive.get(uid)
        if inactive is not None:
            return inactive.account
        return self.school.users.get(uid) or Account(uid=uid)

    # -- lists

    def listing(
        self,
        arrived: Arrived,
        key: str,
        found: Iterable[T],
        view: Callable[[T], Row],
        *,
        total: Callable[[int], object] | None = str,
        links: bool = True,
    ) -> Response:
        """Return one page of a list.

        :param total: how this list prints its total, ``str`` or ``int``; ``None`` for a list that
            has none.
        """
        found = found if isinstance(found, Sized) else list(found)
        start, limit = self._bounds(arrived)
        page = [view(each) for each in islice(found, start, start + limit)]
        body: Row = {key: self.state.many(page)}
        if total is not None and self.state.quirks.totals:
            body["total"] = total(len(found))
        if links:
            body["links"] = {"self": self._link(arrived, start=start, limit=limit)}
            if start + len(page) < len(found):
                body["links"]["next"] = self._link(arrived, start=start + limit, limit=limit)
        return bodies.write(arrived, 200, body)

    def whole_list(
        self, arrived: Arrived, key: str, rows: list[Row], *, links: bool = False
    ) -> Response:
        """Return a list that is not paged and has no total."""
        body: Row = {key: self.state.many(rows)}
        if links:
            body["links"] = {"self": self.url(arrived.path)}
        return bodies.write(arrived, 200, body)

    def _bounds(self, arrived: Arrived) -> tuple[int, int]:
        default = self.state.quirks.default_page
        limit = number(arrived, "limit") or default
        return number(arrived, "start"), min(limit, self.state.quirks.page_cap)

    def _link(self, arrived: Arrived, **bounds: int) -> str:
        kept = {k: v for k, v in arrived.query.items() if k not in bounds}
        return f"{self.url(arrived.path)}?{urlencode({**kept, **bounds})}"

    # -- bulk writes

    def bulk(
        self,
        arrived: Arrived,
        rows: list[Row],
        do: Callable[[Row], Row],
        *wrappers: str,
        echo: tuple[str, ...] = ("id",),
    ) -> Response:
        """Do each row for itself, and return one result a row, in order, inside ``wrappers``.

        207 was seen live for creates and deletes; that updates answer it too is a choice. So is 400
        for more rows than documented, and that a failed row shows the keys it was sent with.
        """
        if len(rows) > MOST:
            return bodies.plain(400, f"Up to {MOST} rows at one time.")
        body: Any = self.state.many([self.attempt(row, do, echo) for row in rows])
        for wrapper in reversed(wrappers):
            body = {wrapper: body}
        return bodies.write(arrived, 207, body)

    def attempt(self, row: Row, do: Callable[[Row], Row], echo: tuple[str, ...]) -> Row:
        """Do one row, and return its result. A rejected row has no effect on the others."""
        try:
            return do(row)
        except Rejected as rejected:
            echoed = {name: str(row[name]) for name in echo if row.get(name)}
            failed = {"response_code": rejected.code, **echoed}
            return failed | {self.state.quirks.error_key: rejected.message}

    def bulk_delete(
        self, arrived: Arrived, name: str, delete: Callable[[str], object], *wrappers: str
    ) -> Response:
        """Delete the records whose ids are in the query parameter ``name``."""
        ids = comma_list(arrived.query.get(name))
        if not ids:
            return bodies.plain(400, f"{name} is required.")

        def delete_row(row: Row) -> Row:
            delete(row["id"])
            return {"response_code": 200, "id": row["id"]}

        response = self.bulk(arrived, [{"id": each} for each in ids], delete_row, *wrappers)
        if response.status == 207 and not self.state.quirks.bulk_delete_rows:
            return EMPTY
        return response


def number(arrived: Arrived, name: str) -> int:
    """Return a number of the query. A value that is not a number counts as 0: a choice."""
    given = arrived.query.get(name, "")
    return int(given) if given.isascii() and given.isdigit() else 0


def row_id(row: Row) -> str:
    """Return the id that an update row needs."""
    if not row.get("id"):
        raise Rejected(400, "id is required.")
    return str(row["id"])
