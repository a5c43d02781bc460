"""A bulk whose rows are sent by several other bulks: each row by one of them."""

from __future__ import annotations

from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import BulkEndpoint
from lms_async.bulk.routed import routed
from lms_async.bulk.rows import Rows
from lms_async.errors import InvalidInput, NotFound, ResponseLost
from lms_async.outcome import Outcome, RowError, RowResult, Status
from tests.virtual import run

from .test_bulk import Vendor, accept_all, batch, outcomes


def route_of(item: str) -> str:
    if item[0] not in "ab":
        raise InvalidInput("the row can't be sent", fields={"row": "must begin with a or b"})
    return item[0]


def endpoint(**options: Any) -> BulkEndpoint[Any]:
    return batch(**{"max_rows": 2, **options})


def send(
    vendor: Vendor, items: list[str], a: BulkEndpoint[Any], b: BulkEndpoint[Any]
) -> list[Outcome[Any]]:
    bulks: dict[str, Bulk[Any]] = {"a": Bulk(vendor, (), a), "b": Bulk(vendor, (), b)}
    return run(outcomes(routed(items, bulks, route_of, operation="both", journal=None)))


def test_rows_of_different_routes_are_not_sent_together() -> None:
    vendor = Vendor(accept_all)
    items = ["a1", "b1", "c1", "a2", "a3", "b2"]
    ended = send(vendor, items, endpoint(), endpoint())
    assert sorted(vendor.chunks) == [["a1", "a2"], ["a3"], ["b1", "b2"]]
    assert [one.item for one in ended] == items
    assert [one.id for one in ended if one.status is Status.DONE] == ["a1", "b1", "a2", "a3", "b2"]
    (refused,) = [one for one in ended if one.error is not None]
    assert (refused.item, refused.status) == ("c1", Status.REJECTED)


def test_row_that_its_endpoint_refuses_is_rejected_in_its_place() -> None:
    def converted(item: str) -> str:
        if item == "a1":
            raise InvalidInput("the row can't be sent", fields={"row": "no"})
        return item

    vendor = Vendor(accept_all)
    bulks: dict[str, Bulk[Any]] = {
        name: Bulk(vendor, (), endpoint()).converting(converted) for name in "ab"
    }
    bulk = routed(["b1", "a1", "a2"], bulks, route_of, operation="both", journal=None)
    statuses = [one.status for one in run(outcomes(bulk))]
    assert statuses == [Status.DONE, Status.REJECTED, Status.DONE]


def test_each_route_has_its_own_look_up_follow_up_and_explanation() -> None:
    def answer(rows: list[str]) -> Any:
        if rows[0].startswith("a"):
            return ResponseLost("cut")
        return NotFound(404) if rows == ["b9"] else accept_all(rows)

    async def look_up(rows: Rows[Any]) -> list[RowResult]:
        return [RowResult(Status.DONE, f"found {key}") for key in rows.keys]

    async def follow_up(rows: Rows[Any], results: Any) -> Any:
        return [RowResult(Status.DONE, f"followed {key}") for key in rows.keys]

    begun = []

    async def begin() -> None:
        begun.append(True)

    ended = send(
        Vendor(answer),
        ["a1", "b1", "b9"],
        endpoint(max_rows=1, look_up=look_up, begin=begin),
        endpoint(
            max_rows=1,
            follow_up=follow_up,
            path_names_rows=lambda rows: rows.keys == ["b9"],
            explain=lambda error: RowError("404", "gone", {"row": "is gone"}),
        ),
    )
    assert [one.id for one in ended] == ["found a1", "followed b1", None]
    assert ended[2].error is not None
    assert ended[2].error.fields == {"row": "is gone"}
    assert begun == [True]
