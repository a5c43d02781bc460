"""The function that decides a row's status. test_delivery.py tests what leads to it."""

from __future__ import annotations

from typing import Any

import pytest

from lms_async.bulk import status
from lms_async.bulk.endpoint import ABSENT, DIFFERENT, Present
from lms_async.errors import (
    BadRequest,
    ConnectionFailed,
    CrossHostRedirect,
    InvalidInput,
    LmsError,
    OutcomeUnknown,
    ServerError,
)
from lms_async.http.statuses import Effect
from lms_async.outcome import Outcome, RowError, RowResult, Status

DONE, REJECTED, UNKNOWN, SKIPPED = Status.DONE, Status.REJECTED, Status.UNKNOWN, Status.SKIPPED


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (199, UNKNOWN),
        (200, DONE),
        (299, DONE),
        (300, UNKNOWN),
        (399, UNKNOWN),
        (400, REJECTED),
        (499, REJECTED),
        (500, UNKNOWN),
        (0, UNKNOWN),
    ],
)
def test_status_of_an_item_code(code: int, expected: Status) -> None:
    assert status.of_item_code(code) is expected


@pytest.mark.parametrize(
    ("error", "effect", "expected", "code"),
    [
        (BadRequest(400), Effect.CONTENT, REJECTED, "400"),
        (InvalidInput("no row"), Effect.CONTENT, REJECTED, "invalid"),
        (BadRequest(410), Effect.SHARED, REJECTED, "410"),
        (BadRequest(423), Effect.PASSES, SKIPPED, "423"),
        (BadRequest(402), Effect.ENDS, SKIPPED, "402"),
        (ConnectionFailed("no route"), Effect.ENDS, SKIPPED, "stopped"),
        (ServerError(500), Effect.UNSETTLED, UNKNOWN, "500"),
        (CrossHostRedirect("elsewhere"), Effect.SHARED, REJECTED, "stopped"),
        (OutcomeUnknown("lost"), Effect.UNSETTLED, UNKNOWN, "lost"),
    ],
)
def test_status_of_a_failed_request(
    error: LmsError, effect: Effect, expected: Status, code: str
) -> None:
    assert status.effect_of_failure(error, path_names_rows=code == "410") is effect
    result, reason = status.of_failure(error, effect)
    assert (result, reason.code, reason.message) == (expected, code, str(error))


DONE_BEFORE = RowResult(DONE, "7")


@pytest.mark.parametrize(
    ("found", "absent_before", "expected"),
    [
        (DONE_BEFORE, False, DONE_BEFORE),
        (Present("7"), True, DONE_BEFORE),
        (Present("7"), False, (UNKNOWN, "exists")),
        (ABSENT, True, None),
        (DIFFERENT, True, None),
        (None, True, None),
    ],
)
def test_status_of_an_unknown_row_after_a_look_up(
    found: Any, absent_before: bool, expected: Any
) -> None:
    result = status.of_look_up(found, absent_before=absent_before)
    assert _short(result) == expected or result == expected


@pytest.mark.parametrize(
    ("found", "absent_before", "is_conflict", "expected"),
    [
        (DONE_BEFORE, False, True, DONE_BEFORE),
        (RowResult(REJECTED), False, True, None),
        (RowResult(UNKNOWN, "7", RowError("incomplete")), False, True, (UNKNOWN, "incomplete")),
        (Present("7"), True, True, DONE_BEFORE),
        (Present("7"), False, False, (UNKNOWN, "exists")),
        (ABSENT, False, False, None),
        (ABSENT, False, True, (UNKNOWN, "lost")),
        (DIFFERENT, False, False, (UNKNOWN, "lost")),
        (None, False, False, (UNKNOWN, "lost")),
    ],
)
def test_status_of_a_rejected_retry_after_a_look_up(
    found: Any, absent_before: bool, is_conflict: bool, expected: Any
) -> None:
    result = status.of_late_refusal(found, absent_before=absent_before, is_conflict=is_conflict)
    assert _short(result) == expected or result == expected


def _short(result: RowResult | None) -> Any:
    return result and (result.status, result.error and result.error.code)


@pytest.mark.parametrize(
    ("whole", "parts", "expected"),
    [
        (DONE, [], (DONE, None)),
        (DONE, [DONE, DONE], (DONE, None)),
        (DONE, [DONE, REJECTED], (REJECTED, "incomplete")),
        (DONE, [REJECTED, UNKNOWN], (UNKNOWN, "incomplete")),
        (REJECTED, [REJECTED], (REJECTED, "why")),
        (REJECTED, [UNKNOWN], (UNKNOWN, "incomplete")),
        (REJECTED, [DONE], (REJECTED, "incomplete")),
        (UNKNOWN, [DONE], (UNKNOWN, "incomplete")),
        (UNKNOWN, [REJECTED], (UNKNOWN, "why")),
    ],
)
def test_a_row_is_done_only_if_each_part_is(
    whole: Status, parts: list[Status], expected: tuple[Status, str | None]
) -> None:
    def result(one: Status) -> RowResult:
        return RowResult(one, "7", None if one is DONE else RowError("why", "a reason"))

    known = [result(one) for one in parts]
    ended = status.with_parts(result(whole), known, field="sections")
    assert _short(ended) == expected
    assert (ended.id, ended.parts) == ("7", tuple(known))
    if expected[1] == "incomplete":
        assert ended.error is not None
        assert list(ended.error.fields) == [
            f"sections[{place}]" for place, one in enumerate(parts) if one is not DONE
        ]
        failed = [one for one in (whole, *parts) if one is not DONE]
        assert ended.error.message.count("(why): a reason") == len(failed)


@pytest.mark.parametrize(
    ("code", "repeatable", "expected"),
    [
        ("429", False, True),
        ("503", True, True),
        ("503", False, False),
        ("5030", True, False),
        ("400", True, False),
        (None, True, False),
    ],
)
def test_which_rejections_are_temporary(code: str | None, repeatable: bool, expected: bool) -> None:
    outcome = Outcome(0, "row", UNKNOWN, error=None if code is None else RowError(code))
    assert status.is_temporary(outcome, repeatable=repeatable) is expected


def test_our_own_errors_name_the_fields_and_rows() -> None:
    named = status.invalid(InvalidInput("no", fields={"mail": "is blank", "role": "is missing"}))
    assert (named.code, named.message) == ("invalid", "mail: is blank; role: is missing")
    assert named.fields == {"mail": "is blank", "role": "is missing"}
    assert status.invalid(InvalidInput("no row")).message == "no row"
    for reason, code in (
        (status.duplicate(3, 9), "duplicate"),
        (status.same_record(3, 9), "same_record"),
    ):
        assert (reason.code, reason.other_index) == (code, 3)
        assert "rows 3 and 9" in reason.message


def test_cancelled_row_is_unknown_only_if_it_was_sent() -> None:
    assert status.of_cancelled(sent=True) == (UNKNOWN, status.ABANDONED)
    assert status.of_cancelled(sent=False) == (SKIPPED, status.STOPPED)
