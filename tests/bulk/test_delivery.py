"""How a batch is sent, retried, looked up and reported. Responses are scripted; nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from lms_async.bulk.breaker import Breaker
from lms_async.bulk.chunks import Chunk
from lms_async.bulk.delivery import Delivery
from lms_async.bulk.endpoint import ABSENT, DIFFERENT, BulkEndpoint, Present
from lms_async.bulk.rows import Rows, json_of, one_by_one
from lms_async.bulk.run import BulkRun
from lms_async.bulk.status import SENT_BEFORE
from lms_async.errors import (
    BadRequest,
    BulkStopped,
    ConnectionFailed,
    Forbidden,
    InvalidInput,
    LmsError,
    NotFound,
    OutcomeUnknown,
    ServerError,
    UnexpectedResponse,
)
from lms_async.http.call import AttemptObserver, Call
from lms_async.outcome import Outcome, RowError, RowResult, Status
from tests.virtual import run

Response = Any  # a code for all rows, a code per row, or an error
LOST = OutcomeUnknown("lost")
DONE, REJECTED, UNKNOWN, SKIPPED = Status.DONE, Status.REJECTED, Status.UNKNOWN, Status.SKIPPED


class Lost:
    """The response to an attempt that follows one whose response was lost."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer


class CountedBreaker(Breaker):
    """Keeps the failures that it counts: why, and whether a look-up got a response."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.failures: list[tuple[str, bool]] = []

    def record_failure(self, why: str, *, looked_up: bool) -> None:
        self.failures.append((why, looked_up))
        super().record_failure(why, looked_up=looked_up)


class Script:
    """A sender and look-up with scripted responses. They record what they were asked."""

    account = "school"
    width = 1
    max_failed_chunks = 5
    events = ()

    def __init__(self, answers: list[Response], looks: list[Any] | None = None) -> None:
        self.answers = answers
        self.looks = looks
        self.sent: list[list[str]] = []
        self.at: list[float] = []
        self.looked: list[list[str]] = []
        self.stops_after = 1000
        self.repeatable = True
        self.options: dict[str, Any] = {}

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        assert watch is not None
        await watch.before_send()
        rows = orjson.loads(orjson.dumps(call.body))
        self.sent.append(rows)
        self.at.append(asyncio.get_running_loop().time())
        self._stop_in_time()
        answer, attempts = self.answers.pop(0), 1
        if isinstance(answer, Lost):
            watch.lost()
            answer, attempts = answer.answer, 2
        if callable(answer):
            answer = answer(rows)
        if isinstance(answer, LmsError):
            raise answer.after(attempts)
        return answer if isinstance(answer, dict) else dict.fromkeys(rows, answer), attempts

    async def look_up(self, rows: Rows[Any]) -> list[Any]:
        self.looked.append(list(rows.keys))  # type: ignore[arg-type]
        assert self.looks is not None
        found = self.looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, list) else [found] * len(rows)

    def read(self, payload: Any, rows: Rows[Any]) -> list[RowResult | None]:
        if "odd" in payload:
            return payload["odd"]()  # type: ignore[no-any-return]
        return [self._verdict(key, payload.get(key)) for key in rows.keys]

    def _verdict(self, key: Any, code: int | str | None) -> RowResult | None:
        if code is None:
            return None
        if code == 200:
            return RowResult(DONE, f"id of {key}")
        failed = str(code).startswith("5")
        return RowResult(UNKNOWN if failed else REJECTED, None, RowError(str(code)))

    async def outcomes(self, *names: str, doubtful: str = "") -> list[Outcome[Any]]:
        keys: list[Any] = list(names)
        rows: Rows[Any] = Rows(
            range(10, 10 + len(keys)), keys, keys[:], [orjson.dumps(key) for key in keys]
        )
        rows.sent_before = frozenset(10 + keys.index(key) for key in doubtful)
        self.delivery = self.delivery_of(rows)
        return await self.delivery.outcomes()

    def call(self, rows: Rows[Any]) -> Call[Any]:
        return Call("POST", "rows", body=json_of(rows), repeatable=self.repeatable, is_bulk=True)

    def delivery_of(self, rows: Rows[Any]) -> Delivery[Any]:
        options: dict[str, Any] = {
            "call": self.call,
            "parse_results": self.read,
            "operation": "rows",
        }
        if self.looks is not None:
            options["look_up"] = self.look_up
        options |= self.options
        endpoint = BulkEndpoint(prepare=one_by_one(lambda item: (item, item)), **options)
        self.bulk: BulkRun[Any] = BulkRun(self, endpoint)
        self.bulk.breaker = breaker = CountedBreaker(self.max_failed_chunks)
        self.failures = breaker.failures
        self._stop_in_time()
        return Delivery(self.bulk, Chunk(rows))

    def _stop_in_time(self) -> None:
        if len(self.sent) >= self.stops_after:
            self.bulk.stop(BulkStopped("enough"))


def results_of(script: Script, *names: str, doubtful: str = "") -> list[Outcome[Any]]:
    """Run the script. Check that results are in order and name their rows, and return them."""
    outcomes = run(script.outcomes(*names, doubtful=doubtful))
    assert [outcome.index for outcome in outcomes] == [10 + n for n in range(len(names))]
    assert [outcome.item for outcome in outcomes] == list(names)
    return outcomes


def status_codes(outcomes: list[Outcome[Any]]) -> list[tuple[Status, str | None]]:
    return [(one.status, one.error and one.error.code) for one in outcomes]


def test_batch_stopped_before_sending_is_skipped() -> None:
    script = Script([])
    script.stops_after = 0
    assert results_of(script, "a", "b") == [
        Outcome(10, "a", SKIPPED, None, RowError("stopped", message_for(script, "a")), 0),
        Outcome(11, "b", SKIPPED, None, RowError("stopped", message_for(script, "b")), 0),
    ]
    assert script.sent == []


def message_for(script: Script, name: str) -> str:
    (outcome,) = run(script.outcomes(name))
    assert outcome.error is not None
    assert outcome.error.message
    return outcome.error.message


def test_row_that_cannot_form_a_path_is_rejected_unsent() -> None:
    def call(rows: Rows[Any]) -> Call[Any]:
        raise InvalidInput("an id of dots")

    script = Script([])
    script.options = {"call": call}
    (outcome,) = results_of(script, "a")
    assert status_codes([outcome]) == [(REJECTED, "invalid")]
    assert "URL" in ((outcome.error and outcome.error.message) or "")
    assert outcome.attempts == 0


def test_row_that_cannot_be_encoded_is_rejected_alone() -> None:
    """The transport finds the invalid row before anything is sent."""

    def answer(rows: list[str]) -> Any:
        return InvalidInput("no", fields={"id": "is no text"}) if "bad" in rows else 200

    names = [*map(str, range(40)), "bad"]
    script = Script([answer] * 30)
    outcomes = results_of(script, *names)
    assert status_codes(outcomes) == [(DONE, None)] * 40 + [(REJECTED, "invalid")]
    error = outcomes[-1].error
    assert error is not None
    assert (error.message, error.fields) == ("id: is no text", {"id": "is no text"})


def test_rows_that_cannot_be_encoded_are_all_tried_alone() -> None:
    script = Script([InvalidInput("no")] * 99)
    assert status_codes(results_of(script, *map(str, range(30)))) == [(REJECTED, "invalid")] * 30


def test_no_look_up_starts_after_the_breaker_opened() -> None:
    for doubtful, answers in (("", [LOST]), ("a", [BadRequest(409)])):
        script = Script(answers, [ABSENT])

        def opening(answer: LmsError, script: Script = script) -> Any:
            def respond(rows: list[str]) -> LmsError:
                for _ in range(5):
                    script.bulk.breaker.record_failure("cut", looked_up=False)
                return answer

            return respond

        script.answers = [opening(answers[0])]
        assert status_codes(results_of(script, "a", doubtful=doubtful)) == [(UNKNOWN, "lost")]
        assert script.looked == []


def test_done_row_has_its_id_and_attempts() -> None:
    script = Script([Lost(200)])
    assert results_of(script, "a") == [Outcome(10, "a", DONE, "id of a", None, 2)]
    assert script.failures == []


def test_row_rejected_for_now_is_retried_three_times_with_growing_pauses() -> None:
    script = Script([{"a": 200, "b": 429}, 429, 429, 429])
    outcomes = results_of(script, "a", "b")
    assert status_codes(outcomes) == [(DONE, None), (SKIPPED, "429")]
    assert [one.attempts for one in outcomes] == [1, 4]
    assert script.sent == [["a", "b"], ["b"], ["b"], ["b"]]
    assert script.at == [0, 1, 1 + 2, 1 + 2 + 4]


@pytest.mark.parametrize(
    ("code", "repeatable", "sent"),
    [
        (429, True, 2),
        (429, False, 2),
        (500, True, 2),
        (503, True, 2),
        (599, True, 2),
        (503, False, 1),
        (409, True, 1),
        (400, True, 1),
        ("5", True, 1),
        ("50", True, 1),
        ("5000", True, 1),
        ("5xx", True, 1),
    ],
)
def test_which_rows_are_retried_alone(code: int | str, repeatable: bool, sent: int) -> None:
    script = Script([{"a": code, "b": 200}, 200])
    script.repeatable = repeatable
    outcomes = results_of(script, "a", "b")
    assert script.sent == [["a", "b"], ["a"]][:sent]
    assert (outcomes[0].status is DONE) == (sent == 2)
    assert outcomes[0].attempts == sent
    assert outcomes[1] == Outcome(11, "b", DONE, "id of b", None, 1)


def test_row_that_fails_in_every_attempt_is_unknown() -> None:
    """A 5xx for one row does not mean that nothing was done, with or without a look-up."""
    script = Script([503, 503, 503, 503])
    assert status_codes(results_of(script, "a")) == [(UNKNOWN, "503")]
    assert len(script.sent) == 4
    script = Script([{"a": 503, "b": 200}], [[None]])
    script.repeatable = False
    outcomes = results_of(script, "a", "b")
    assert status_codes(outcomes) == [(UNKNOWN, "503"), (DONE, None)]
    assert script.looked == [["a"]]


def test_stop_during_a_pause_keeps_the_known_results() -> None:
    script = Script([{"a": 503, "b": 429}])
    script.stops_after = 1
    outcomes = results_of(script, "a", "b")
    assert status_codes(outcomes) == [(UNKNOWN, "503"), (SKIPPED, "429")]
    assert [one.attempts for one in outcomes] == [1, 1]


def test_row_not_resent_does_not_affect_the_next() -> None:
    """Both rows are retried, rejected together, and then sent one by one. The first is locked."""
    script = Script([429, BadRequest(422), BadRequest(423), 200])
    outcomes = results_of(script, "a", "b")
    assert script.sent == [["a", "b"], ["a", "b"], ["a"], ["b"]]
    assert status_codes(outcomes) == [(SKIPPED, "423"), (DONE, None)]
    assert [one.attempts for one in outcomes] == [2, 2]


def test_rejection_after_a_5xx_of_the_row_is_looked_up() -> None:
    """The failed row may have been created, and then rejected because it exists."""
    refused: Response = {"a": 409, "b": 409, "c": 409}
    script = Script(
        [{"a": 503, "b": 503, "c": 429}, refused], [[RowResult(DONE, "7"), Present("8")]]
    )
    outcomes = results_of(script, "a", "b", "c")
    assert script.looked == [["a", "b"]]
    assert status_codes(outcomes) == [(DONE, None), (UNKNOWN, "exists"), (REJECTED, "409")]
    assert [one.id for one in outcomes] == ["7", "8", None]
    assert [one.attempts for one in outcomes] == [2, 2, 2]


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize(
    ("error", "status", "code", "halts"),
    [
        (BadRequest(400), REJECTED, "400", False),
        (BadRequest(413), REJECTED, "413", False),
        (NotFound(404), SKIPPED, "404", True),
        (Forbidden(403), SKIPPED, "403", True),
        (BadRequest(423), SKIPPED, "423", False),
        (ConnectionFailed("no"), SKIPPED, "stopped", True),
        (ServerError(500), UNKNOWN, "500", False),
        (LOST, UNKNOWN, "lost", False),
        (UnexpectedResponse("odd"), UNKNOWN, "lost", False),
    ],
)
def test_error_of_a_batch_sets_the_status_of_its_rows(
    error: LmsError, status: Status, code: str, halts: bool, rows: int
) -> None:
    script = Script([error] * 3)
    outcomes = results_of(script, *"ab"[:rows])
    assert status_codes(outcomes) == [(status, code)] * rows
    assert {one.error and one.error.message for one in outcomes} == {str(error)}
    assert {one.attempts for one in outcomes} == {1}
    assert script.bulk.report.stop_reason is (error if halts else None)
    # A rejection shows that the vendor responds.
    assert script.failures == ([] if status is REJECTED else [(error.what, False)])
    assert script.looked == []


@pytest.mark.parametrize("status", [409, 424])
def test_conflict_of_a_single_row_is_retried_once(status: int) -> None:
    conflict = BadRequest(status)
    script = Script([conflict, 200])
    assert status_codes(results_of(script, "a")) == [(DONE, None)]
    assert script.at == [0.0, 1.0]
    # both together, the first row twice, then the second
    script = Script([conflict, conflict, conflict, 200])
    outcomes = results_of(script, "a", "b")
    assert script.sent == [["a", "b"], ["a"], ["a"], ["b"]]
    assert status_codes(outcomes) == [(REJECTED, str(status)), (DONE, None)]
    assert [one.attempts for one in outcomes] == [2, 1]
    script = Script([conflict])
    script.stops_after = 1
    assert status_codes(results_of(script, "a")) == [(SKIPPED, "stopped")]


def test_404_of_a_path_with_row_ids_rejects_them_and_does_not_stop() -> None:
    script = Script([NotFound(404)])
    script.options = {"path_names_rows": True}
    outcomes = results_of(script, "a", "b")
    assert status_codes(outcomes) == [(REJECTED, "404"), (REJECTED, "404")]
    assert script.bulk.report.stop_reason is None
    assert script.sent == [["a", "b"]]


def test_call_that_cannot_be_encoded_is_rejected_and_not_looked_up() -> None:
    script = Script([InvalidInput("a parameter is no text")] * 3, [])
    assert status_codes(results_of(script, "a", "b")) == [(REJECTED, "invalid")] * 2
    assert script.looked == []


def reject_if_contains(*poison: str) -> Callable[[list[str]], Response]:
    return lambda rows: BadRequest(422) if set(rows) & set(poison) else 200


def test_batch_is_halved_until_each_bad_row_is_alone() -> None:
    names = [f"r{n}" for n in range(7)]
    script = Script([reject_if_contains("r1", "r5")] * 40)
    outcomes = results_of(script, *names)
    assert [one.status for one in outcomes] == [
        REJECTED if name in ("r1", "r5") else DONE for name in names
    ]
    assert script.sent[:3] == [names, names[:3], names[:1]]
    assert len(script.sent) == 11


def test_batch_is_halved_at_most_twelve_times() -> None:
    names = [f"r{n}" for n in range(50)]
    script = Script([BadRequest(422)] * 100)
    outcomes = results_of(script, *names)
    assert len(script.sent) == 1 + 2 * 12
    alone = sum(len(rows) == 1 for rows in script.sent)
    assert status_codes(outcomes).count((REJECTED, "422")) == alone
    assert status_codes(outcomes).count((SKIPPED, "422")) == 50 - alone
    skipped = [one for one in outcomes if one.status is SKIPPED]
    assert {one.attempts for one in skipped} == {0}
    assert all(one.error and "together" in one.error.message for one in skipped)


@pytest.mark.parametrize(
    ("found", "status", "id_", "code"),
    [
        (RowResult(DONE, "7"), DONE, "7", None),
        (RowResult(REJECTED, None, RowError("409")), REJECTED, None, "409"),
        (Present("7"), UNKNOWN, "7", "exists"),
        (None, UNKNOWN, None, "lost"),
    ],
)
def test_look_up_result_of_a_lost_row(
    found: Any, status: Status, id_: str | None, code: str | None
) -> None:
    script = Script([LOST], [[found, RowResult(DONE, "8")]])
    outcomes = results_of(script, "a", "b")
    assert status_codes(outcomes) == [(status, code), (DONE, None)]
    assert [one.id for one in outcomes] == [id_, "8"]
    assert [one.attempts for one in outcomes] == [1, 1]
    assert script.failures == []  # row b is done
    assert script.sent == [["a", "b"]]


@pytest.mark.parametrize("absent", [ABSENT, DIFFERENT])
def test_missing_rows_are_sent_again_without_the_others(absent: Any) -> None:
    script = Script([LOST, 200], [[absent, RowResult(DONE, "8"), absent]])
    outcomes = results_of(script, "a", "b", "c")
    assert script.sent == [["a", "b", "c"], ["a", "c"]]
    assert [one.id for one in outcomes] == ["id of a", "8", "id of c"]
    assert [one.attempts for one in outcomes] == [2, 1, 2]


def test_row_lost_every_time_is_sent_four_times() -> None:
    script = Script([LOST] * 10, [ABSENT] * 10)
    outcomes = results_of(script, "a")
    assert status_codes(outcomes) == [(UNKNOWN, "lost")]
    assert outcomes[0].attempts == 4
    assert script.sent == [["a"]] * 4
    assert script.looked == [["a"]] * 4
    assert script.at == [0, 0, 0, 0]  # no pause after a look-up


@pytest.mark.parametrize(
    "looked",
    [
        BadRequest(400),
        ServerError(500),
        KeyError("user"),
        [RowResult(DONE, "7")],
        [RowResult(DONE, "7")] * 3,
    ],
)
def test_failed_look_up_leaves_rows_unknown(looked: Any) -> None:
    script = Script([LOST], [looked])
    assert status_codes(results_of(script, "a", "b")) == [(UNKNOWN, "lost"), (UNKNOWN, "lost")]
    assert script.sent == [["a", "b"]]
    # A usable response shows that the vendor works, even if its content does not help.
    assert script.failures == [(LOST.what, isinstance(looked, list))]


@pytest.mark.parametrize("why", [BadRequest(400), KeyError("Ada Okafor")])
def test_failed_look_up_is_logged_only_if_unreadable(
    why: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    results_of(Script([LOST], [why]), "a")
    assert "Ada" not in caplog.text
    assert ("KeyError" in caplog.text) == isinstance(why, KeyError)


@pytest.mark.parametrize(
    "odd",
    [
        list,
        lambda: [None],
        lambda: [RowResult(DONE, "7")] * 3,
        lambda: {}["Ada Okafor"],
    ],
)
def test_unreadable_response_leaves_rows_unknown(
    odd: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    script = Script([{"odd": odd}])
    outcomes = results_of(script, "a", "b")
    assert status_codes(outcomes) == [(UNKNOWN, "unmentioned")] * 2
    assert [one.attempts for one in outcomes] == [1, 1]
    assert len(caplog.records) == 1
    assert "Ada" not in caplog.text


def test_done_rows_report_their_ids() -> None:
    script = Script([{"odd": lambda: [RowResult(DONE, "7"), RowResult(DONE)]}])
    assert results_of(script, "a", "b") == [
        Outcome(10, "a", DONE, "7", None, 1),
        Outcome(11, "b", DONE, None, None, 1),
    ]


def test_row_missing_from_the_response_is_looked_up() -> None:
    script = Script([{"a": 200, "c": 400}, 200], [[ABSENT]])
    outcomes = results_of(script, "a", "b", "c")
    assert script.looked == [["b"]]
    assert script.sent == [["a", "b", "c"], ["b"]]
    assert status_codes(outcomes) == [(DONE, None), (DONE, None), (REJECTED, "400")]
    assert [one.attempts for one in outcomes] == [1, 2, 1]


@pytest.mark.parametrize(
    ("found", "status", "id_", "code"),
    [
        (RowResult(DONE, "7"), DONE, "7", None),
        (RowResult(REJECTED, "7", RowError("other")), REJECTED, None, "409"),
        (Present("7"), UNKNOWN, "7", "exists"),
        (DIFFERENT, UNKNOWN, None, "lost"),
        (None, UNKNOWN, None, "lost"),
        # The vendor says that the record exists but does not show it, so it may be ours.
        (ABSENT, UNKNOWN, None, "lost"),
    ],
)
@pytest.mark.parametrize("whole", [False, True])
def test_rejection_after_a_lost_attempt_is_looked_up(
    found: Any, status: Status, id_: str | None, code: str | None, whole: bool
) -> None:
    if whole:  # an earlier run sent the row, and now the whole batch is rejected
        script = Script([BadRequest(409)], [[found]])
        outcomes = results_of(script, "a", doubtful="a")
    else:
        script = Script([Lost({"a": 409, "b": 200})], [[found]])
        outcomes = results_of(script, "a", "b")
    assert script.looked == [["a"]]
    assert status_codes(outcomes)[0] == (status, code)
    assert outcomes[0].id == id_
    assert outcomes[0].attempts == (1 if whole else 2)
    assert len(script.sent) == 1


def test_rejection_stands_for_an_absent_row_unless_it_is_a_conflict() -> None:
    script = Script([Lost({"a": 400, "b": 409})], [[ABSENT, ABSENT]])
    assert status_codes(results_of(script, "a", "b")) == [(REJECTED, "400"), (UNKNOWN, "lost")]


@pytest.mark.parametrize("code", [429, 503])
def test_lost_attempt_is_remembered_when_the_row_is_retried_alone(code: int) -> None:
    script = Script([Lost({"a": code, "b": 200}), 409], [[Present("7")]])
    outcomes = results_of(script, "a", "b")
    assert script.looked == [["a"]]
    assert status_codes(outcomes) == [(UNKNOWN, "exists"), (DONE, None)]


def test_rejection_without_a_lost_attempt_is_not_looked_up() -> None:
    script = Script([{"a": 429, "b": 200}, 409], [])
    assert status_codes(results_of(script, "a", "b")) == [(REJECTED, "409"), (DONE, None)]
    assert script.looked == []


def test_rejection_after_a_lost_attempt_is_unknown_without_a_look_up() -> None:
    assert status_codes(results_of(Script([Lost({"a": 400, "b": 200})]), "a", "b")) == [
        (UNKNOWN, "lost"),
        (DONE, None),
    ]


@pytest.mark.parametrize("rows", ["a", "ab"])
def test_row_that_was_absent_and_exists_now_is_done(rows: str) -> None:
    """The vendor stored other values than were sent, and rejects the row the second time."""
    refused: Response = {"a": 409, "b": 409}
    for second in (LOST, BadRequest(409), refused, Lost(refused)):
        # A batch that is rejected as a whole is halved first, and each half is looked up.
        halves = len(rows) if isinstance(second, BadRequest) else 1
        again = [BadRequest(409)] * len(rows) if halves > 1 else []
        script = Script([LOST, second, *again], [ABSENT, *[Present("7")] * 4])
        outcomes = results_of(script, *rows)
        assert status_codes(outcomes) == [(DONE, None)] * len(rows)
        assert {one.id for one in outcomes} == {"7"}


def test_absent_row_stays_ours_through_temporary_rejections() -> None:
    script = Script([LOST, {"a": 503, "b": 503}, {"a": 409}], [ABSENT, *[[Present("7")]] * 4])
    assert status_codes(results_of(script, "a", "b")) == [(DONE, None), (DONE, None)]
    assert script.sent == [["a", "b"], ["a", "b"], ["a", "b"]]


def test_lost_half_of_a_batch_is_looked_up() -> None:
    script = Script([BadRequest(422), LOST, 200, 200], [ABSENT])
    assert status_codes(results_of(script, "a", "b")) == [(DONE, None), (DONE, None)]
    assert script.sent == [["a", "b"], ["a"], ["a"], ["b"]]


def test_absent_row_stays_ours_when_its_batch_is_halved() -> None:
    script = Script([LOST, BadRequest(422), LOST, LOST], [ABSENT, Present("7"), Present("8")])
    outcomes = results_of(script, "a", "b")
    assert status_codes(outcomes) == [(DONE, None), (DONE, None)]
    assert [one.id for one in outcomes] == ["7", "8"]


def test_halving_does_not_reset_the_count_of_attempts() -> None:
    script = Script([LOST, BadRequest(422), *[LOST] * 20], [ABSENT] * 20)
    assert status_codes(results_of(script, "a", "b")) == [(UNKNOWN, "lost")] * 2
    assert script.sent.count(["a"]) == script.sent.count(["b"]) == 3


def test_rows_of_an_earlier_run_are_looked_up_before_anything_is_sent() -> None:
    script = Script([200, 200], [[RowResult(DONE, "7"), ABSENT]])
    script.repeatable = False
    outcomes = results_of(script, "a", "b", "c", "d", doubtful="ac")
    assert script.looked == [["a", "c"]]
    assert script.sent == [["c"], ["b", "d"]]
    assert [one.id for one in outcomes] == ["7", "id of b", "id of c", "id of d"]
    assert [one.attempts for one in outcomes] == [0, 1, 1, 1]


def test_rows_of_an_earlier_run_are_not_sent_if_the_look_up_fails() -> None:
    for looks in (None, [None], [ServerError(500)]):
        script = Script([], looks)
        script.repeatable = False
        assert results_of(script, "a", doubtful="a") == [
            Outcome(10, "a", UNKNOWN, None, SENT_BEFORE[1], 0)
        ]
        assert script.sent == []


def test_rows_of_an_earlier_run_are_sent_at_once_if_repeatable() -> None:
    script = Script([{"a": 400, "b": 400}], [[Present("7")]])
    outcomes = results_of(script, "a", "b", doubtful="b")
    assert status_codes(outcomes) == [(REJECTED, "400"), (UNKNOWN, "exists")]
    assert script.looked == [["b"]]
    assert script.sent == [["a", "b"]]


def test_rows_of_an_earlier_run_are_sent_a_limited_number_of_times() -> None:
    script = Script([LOST] * 20, [[ABSENT]] * 20)
    script.repeatable = False
    assert status_codes(results_of(script, "a", "b", doubtful="a")) == [(UNKNOWN, "lost")] * 2
    assert script.sent.count(["a"]) == 3
    assert script.sent.count(["b"]) == 4


def test_batch_counts_as_unsent_after_an_attempt_that_did_nothing() -> None:
    class Returning(Script):
        def __init__(self, answers: list[Response]) -> None:
            super().__init__(answers)
            self.unsent: list[bool] = []

        async def fetch(
            self, call: Call[Any], *, watch: AttemptObserver | None = None
        ) -> tuple[Any, int]:
            assert watch is not None
            await watch.before_send()
            watch.will_retry()
            self.unsent.append(not self.delivery.is_sent)
            return await super().fetch(call, watch=watch)

    script = Returning([BadRequest(400), 200, {"odd": lambda: [RowResult(DONE, "7")]}])
    results_of(script, "a", "b")
    assert script.unsent == [True, False, False]
    script = Returning([{"a": 200, "b": 429}, 200])
    results_of(script, "a", "b")
    assert script.unsent == [True, False]
