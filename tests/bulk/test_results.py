"""How one item of a bulk response or of a look-up is read, for each vendor.

``rejected`` means that nothing was done, so the response must say so clearly. Everything else
except success is ``unknown`` or ``None``, which also ends as ``unknown``.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import orjson
import pytest

from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Found, Present
from lms_async.bulk.results import match
from lms_async.bulk.rows import Rows
from lms_async.outcome import RowError, RowResult, Status
from manabac_async.bulk_results import may_exist
from manabac_async.bulk_results import parse_item as v2_parse
from manabac_async.models import ClassStudent
from manabac_async.resources.lookup import look_up_rows as v2_look_up
from manabac_async.v1.lookup import look_up_rows as v1_look_up
from manabac_async.v1.resources import _parse_result as v1_parse
from schoology_async.bulk_results import FieldReader, from_location, parse_results
from schoology_async.models import User
from schoology_async.models.converter import converter
from schoology_async.resources import lookup
from tests.virtual import run


def rows_of(*keys: Hashable | None, bodies: list[Any] | None = None) -> Rows[Any]:
    sent = [orjson.dumps(body) for body in bodies] if bodies else [b"{}"] * len(keys)
    return Rows(range(len(keys)), list(keys), list(keys), sent)


def read(items: list[Any], *keys: Hashable | None) -> list[RowResult | None]:
    return parse_results(items, rows_of(*keys), key=FieldReader("school_uid"), id=FieldReader("id"))


def one(item: Any) -> RowResult | None:
    """Return how ``item`` is read beside a second, rejected item."""
    read_ = read([item, {"school_uid": "b", "response_code": 400}], "a", "b")
    assert isinstance(read_, list)
    return read_[0]


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ([200, 201, 204, 299, "200"], Status.DONE),
        ([400, 403, 404, 409, 422, 429, 499, "400", "000000409"], Status.REJECTED),
        # The vendor failed, or sent an undocumented code. It may have acted.
        ([500, 502, 503, 599, "500"], Status.UNKNOWN),
        ([0, 100, 199, 300, 302, 399, 600, 1000, -1, "0", "999999999"], Status.UNKNOWN),
    ],
)
def test_only_a_4xx_for_the_row_rejects_it(codes: list[Any], status: Status) -> None:
    for code in codes:
        told = one({"school_uid": "a", "id": 7, "response_code": code})
        assert told is not None
        assert told.status is status, code
        assert told.id == ("7" if status is Status.DONE else None)
        assert (told.error and told.error.code) == (
            None if status is Status.DONE else str(int(code))
        )


@pytest.mark.parametrize("code", [None, True, 4.0, "", "4OO", "-1", "²", "1234567890", [400], {}])
def test_invalid_code_gives_no_result(code: Any) -> None:
    assert one({"school_uid": "a", "response_code": code}) is None
    assert one({"school_uid": "a"}) is None


@pytest.mark.parametrize("item", [None, "400", 400, [], [["response_code", 400]]])
def test_item_that_is_not_an_object_gives_no_result(item: Any) -> None:
    read_ = parse_results([item], rows_of("a"), key=FieldReader("school_uid"), id=FieldReader("id"))
    assert read_ == [None]


def test_status_is_read_as_the_code() -> None:
    told = one({"school_uid": "a", "id": "7", "status": 200})
    assert told == RowResult(Status.DONE, "7")
    told = one({"school_uid": "a", "id": "7", "response_code": 400, "status": 200})
    assert told is not None
    assert told.status is Status.REJECTED


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"message": "Taken"}, "Taken"),
        ({"error": "Taken"}, "Taken"),
        ({"errors": {"email": ["is taken", "is long"]}}, "is taken is long"),
        ({"message": "", "error": "Taken", "errors": ["Long"]}, "Taken"),
        ({"message": "Taken", "error": "Long"}, "Taken"),
        ({"message": "", "errors": []}, "the vendor gives no reason"),
        ({}, "the vendor gives no reason"),
    ],
)
def test_reason_of_a_rejection_is_read_from_any_key(item: dict[str, Any], message: str) -> None:
    told = one({"school_uid": "a", "response_code": 400, **item})
    assert told == RowResult(Status.REJECTED, None, RowError("400", message))


def test_items_that_are_all_done_give_the_same_results_as_others() -> None:
    done = {"school_uid": "a", "id": 1, "response_code": 200}
    other = {"school_uid": "b", "id": "2", "response_code": 200}
    assert read([done, other], "a", "b") == [RowResult(Status.DONE, n) for n in ("1", "2")]
    assert read([other, done], "a", "b") == [RowResult(Status.DONE, n) for n in ("1", "2")]
    accepted = {**other, "response_code": 201}
    assert read([done, accepted], "a", "b") == [RowResult(Status.DONE, n) for n in ("1", "2")]
    assert read([done], "a", "b") == [RowResult(Status.DONE, "1"), None]
    assert read([done, {"school_uid": "b", "id": 2}], "a", "b") == [
        RowResult(Status.DONE, "1"),
        None,
    ]
    assert read([], "a", "b") == [None, None]


@pytest.mark.parametrize(
    ("values", "named_"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", ""], ["a", None]),
        (["", "b"], [None, "b"]),
        (["a", None], ["a", None]),
        ([1, "b"], ["1", "b"]),
        ([0, "b"], ["0", "b"]),
    ],
)
def test_fields_are_read_as_text_and_blanks_as_none(
    values: list[Any], named_: list[str | None]
) -> None:
    school_uid = FieldReader("school_uid")
    items: list[Any] = [{"school_uid": value} for value in values]
    assert list(school_uid.each(items)) == named_
    assert [school_uid(item) for item in items] == named_
    assert list(school_uid.each([*items, {}, "text", None])) == [*named_, None, None, None]


@pytest.mark.parametrize(
    ("location", "id_"),
    [
        ("https://api.schoology.com/v1/users/45", "45"),
        ("http://elsewhere.example/users/45/", "45"),
        ("http://elsewhere.example/users/X4X", None),
        ("45", "45"),
        ("/", None),
        ("", None),
        (None, None),
        (45, None),
    ],
)
def test_id_is_the_last_part_of_a_location(location: Any, id_: str | None) -> None:
    assert from_location({"location": location}) == id_
    assert from_location({}) is None
    assert from_location(None) is None


def test_items_are_matched_to_rows_by_location() -> None:
    refused = {"location": "https://a.example/users/1", "response_code": 400}
    done = {"location": "https://a.example/users/2", "response_code": 200}
    told = parse_results([done, refused], rows_of("1", "2"), key=from_location, id=from_location)
    assert [one and (one.status, one.id) for one in told] == [
        (Status.REJECTED, None),
        (Status.DONE, "2"),
    ]
    told = parse_results([done], rows_of("2"), key=from_location, id=from_location)
    assert told == [RowResult(Status.DONE, "2")]


def test_item_that_names_another_row_is_not_matched_by_position() -> None:
    items = [{"n": "b"}, {"n": None}]
    # The second item names no row, and the first is not in its own row's position.
    assert match(["a", "b"], items, ["b", None]) == [None, items[0]]
    assert match([None, "b"], items, [None, "b"]) == items
    assert match([None, "b"], items, ["a", "b"]) == items
    assert match(["a", None], items, ["a", "a"]) == [None, items[1]]
    assert match(["a", "b", None], items, [None, "b"]) == [None, items[1], None]


V2_REFUSED = {"id": 3, "errors": {"level": ["is odd", "is long"], "id": "is wrong"}}


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"status": "ok", "id": 3}, RowResult(Status.DONE, "3")),
        ({"status": "ok"}, RowResult(Status.DONE, None)),
        *[
            (
                {"status": word, **V2_REFUSED},
                RowResult(
                    Status.REJECTED,
                    "3",
                    RowError(
                        word,
                        "level is odd; is long; id is wrong",
                        {"level": "is odd; is long", "id": "is wrong"},
                    ),
                ),
            )
            for word in ("unprocessable_entity", "not_found")
        ],
        (
            {"status": "not_found", "errors": ["gone"]},
            RowResult(Status.REJECTED, None, RowError("not_found", "the vendor gives no reason")),
        ),
        # The vendor failed, or sent an undocumented word. It may have acted.
        ({"status": "internal_server_error", "id": 3}, None),
        ({"status": "OK", "id": 3}, None),
        ({"status": 200, "id": 3}, None),
        ({"id": 3}, None),
        ("ok", None),
        (None, None),
    ],
)
def test_v2_item_is_read(item: Any, told: RowResult | None) -> None:
    assert v2_parse(item) == told


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"status": "Success", "user_id": 7}, RowResult(Status.DONE, "7")),
        ({"status": "Success"}, RowResult(Status.DONE, None)),
        ({"status": "Successfully updated."}, RowResult(Status.DONE, "k")),
        ({"status": "Successfully updated.", "user_id": 7}, RowResult(Status.DONE, "7")),
        (
            {"status": "Error", "errors": ["Email is taken", {"a": "It is long"}]},
            RowResult(Status.REJECTED, None, RowError("400", "Email is taken It is long")),
        ),
        (
            {"status": "Error"},
            RowResult(Status.REJECTED, None, RowError("400", "the vendor gives no reason")),
        ),
        ({"status": "Errors", "errors": ["?"]}, None),
        ({"status": "error"}, None),
        ({"status": "No Success"}, None),
        ({"status": 200}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_v1_response_is_read(payload: Any, told: RowResult | None) -> None:
    assert v1_parse(payload, rows_of("k")) == [told]


@pytest.mark.parametrize(
    ("code", "message", "may"),
    [
        ("409", "", True),
        ("400", "Email has already been taken", True),
        ("400", "Student ID must be unique", True),
        ("400", "The user EXISTS", True),
        ("422", "a duplicate", True),
        ("400", "a conflict", True),
        ("400", "First name can't be blank", False),
        ("404", "", False),
    ],
)
def test_which_v1_rejections_may_mean_that_the_user_exists(
    code: str, message: str, may: bool
) -> None:
    assert may_exist(RowError(code, message)) is may


SENT = {"school_uid": "a", "name_first": "Ada", "name_last": "Byron", "role_id": 5, "position": "T"}


@pytest.mark.parametrize(
    ("shown", "creating", "updating"),
    [
        (None, ABSENT, ABSENT),
        ({}, RowResult(Status.DONE, "7"), RowResult(Status.DONE, "7")),
        ({"id": None}, RowResult(Status.DONE, "8"), RowResult(Status.DONE, "8")),
        # The name matches, so we may have created the person. The position still has to be changed.
        ({"position": "old"}, RowResult(Status.DONE, "7"), DIFFERENT),
        ({"position": None}, RowResult(Status.DONE, "7"), DIFFERENT),
        ({"name_first": "ADA"}, Present("7"), DIFFERENT),
        ({"name_last": "B"}, Present("7"), DIFFERENT),
        ({"role_id": "6"}, Present("7"), DIFFERENT),
        ({"role_id": None}, Present("7"), DIFFERENT),
    ],
)
def test_schoology_look_up_result(
    shown: dict[str, Any] | None,
    creating: Found,
    updating: Found,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = None
    if shown is not None:
        user = converter.structure({**SENT, "uid": "7", "id": "7", **shown}, User)
        if "id" in shown:
            user.uid, user.id = None, "8"

    async def listed(*_: Any) -> list[User]:
        return [user] if user else []

    monkeypatch.setattr(lookup, "Pages", listed)
    nothing: Any = None
    for update_existing, found in ((False, creating), (True, updating)):
        rows = rows_of("a", bodies=[SENT])
        look_up = lookup.look_up_rows(nothing, rows, update_existing=update_existing)
        assert run(look_up) == [found]


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"id": 1, "level": "SL"}, RowResult(Status.DONE, "1")),
        ({"id": "1"}, RowResult(Status.DONE, "1")),
        ({"id": 1, "level": "HL"}, DIFFERENT),
        ({"id": 2}, RowResult(Status.DONE, "2")),
        ({"id": 2, "level": "SL"}, DIFFERENT),
        ({"id": 3}, ABSENT),
    ],
)
def test_class_look_up_result(sent: dict[str, Any], found: Found) -> None:
    async def students() -> list[ClassStudent]:
        return [ClassStudent(id="1", level="SL"), ClassStudent(id="2")]

    pages: Any = students()
    assert run(v2_look_up(pages, rows_of("k", bodies=[sent]))) == [found]


class Users:
    """A transport that answers v1's look-up."""

    def __init__(self, *users: Any) -> None:
        self.users = list(users)

    async def fetch(self, call: Any) -> tuple[Any, int]:
        asked = (str(call), call.path, call.envelope_key, call.repeatable)
        assert asked == ("GET users", "users", "users", True)
        return {"users": self.users}, 1


ADA = {
    "id": 7,
    "email": "Ada@b.example ",
    "student_id": 12,
    "first_name": "Ada",
    "last_name": "Byron",
}
NEW = {"email": " ada@B.example", "student_id": "12", "first_name": "Ada", "last_name": "Byron"}


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (NEW, RowResult(Status.DONE, "7")),
        ({**NEW, "first_name": "A"}, Present("7")),
        ({**NEW, "last_name": "B"}, Present("7")),
        ({**NEW, "email": "other@b.example"}, Present("7")),  # found by the student's id
        ({**NEW, "student_id": "13"}, Present("7")),  # found by the mail address
        ({**NEW, "student_id": None}, Present("7")),
        ({**NEW, "email": "other@b.example", "student_id": "13"}, ABSENT),
        ({**NEW, "email": "other@b.example", "student_id": ""}, ABSENT),
        (
            {"email": "none@b.example", "first_name": "A", "last_name": "B"},
            RowResult(Status.DONE, "8"),
        ),
    ],
)
def test_v1_look_up_result(sent: dict[str, Any], found: Found) -> None:
    parent = {"id": 8, "email": "none@b.example", "first_name": "A", "last_name": "B"}
    transport: Any = Users({"id": 1, "email": "", "student_id": ""}, "odd", parent, ADA)
    assert run(v1_look_up(transport, rows_of("k", bodies=[sent]))) == [found]


@pytest.mark.parametrize("users", [[], ["odd"]])
def test_empty_v1_look_up_proves_nothing(users: list[Any]) -> None:
    transport: Any = Users(*users)
    both = rows_of("k", "l", bodies=[NEW, NEW])
    assert run(v1_look_up(transport, both)) == [None, None]
