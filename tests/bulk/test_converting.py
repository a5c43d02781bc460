"""A bulk over items that are converted to rows: outcomes have the items."""

from __future__ import annotations

from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import Rows
from lms_async.errors import Forbidden, InvalidInput
from lms_async.outcome import RowError, RowResult, Status
from tests.virtual import run

from .test_bulk import Vendor, accept_all, batch, outcomes


def text(number: int) -> Any:
    if number == 3:
        raise InvalidInput("three can't be sent", fields={"number": "must not be 3"})
    # `prepare` of the endpoint refuses what is no text.
    return number if number == 5 else f"r{number}"


def test_outcomes_have_the_items_and_the_vendor_gets_the_rows() -> None:
    vendor = Vendor(accept_all)
    ended = run(outcomes(Bulk(vendor, range(1, 8), batch()).converting(text)))
    assert vendor.chunks == [["r1", "r2", "r4", "r6", "r7"]]
    assert [one.item for one in ended] == list(range(1, 8))
    rejected = {one.item: one.error.fields for one in ended if one.error is not None}
    assert rejected == {3: {"number": "must not be 3"}, 5: {"row": "must be text"}}
    assert [one.id for one in ended if one.status is Status.DONE] == ["r1", "r2", "r4", "r6", "r7"]


def test_follow_up_gets_the_items() -> None:
    async def follow_up(rows: Rows[Any], results: list[Any]) -> list[RowResult | None]:
        failed = RowResult(Status.REJECTED, error=RowError("incomplete"))
        return [failed if item == 2 else one for item, one in zip(rows.items, results, strict=True)]

    bulk = Bulk(Vendor(accept_all), [1, 2], batch()).converting(text, follow_up=follow_up)
    assert [one.status for one in run(outcomes(bulk))] == [Status.DONE, Status.REJECTED]


def test_bulk_stops_if_what_the_conversion_needs_cannot_be_read() -> None:
    error = Forbidden(403)

    def refuse(number: int) -> Any:
        raise error

    vendor = Vendor(accept_all)
    bulk = Bulk(vendor, range(120), batch()).converting(refuse)
    ended = run(outcomes(bulk))
    assert [one.item for one in ended] == list(range(120))
    assert {one.status for one in ended} == {Status.SKIPPED}
    assert bulk.report.stop_reason is error
    assert vendor.chunks == []
