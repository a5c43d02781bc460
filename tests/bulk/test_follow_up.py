"""Bulk endpoints that need further requests after a response, or explain a refusal by field."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, Found, Results
from lms_async.bulk.rows import Rows
from lms_async.errors import (
    ApiError,
    BadRequest,
    LmsError,
    NotFound,
    OutcomeUnknown,
    ResponseLost,
    Unauthorized,
)
from lms_async.outcome import Outcome, RowError, RowResult, Status
from tests.virtual import run

from .test_bulk import Vendor, accept_all, batch, outcomes

DONE = RowResult(Status.DONE)
NOT_FOUND = RowResult(Status.REJECTED, None, RowError("not_found"))


def follow(
    results: Callable[[Rows[Any]], Any], calls: list[list[Any]]
) -> Callable[[Rows[Any], Results], Awaitable[Any]]:
    async def follow_up(rows: Rows[Any], parsed: Results) -> Any:
        await asyncio.sleep(0.1)
        calls.append([one and one.status for one in parsed])
        told = results(rows)
        if isinstance(told, Exception):
            raise told
        return told

    return follow_up


def ended(answering: Callable[[list[str]], Any], items: list[Any], **options: Any) -> Any:
    vendor = Vendor(answering)
    return vendor, run(outcomes(Bulk(vendor, items, batch(**options))))


def test_follow_up_tells_what_the_response_does_not() -> None:
    calls: list[list[Any]] = []
    told = follow(lambda rows: [DONE if key != "b" else NOT_FOUND for key in rows.keys], calls)
    vendor, rows = ended(lambda rows: [], ["a", "b", "c"], follow_up=told)
    assert [row.status for row in rows] == ["done", "rejected", "done"]
    assert [row.attempts for row in rows] == [1, 1, 1]
    assert calls == [[None, None, None]]
    assert len(vendor.chunks) == 1


def test_follow_up_gets_the_results_of_the_response() -> None:
    calls: list[list[Any]] = []
    ended(
        lambda rows: [{"key": row, "ok": row == "a"} for row in rows],
        ["a", "b"],
        follow_up=follow(lambda rows: [DONE, DONE], calls),
    )
    assert calls == [["done", "rejected"]]


@pytest.mark.parametrize(
    "failure", [ResponseLost("cut"), Unauthorized(401), NotFound(404), ValueError("odd"), [DONE]]
)
def test_rows_are_unknown_after_a_failed_follow_up_unless_they_are_done(failure: Any) -> None:
    calls: list[list[Any]] = []
    vendor, rows = ended(
        lambda rows: [{"key": row, "ok": row == "a"} for row in rows],
        ["a", "b"],
        follow_up=follow(lambda rows: failure, calls),
    )
    assert [row.status for row in rows] == ["done", "unknown"]
    assert len(vendor.chunks) == 1


def test_rows_are_looked_up_after_a_failed_follow_up_and_sent_again_if_absent() -> None:
    fails = [ResponseLost("cut")]
    calls: list[list[Any]] = []
    looked: list[list[Any]] = []

    async def look_up(rows: Rows[Any]) -> list[Found]:
        looked.append(list(rows.keys))
        return [ABSENT if key == "b" else DONE for key in rows.keys]

    def results(rows: Rows[Any]) -> Any:
        return fails.pop() if fails else [NOT_FOUND] * len(rows)

    vendor, rows = ended(
        lambda rows: [], ["a", "b"], follow_up=follow(results, calls), look_up=look_up
    )
    assert [row.status for row in rows] == ["done", "rejected"]
    assert vendor.chunks == [["a", "b"], ["b"]]
    assert looked[0] == ["a", "b"]


def test_follow_up_is_not_called_after_a_lost_response() -> None:
    calls: list[list[Any]] = []
    _, rows = ended(
        lambda rows: OutcomeUnknown("lost"), ["a"], follow_up=follow(lambda rows: [DONE], calls)
    )
    assert [row.status for row in rows] == ["unknown"]
    assert calls == []


def explain(error: ApiError) -> RowError | None:
    return RowError("422", "why", {"email": "taken"}) if error.status == 422 else None


def refuse_b(error: LmsError) -> Callable[[list[str]], Any]:
    return lambda rows: error if "b" in rows else accept_all(rows)


def the_rejected(rows: list[Outcome[Any]]) -> tuple[int, RowError | None]:
    (one,) = [row for row in rows if row.status is Status.REJECTED]
    return one.index, one.error


def test_refusal_of_a_single_row_is_explained_by_field() -> None:
    _, rows = ended(refuse_b(BadRequest(422)), ["a", "b", "c"], explain=explain)
    assert the_rejected(rows) == (1, RowError("422", "why", {"email": "taken"}))


def test_refusal_keeps_its_text_if_it_can_not_be_explained() -> None:
    _, rows = ended(refuse_b(BadRequest(400)), ["a", "b", "c"], explain=explain)
    assert the_rejected(rows) == (1, RowError("400", "HTTP 400"))


def test_missing_record_of_all_rows_is_explained_for_each() -> None:
    why = RowError("404", "", {"class_id": "does not exist"})
    _, rows = ended(
        lambda rows: NotFound(404), ["a", "b"], path_names_rows=True, explain=lambda error: why
    )
    assert [row.error for row in rows] == [why, why]


def test_rows_of_a_lost_response_are_not_explained() -> None:
    lost = OutcomeUnknown("HTTP 422; the vendor may have acted")
    _, (row,) = ended(lambda rows: lost, ["a"], explain=explain)
    assert (row.status, row.error and row.error.fields) == (Status.UNKNOWN, {})


def test_a_404_is_about_the_rows_only_where_they_name_another_record() -> None:
    def names(rows: Rows[Any]) -> bool:
        return "b" in rows.keys

    def answer(rows: list[str]) -> Any:
        return NotFound(404) if rows[0] in "bc" else accept_all(rows)

    options: dict[str, Any] = {"path_names_rows": names, "max_rows": 1}
    _, rows = ended(answer, ["b", "a"], **options)
    assert [row.status for row in rows] == ["rejected", "done"]
    _, rows = ended(answer, ["c"], **options)
    assert [row.status for row in rows] == ["skipped"]
