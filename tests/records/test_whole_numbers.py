"""Any kind of whole number is accepted as an id. Numbers that may have lost digits are rejected."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import pytest

from lms_async import Call, InvalidInput
from lms_async.http.urls import build_path, query_params
from lms_async.records.scalar_rules import ids_of, whole
from manabac_async.resources.many_classes import student_place
from schoology_async.resources.many_users import new_user
from tests.conftest import people


class Index:
    """A whole number like numpy's: not an int, but with ``__index__``."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class Role(IntEnum):
    STUDENT = 1214


WHOLE = [1214, Index(1214), Decimal(1214), Decimal("1214.0"), Decimal("1.214E+3"), Role.STUDENT]
NOT_WHOLE = [
    1214.0,
    1214.5,
    Decimal("1214.5"),
    Decimal("NaN"),
    Decimal("Infinity"),
    Decimal("1E+999999"),
    Fraction(1214),
    True,
    2**64,
    Index(2**64),
    b"1214",
    [],
    object(),
]


@pytest.mark.parametrize("number", WHOLE)
def test_whole_numbers_are_accepted(number: Any) -> None:
    assert whole(number) == 1214
    row = {**people(1)[0], "role_id": number, "school_uid": number, "additional_buildings": number}
    body = new_user(row)
    assert (body["role_id"], body["school_uid"]) == ("1214", "1214")
    assert body["additional_buildings"] == "1214"
    assert (
        new_user({**row, "additional_buildings": [number, 5]})["additional_buildings"] == "1214,5"
    )
    assert student_place({"id": number}) == {"id": 1214}
    assert build_path("users/{uid}", uid=number) == "users/1214"
    assert query_params(building_id=number) == (("building_id", "1214"),)
    assert ids_of([number], what="ids") == ["1214"]
    call: Call[Any] = Call("GET", "x", body=body)
    assert type(call.body["role_id"]) is str


@pytest.mark.parametrize("number", NOT_WHOLE)
def test_numbers_that_may_have_lost_digits_are_rejected(number: Any) -> None:
    assert whole(number) is None
    for field in ("role_id", "school_uid"):
        with pytest.raises(InvalidInput) as raised:
            new_user({**people(1)[0], field: number})
        assert raised.value.fields[field].startswith("must be text or a whole number, not ")
        assert "1214" not in raised.value.fields[field]
    with pytest.raises(InvalidInput) as raised:
        student_place({"id": number})
    said = raised.value.fields["id"]
    assert said.startswith("must be a whole number, not ") or said == "has too many digits"
    with pytest.raises(InvalidInput):
        build_path("users/{uid}", uid=number)
    with pytest.raises(InvalidInput):
        ids_of([number], what="ids")


def test_numpy_integers_are_accepted() -> None:
    numpy = pytest.importorskip("numpy")
    for kind in (numpy.int32, numpy.int64, numpy.uint64):
        assert new_user({**people(1)[0], "role_id": kind(1214)})["role_id"] == "1214"
    for odd in (numpy.float64(1214.0), numpy.bool_(True), numpy.float64("nan")):
        with pytest.raises(InvalidInput, match="must be text or a whole number"):
            new_user({**people(1)[0], "role_id": odd})
