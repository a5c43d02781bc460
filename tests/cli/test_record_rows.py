"""Records are written as rows of text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from lms_async.cli.record_rows import row_of


@attrs.frozen
class Record:
    value: Any = None


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Ada", "Ada"),
        (True, "1"),
        (False, "0"),
        (7, "7"),
        (3.0, "3"),
        (0.5, "0.5"),
        (1234567.25, "1234567.25"),
        (("1", "2"), "1,2"),
        (date(2011, 2, 28), "2011-02-28"),
        (datetime(2011, 2, 28, 8, tzinfo=UTC), "2011-02-28T08:00:00+00:00"),
    ],
)
def test_value_is_written_as_in_a_file(value: Any, cell: str) -> None:
    assert row_of(Record(value), ["value"]) == {"value": cell}


@pytest.mark.parametrize("value", [None, "", (), []])
def test_field_without_a_value_is_left_out(value: Any) -> None:
    assert row_of(Record(value), ["value", "unknown"]) == {}


def test_other_values_replace_the_records_own() -> None:
    assert row_of(Record("12"), ["value"], {"value": "Grade 7", "id": 12}) == {
        "value": "Grade 7",
        "id": "12",
    }
    assert row_of(Record("12"), ["value"], {"value": None}) == {}
