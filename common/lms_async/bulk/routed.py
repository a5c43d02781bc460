"""One bulk whose rows are sent by several bulk methods, such as those of students and teachers."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import attrs

from ..errors import ApiError, InvalidInput
from ..http.call import Call
from ..journal.journal import Journal
from ..outcome import RowError
from .bulk import Bulk
from .endpoint import BulkEndpoint, Found, Results
from .rows import Prepared, Rows

R = TypeVar("R")


def routed(
    items: Iterable[R] | AsyncIterable[R],
    bulks: Mapping[str, Bulk[Any]],
    route_of: Callable[[R], str],
    *,
    operation: str,
    journal: Journal | None,
) -> Bulk[R]:
    """Return a bulk that sends each item as one of several other bulks would.

    :param items: the rows, in any order.
    :param bulks: the other bulks by the names of their routes. They take such items, send the same
        number of rows per request, and identify each row by a key. Their own rows are not read.
    :param route_of: returns the name of the route of an item. It may raise InvalidInput, which
        rejects the item.
    :param operation: see :class:`~lms_async.bulk.endpoint.BulkEndpoint`.
    :param journal: records the result of each row, so that a second run after a crash sends only
        rows without a result.
    """
    first = next(iter(bulks.values()))
    for one in bulks.values():
        one._is_unread = False
    routes: _Routes[R] = _Routes({name: one._endpoint for name, one in bulks.items()}, route_of)
    return Bulk(first._run.sender, items, routes.endpoint(operation), journal=journal)


@attrs.frozen
class _Routes(Generic[R]):
    """The endpoints. The key of a row is the name of its route, and the key of its endpoint."""

    endpoints: Mapping[str, BulkEndpoint[Any]]
    route_of: Callable[[R], str]

    def endpoint(self, operation: str) -> BulkEndpoint[R]:
        """Return the endpoint that takes the rows of all routes."""
        all_ = list(self.endpoints.values())
        (max_rows,) = {one.max_rows for one in all_}
        return BulkEndpoint(
            prepare=self._prepare,
            call=self._call,
            parse_results=self._parse,
            operation=operation,
            max_rows=max_rows,
            max_bytes=min(one.max_bytes for one in all_),
            distinct=any(one.distinct for one in all_),
            path_names_rows=self._path_names_rows,
            group=self._group if max_rows > 1 else None,
            look_up=self._look_up,
            is_conflict=lambda error: any(one.is_conflict(error) for one in all_),
            explain=self._explain,
            follow_up=self._follow_up,
            begin=self._begin,
        )

    def _prepare(self, items: list[R]) -> Prepared:
        places: dict[str, list[int]] = {}
        refused: dict[int, InvalidInput] = {}
        for place, item in enumerate(items):
            try:
                places.setdefault(self.route_of(item), []).append(place)
            except InvalidInput as invalid:
                refused[place] = invalid
        accepted: dict[int, tuple[Hashable, Any]] = {}
        for route, at in places.items():
            prepared = self.endpoints[route].prepare([items[place] for place in at])
            refused |= {at[number]: invalid for number, invalid in prepared.refused.items()}
            valid = [place for place in at if place not in refused]
            for place, key, value in zip(valid, prepared.keys, prepared.values, strict=True):
                accepted[place] = (route, key), value
        in_order = [accepted[place] for place in sorted(accepted)]
        return Prepared([key for key, _ in in_order], [value for _, value in in_order], refused)

    def _call(self, rows: Rows[R]) -> Call[Any]:
        endpoint, inner = self._inner(rows)
        return endpoint.call(inner)

    def _parse(self, payload: Any, rows: Rows[R]) -> Results:
        endpoint, inner = self._inner(rows)
        return endpoint.parse_results(payload, inner)

    def _path_names_rows(self, rows: Rows[R]) -> bool:
        endpoint, inner = self._inner(rows)
        named = endpoint.path_names_rows
        return named(inner) if callable(named) else named

    def _group(self, key: Any) -> Hashable:
        route, own = key
        group = self.endpoints[route].group
        return route, None if group is None else group(own)

    async def _look_up(self, rows: Rows[R]) -> list[Found]:
        endpoint, inner = self._inner(rows)
        return [None] * len(rows) if endpoint.look_up is None else await endpoint.look_up(inner)

    def _explain(self, error: ApiError) -> RowError | None:
        explained = (one.explain(error) for one in self.endpoints.values())
        return next((one for one in explained if one is not None), None)

    async def _follow_up(self, rows: Rows[R], results: Results) -> Results:
        endpoint, inner = self._inner(rows)
        return results if endpoint.follow_up is None else await endpoint.follow_up(inner, results)

    async def _begin(self) -> None:
        for one in self.endpoints.values():
            if one.begin is not None:
                await one.begin()

    def _inner(self, rows: Rows[R]) -> tuple[BulkEndpoint[Any], Rows[Any]]:
        """Return the endpoint of rows of one route, and the rows with the keys that it knows."""
        keys: list[Any] = rows.keys
        inner = Rows(
            rows.indices,
            rows.items,
            [key for _, key in keys],
            rows.bodies,
            sent_before=rows.sent_before,
        )
        return self.endpoints[keys[0][0]], inner
