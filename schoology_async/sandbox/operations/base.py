"""The base class of the operations: pages of lists, bulk writes, and accounts in responses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from lms_async.sandbox import Request, Response

from .. import bodies
from ..accounts import Account, Rejected, comma_list
from ..oauth import Caller
from ..school import School
from ..seed import ADMINISTRATOR
from ..state import State

MOST = 50
"""The documented maximum of rows in a bulk write and of ids in a filter."""

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
        """The school of this server."""
        return self.state.school

    @property
    def today(self) -> str:
        """Today's date by the server's clock, ``YYYY-MM-DD``."""
        return datetime.fromtimestamp(self.state.clock.time(), UTC).date().isoformat()

    def url(self, path: str) -> str:
        """Return the URL for a path relative to the base URL."""
        return self.state.base_url + path

    def picture(self, name: str) -> str:
        """Return the URL of a picture."""
        return f"{self.state.origin()}/images/{name}"

    def is_administrator(self, caller: Caller) -> bool:
        """Return whether the caller is an administrator of the school."""
        account = self.school.users.get(caller.uid)
        return account is not None and account.role_id == ADMINISTRATOR

    def person(self, uid: str) -> Account:
        """Return an active or inactive account. Return a blank account if a test removed it."""
        inactive = self.school.inactive.get(uid)
        if inactive is not None:
            return inactive.account
        return self.school.users.get(uid) or Account(uid=uid)

    # -- lists

    def listing(
        self,
        request: Request,
        key: str,
        found: Iterable[T],
        view: Callable[[T], Row],
        *,
        total: Callable[[int], object] | None = str,
        links: bool = True,
    ) -> Response:
        """Return one page of a list.

        :param total: the type of ``total`` in this list, ``str`` or ``int``; ``None`` if the list
            has no total.
        """
        found = found if isinstance(found, Sized) else list(found)
        start, limit = self._bounds(request)
        page = [view(each) for each in islice(found, start, start + limit)]
        body: Row = {key: self.state.many(page)}
        if total is not None and self.state.quirks.totals:
            body["total"] = total(len(found))
        if links:
            body["links"] = {"self": self._link(request, start=start, limit=limit)}
            if start + len(page) < len(found):
                body["links"]["next"] = self._link(request, start=start + limit, limit=limit)
        return bodies.write(request, 200, body)

    def whole_list(
        self, request: Request, key: str, rows: list[Row], *, links: bool = False
    ) -> Response:
        """Return a list without pages and without a total."""
        body: Row = {key: self.state.many(rows)}
        if links:
            body["links"] = {"self": self.url(request.path)}
        return bodies.write(request, 200, body)

    def _bounds(self, request: Request) -> tuple[int, int]:
        default = self.state.quirks.default_page
        limit = number(request, "limit") or default
        return number(request, "start"), min(limit, self.state.quirks.page_cap)

    def _link(self, request: Request, **bounds: int) -> str:
        kept = {k: v for k, v in request.query.items() if k not in bounds}
        return f"{self.url(request.path)}?{urlencode({**kept, **bounds})}"

    # -- bulk writes

    def bulk(
        self,
        request: Request,
        rows: list[Row],
        do: Callable[[Row], Row],
        *wrappers: str,
        echo: tuple[str, ...] = ("id",),
    ) -> Response:
        """Apply ``do`` to each row separately, and return one result per row, inside ``wrappers``.

        The live API answers creates and deletes with 207. Assumed: updates answer 207 too, too many
        rows are a 400, and the result of a failed row repeats the row's keys.

        :param echo: the fields of a row that the result of a failed row repeats.
        """
        if len(rows) > MOST:
            return bodies.plain(400, f"Up to {MOST} rows at one time.")
        body: Any = self.state.many([self.attempt(row, do, echo) for row in rows])
        for wrapper in reversed(wrappers):
            body = {wrapper: body}
        return bodies.write(request, 207, body)

    def attempt(self, row: Row, do: Callable[[Row], Row], echo: tuple[str, ...]) -> Row:
        """Apply ``do`` to one row and return its result, even if the row is rejected."""
        try:
            return do(row)
        except Rejected as rejected:
            echoed = {name: str(row[name]) for name in echo if row.get(name)}
            failed = {"response_code": rejected.code, **echoed}
            return failed | {self.state.quirks.error_key: rejected.message}

    def bulk_delete(
        self, request: Request, name: str, delete: Callable[[str], object], *wrappers: str
    ) -> Response:
        """Delete the records whose ids are in the query parameter ``name``."""
        ids = comma_list(request.query.get(name))
        if not ids:
            return bodies.plain(400, f"{name} is required.")

        def delete_row(row: Row) -> Row:
            delete(row["id"])
            return {"response_code": 200, "id": row["id"]}

        response = self.bulk(request, [{"id": each} for each in ids], delete_row, *wrappers)
        if response.status == 207 and not self.state.quirks.bulk_delete_rows:
            return EMPTY
        return response


def number(request: Request, name: str) -> int:
    """Return a number from the query. Assumed: a value that is not a number counts as 0."""
    given = request.query.get(name, "")
    return int(given[:12]) if given.isascii() and given.isdigit() else 0


def row_id(row: Row) -> str:
    """Return the id of a row of an update, or raise :class:`Rejected`."""
    if not row.get("id"):
        raise Rejected(400, "id is required.")
    return str(row["id"])
