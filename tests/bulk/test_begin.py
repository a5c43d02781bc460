"""Endpoints that read what exists before the first row is sent, and decide how rows are sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.rows import Rows, json_of
from lms_async.errors import BadRequest, InvalidInput
from lms_async.http.call import Call
from lms_async.journal.journal import Journal
from tests.virtual import run

from .test_bulk import Vendor, accept_all, batch, names, outcomes


class Begin:
    """Counts its calls, and fails if told so."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.error = error

    async def __call__(self) -> None:
        self.calls += 1
        if self.error is not None:
            raise self.error


def test_begin_is_called_once_before_the_first_request() -> None:
    begin, sent = Begin(), []

    def call(rows: Rows[Any]) -> Call[Any]:
        sent.append(begin.calls)
        return Call("POST", "rows", body=json_of(rows), is_bulk=True)

    rows = run(
        outcomes(
            Bulk(
                Vendor(accept_all),
                names(5),
                attrs.evolve(batch(begin=begin, max_rows=1), call=call),
            )
        )
    )
    assert [row.status for row in rows] == ["done"] * 5
    assert begin.calls == 1
    assert set(sent) == {1}


def test_nothing_is_sent_if_begin_fails() -> None:
    vendor = Vendor(accept_all)
    error = BadRequest(400)
    bulk = Bulk(vendor, names(3), batch(begin=Begin(error), max_rows=1))
    assert [row.status for row in run(outcomes(bulk))] == ["skipped"] * 3
    assert bulk.report.stop_reason is error
    assert vendor.chunks == []


def test_begin_is_not_called_for_rows_that_are_not_sent(tmp_path: Path) -> None:
    begin = Begin()
    assert run(outcomes(Bulk(Vendor(accept_all), [], batch(begin=begin)))) == []
    (row,) = run(outcomes(Bulk(Vendor(accept_all), [1], batch(begin=begin))))
    assert (row.status, begin.calls) == ("rejected", 0)
    for _ in range(2):
        journal = Journal(tmp_path / "j.db")
        run(outcomes(Bulk(Vendor(accept_all), names(2), batch(begin=begin), journal=journal)))
        assert begin.calls == 1


def test_rows_without_a_call_are_rejected_with_the_reason() -> None:
    def call(rows: Rows[Any]) -> Call[Any]:
        if rows.keys == ["b"]:
            raise InvalidInput("the row can't be sent", fields={"row": "exists already"})
        return Call("POST", "rows", body=json_of(rows), is_bulk=True)

    bulk = Bulk(Vendor(accept_all), ["a", "b"], attrs.evolve(batch(max_rows=1), call=call))
    first, second = run(outcomes(bulk))
    assert (first.status, second.status) == ("done", "rejected")
    assert second.error is not None
    assert (second.error.code, second.error.fields) == ("invalid", {"row": "exists already"})
