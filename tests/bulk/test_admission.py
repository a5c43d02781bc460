"""Which rows may be sent, and what is reported for the others."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import orjson
import pytest

from lms_async.bulk.admission import Admission
from lms_async.bulk.endpoint import BulkEndpoint
from lms_async.bulk.rows import Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.call import Call
from lms_async.outcome import Outcome, RowError, Status


def prepare(item: Any) -> tuple[Hashable | None, Any]:
    if item == "bare":
        raise InvalidInput("nothing to change")
    if item == "bad":
        raise InvalidInput("can't be sent", fields={"name": "is needed", "id": "is odd"})
    if item == "odd":
        return "odd", {"value": object()}
    if item == "two":
        return item, {"b": 2, "a": 1}
    return (None if item == "keyless" else item), {"n": item}


def admission(*, journaled: bool = False, **options: Any) -> Admission[Any]:
    batch: BulkEndpoint[Any] = BulkEndpoint(
        prepare=one_by_one(prepare),
        call=lambda _: Call("POST", "rows"),
        parse_results=lambda *_: [],
        operation="rows",
        **options,
    )
    return Admission(batch, journaled=journaled)


def shown(rows: Rows[Any]) -> tuple[list[int], list[Any], list[Any], bytes]:
    return list(rows.indices), rows.items, rows.keys, rows.json


def json(*names: str) -> bytes:
    return orjson.dumps([{"n": name} for name in names])


@pytest.mark.parametrize("journaled", [False, True])
def test_valid_rows_are_admitted_unchanged(journaled: bool) -> None:
    rows, ended = admission(journaled=journaled).check(5, ["a", "b"])
    assert shown(rows) == ([5, 6], ["a", "b"], ["a", "b"], json("a", "b"))
    assert rows.bodies == [orjson.dumps({"n": "a"}), orjson.dumps({"n": "b"})]
    assert ended == []


@pytest.mark.parametrize("beside", [[], ["bad"]])
@pytest.mark.parametrize("journaled", [False, True])
def test_journal_identifies_a_row_by_its_json_with_sorted_keys(
    journaled: bool, beside: list[str]
) -> None:
    rows, _ = admission(journaled=journaled).check(0, ["two", *beside])
    assert rows.bodies == [b'{"a":1,"b":2}' if journaled else b'{"b":2,"a":1}']


def test_each_invalid_row_is_rejected_with_its_reason() -> None:
    rows, ended = admission().check(5, ["a", "bad", "bare", "odd", "b", "a", "keyless"])
    assert shown(rows) == (
        [5, 9, 11],
        ["a", "b", "keyless"],
        ["a", "b", None],
        json("a", "b", "keyless"),
    )
    fields = {"name": "is needed", "id": "is odd"}
    assert ended[:2] == [
        Outcome(
            6,
            "bad",
            Status.REJECTED,
            error=RowError("invalid", "name: is needed; id: is odd", fields),
        ),
        Outcome(7, "bare", Status.REJECTED, error=RowError("invalid", "nothing to change")),
    ]
    odd, twice = ended[2:]
    assert (odd.index, odd.item, odd.status) == (8, "odd", Status.REJECTED)
    assert odd.error is not None
    assert odd.error.code == "invalid"
    assert "JSON" in odd.error.message
    assert (twice.index, twice.item, twice.status) == (10, "a", Status.REJECTED)
    assert twice.error is not None
    assert (twice.error.code, twice.error.other_index) == ("duplicate", 5)
    assert "rows 5 and 10" in twice.error.message


def test_value_that_json_cannot_encode_rejects_only_its_row() -> None:
    rows, ended = admission(journaled=True).check(0, ["a", "odd"])
    assert rows.items == ["a"]
    assert [one.item for one in ended] == ["odd"]


def test_key_may_be_used_again_once_its_row_is_finished() -> None:
    gate = admission()
    gate.check(0, ["a", "b"])
    _, ended = gate.check(2, ["a", "c"])
    assert [(one.index, one.error and one.error.other_index) for one in ended] == [(2, 0)]
    gate.release(["a", None, "never"])
    rows, ended = gate.check(4, ["a", "b"])
    assert rows.items == ["a"]
    assert [(one.index, one.error and one.error.other_index) for one in ended] == [(5, 1)]


def test_distinct_keys_may_never_be_used_again() -> None:
    gate = admission(distinct=True)
    gate.check(0, ["a"])
    gate.release(["a"])
    _, ended = gate.check(1, ["a"])
    assert [one.index for one in ended] == [1]


def test_rows_without_a_key_are_never_duplicates() -> None:
    gate = admission()
    rows, ended = gate.check(0, ["keyless", "keyless"])
    assert rows.indices == [0, 1]
    assert ended == []
    rows, ended = gate.check(2, ["keyless"])
    assert rows.indices == [2]
    assert ended == []


def test_rejected_row_does_not_block_its_key() -> None:
    gate = admission()
    gate.check(0, ["odd", "a"])
    gate.check(2, ["b", "bad"])
    _, ended = gate.check(4, ["odd"])
    assert [one.error and one.error.code for one in ended] == ["invalid"]
