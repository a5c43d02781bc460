"""Runs a bulk with its journal again and again, against a vendor that fails in every way.

The state machine changes rows, and runs the bulk to its end, cancels it at any moment, or leaves it
early. After each run, the journal's promises must hold.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lms_async import Journal, Outcome, Status
from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, BulkEndpoint, Found, Present
from lms_async.bulk.rows import Rows, json_of, one_by_one
from lms_async.errors import BadRequest, ConnectionFailed, OutcomeUnknown, ResponseLost, ServerError
from lms_async.http.call import AttemptObserver, Call
from lms_async.outcome import RowError, RowResult
from tests.virtual import run

FAULTS = (
    "",
    "",
    "",
    "late",
    "lost before",
    "lost after",
    "unreachable",
    "refused",
    "failed",
    "passing",
    "row refused",
    "row failed",
)


class School:
    """A vendor that creates rows by key and rejects bad rows. It rejects existing rows too, or
    changes them if ``updates``."""

    account = "school"
    width = 64
    max_failed_chunks = 5
    events = ()

    def __init__(self, *, updates: bool = False) -> None:
        self.updates = updates
        self.refuses = {"bad"}
        self.people: dict[str, str] = {}
        self.creates: Counter[str] = Counter()
        self.faults: list[str] = []
        self.seconds: list[float] = []
        #: The keys of each request, and the rows of all requests.
        self.requests: list[list[str]] = []
        self.departed = asyncio.Event()
        self.sent: list[tuple[str, str]] = []

    def next_fault(self) -> str:
        return self.faults.pop() if self.faults else ""

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        assert watch is not None
        came = orjson.loads(orjson.dumps(call.body))
        self.requests.append([row["key"] for row in came])
        self.sent += [(row["key"], row["value"]) for row in came]
        fault = self.next_fault()
        before, after = (self.seconds.pop() if self.seconds else 0.1 for _ in range(2))
        await asyncio.sleep(0.01)
        await watch.before_send()
        self.departed.set()
        if fault == "unreachable":
            raise ConnectionFailed("no connection", call=call)
        await asyncio.sleep(before)
        if fault == "lost before":
            raise OutcomeUnknown("lost", call=call)
        if fault == "refused":
            raise BadRequest(400, call=call)
        if fault == "failed":
            raise ServerError(500, call=call)
        if fault == "late":  # it arrives after the look-up, but before the rows are sent again
            for row in came:
                asyncio.get_running_loop().call_later(0.055, self._create, row, "")
            raise OutcomeUnknown("lost", call=call)
        answer = [self._create(row, fault) for row in came]
        await asyncio.sleep(after)
        if fault == "lost after":
            raise OutcomeUnknown("lost", call=call)
        return answer, 1

    def _create(self, row: dict[str, str], fault: str) -> dict[str, Any]:
        key, value = row["key"], row["value"]
        if fault == "passing":
            return {"key": key, "code": 429}
        if value in self.refuses or fault == "row refused":
            return {"key": key, "code": 400}
        if key in self.people and not self.updates:
            return {"key": key, "code": 409}
        self.creates[key] += key not in self.people
        self.people[key] = value
        return {"key": key, "code": 500 if fault == "row failed" else 200}

    async def look_up(self, rows: Rows[Any]) -> list[Found]:
        await asyncio.sleep(0.05)
        if self.next_fault() in ("lost before", "lost after"):
            raise ResponseLost("the look-up failed")
        return list(map(self._look_up, rows.items))

    def _look_up(self, row: dict[str, str]) -> Found:
        value = self.people.get(row["key"])
        if value == row["value"]:
            return RowResult(Status.DONE, row["key"])
        if value is None or self.updates:
            return ABSENT  # to be sent again
        return Present(row["key"])


def batch(school: School, max_rows: int) -> BulkEndpoint[dict[str, str]]:
    def prepare(item: dict[str, str]) -> tuple[Hashable, Any]:
        return item["key"], item

    def read(payload: Any, rows: Rows[dict[str, str]]) -> list[RowResult | None]:
        ends = {200: Status.DONE, 500: Status.UNKNOWN}
        return [
            RowResult(
                status := ends.get(item["code"], Status.REJECTED),
                item["key"] if status is Status.DONE else None,
                None if status is Status.DONE else RowError(str(item["code"])),
            )
            for item in payload
        ]

    return BulkEndpoint(
        prepare=one_by_one(prepare),
        call=lambda rows: Call(
            "POST", "rows", body=json_of(rows), is_bulk=True, repeatable=school.updates
        ),
        parse_results=read,
        operation="create",
        max_rows=max_rows,
        look_up=school.look_up,
    )


class Runs(RuleBasedStateMachine):
    updates = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.school = School(updates=self.updates)
        self.items = [{"key": f"k{number}", "value": f"v{number}"} for number in range(23)]

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def bulk(self, max_rows: int, *, retry_rejected: bool = False) -> Bulk[dict[str, str]]:
        path = self.folder / "journal"
        journal = Journal(path, grace=0.3, retry_rejected=retry_rejected)
        return Bulk(self.school, list(self.items), batch(self.school, max_rows), journal=journal)

    def script(self, faults: list[str], seconds: list[float]) -> None:
        self.school.faults, self.school.seconds = list(faults), list(seconds)

    # Few keys and values, so that rows also change back.
    @rule(place=st.sampled_from([0, 1, 11, 22]), value=st.sampled_from(["bad", "other", "v"]))
    def changed(self, place: int, value: str) -> None:
        key = f"k{place}"
        self.items[place] = {"key": key, "value": f"v{place}" if value == "v" else value}

    @rule(
        max_rows=st.integers(1, 9),
        faults=st.lists(st.sampled_from(FAULTS), max_size=12),
        seconds=st.lists(st.floats(0, 0.5), max_size=6),
        retry_rejected=st.booleans(),
    )
    def run_to_the_end(
        self, max_rows: int, faults: list[str], seconds: list[float], retry_rejected: bool
    ) -> None:
        self.script(faults, seconds)

        async def all_of_it() -> list[Outcome[dict[str, str]]]:
            bulk = self.bulk(max_rows, retry_rejected=retry_rejected)
            return [outcome async for outcome in bulk]

        self.check(run(all_of_it()))

    @rule(
        max_rows=st.integers(1, 9),
        faults=st.lists(st.sampled_from(FAULTS), max_size=12),
        seconds=st.lists(st.floats(0, 0.5), max_size=6),
        after=st.floats(0, 1),
        retry_rejected=st.booleans(),
    )
    def run_until_cancelled(
        self,
        max_rows: int,
        faults: list[str],
        seconds: list[float],
        after: float,
        retry_rejected: bool,
    ) -> None:
        self.script(faults, seconds)

        async def for_a_time() -> None:
            try:
                async with asyncio.timeout(after):
                    await self.bulk(max_rows, retry_rejected=retry_rejected)
            except TimeoutError:
                pass

        run(for_a_time())

    @rule(max_rows=st.integers(1, 9), faults=st.lists(st.sampled_from(FAULTS), max_size=12))
    def left_early(self, max_rows: int, faults: list[str]) -> None:
        self.script(faults, [])

        async def some_of_it() -> None:
            bulk = self.bulk(max_rows)
            async for outcome in bulk:
                if outcome.index == 4:
                    break
            await bulk.close()

        run(some_of_it())

    def check(self, outcomes: list[Outcome[dict[str, str]]]) -> None:
        assert [outcome.index for outcome in outcomes] == list(range(len(self.items)))
        assert [outcome.item for outcome in outcomes] == self.items
        for outcome in outcomes:
            key, value = outcome.item["key"], outcome.item["value"]
            if outcome.status is Status.DONE:
                assert self.school.people[key] == value
            elif outcome.status is Status.REJECTED:
                assert self.school.people.get(key) != value

    @invariant()
    def nobody_was_created_twice(self) -> None:
        assert max(self.school.creates.values(), default=1) == 1


class UpdatingRuns(Runs):
    """The same for a call that updates existing rows."""

    updates = True


# 30 examples, or 300 with the profile of `make chaos`.
_SETTINGS = settings(max_examples=settings().max_examples * 3 // 10, stateful_step_count=12)
Runs.TestCase.settings = UpdatingRuns.TestCase.settings = _SETTINGS
TestRuns = Runs.TestCase
TestUpdatingRuns = UpdatingRuns.TestCase
