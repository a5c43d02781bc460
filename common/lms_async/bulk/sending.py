"""Send the rows of a chunk, and look up or resend some of them, until each has a status.

If the vendor refuses a chunk for its content, the chunk is halved until the bad row is alone. If
the vendor refuses a single row for a temporary reason, that row is sent again. Rows whose response
was lost are looked up, if the endpoint supports that, and are sent again if they did not arrive.
``status.py`` decides which of these applies, and the status of each row.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

import attrs

from ..errors import ApiError, InvalidInput, LmsError
from ..http.call import AttemptObserver
from ..http.statuses import Effect
from ..outcome import Outcome, RowResult, Status
from . import status
from .endpoint import Found, Results, SendAgain
from .results import all_alike, outcomes_of
from .rows import Rows
from .run import BulkRun

R = TypeVar("R")
T = TypeVar("T")
log = logging.getLogger("lms_async")
_status = attrgetter("status")

#: How many times a chunk may be halved: enough to separate two bad rows among fifty.
_HALVINGS = 12
#: How many times a row may be sent again after a look-up, or after a temporary refusal of its own.
_RESENDS = 3
#: Seconds before a row is sent again after a temporary refusal of its own; doubled each time.
_PAUSE = 1.0


class ChunkObserver(AttemptObserver, Protocol):
    """The delivery of the chunk, which is notified of its attempts."""

    #: Whether an attempt of the current call was sent and its response was lost.
    response_lost: bool
    #: Whether a call of the chunk has ended, so that some of its rows may have been acted on.
    has_response: bool

    def end_bulk(self, error: LmsError) -> None:
        """Stop the bulk, because every other row would fail with ``error`` too."""


class RowSender(Generic[R]):
    """Sends the rows of one chunk.

    :param observer: notified of each attempt.
    """

    def __init__(self, run: BulkRun[R], observer: ChunkObserver) -> None:
        self._run = run
        self._endpoint = run.endpoint
        self._observer = observer
        self._halvings = _HALVINGS
        #: The last failure of a request.
        self.failure: LmsError | None = None
        #: Whether the vendor responded to a look-up.
        self.looked_up = False

    async def send(
        self, rows: Rows[R], *, resends: int = _RESENDS, absent_before: bool = False
    ) -> list[Outcome[R]]:
        """Send ``rows``.

        :param resends: how many times they may be sent again.
        :param absent_before: whether a look-up found that their records did not exist. If a record
            exists later, this bulk created it.
        :returns: one outcome per row, in the order of ``rows``.
        """
        if self._run.is_stopping:
            return all_alike(rows, Status.SKIPPED, status.STOPPED)
        try:
            call = self._endpoint.call(rows)
        except InvalidInput as invalid:
            return all_alike(rows, Status.REJECTED, status.of_no_call(invalid))
        if rows.sent_before and not call.repeatable:
            return await self._look_up_first(rows, resends)
        self._observer.response_lost = False
        try:
            payload, attempts = await self._run.sender.fetch(call, watch=self._observer)
        except LmsError as failure:
            error = failure
        else:
            self._observer.has_response = True
            results = self._parse(payload, rows)
            if self._endpoint.follow_up is not None:
                results = await self._follow_up(self._endpoint.follow_up, rows, results)
            outcomes = outcomes_of(rows, results, attempts)
            if set(map(_status, outcomes)) == {Status.DONE}:
                return outcomes
            # A response says nothing about an earlier attempt whose response was lost.
            uncertain = (
                range(len(rows)) if self._observer.response_lost else rows.places_sent_before()
            )
            outcomes = await self._resend(
                rows,
                status.with_temporary(outcomes, uncertain),
                resends,
                repeatable=call.repeatable,
                absent_before=absent_before,
            )
            return await self._check_refusals(
                rows, outcomes, uncertain, absent_before=absent_before
            )
        self.failure = error
        self._observer.has_response = True
        return await self._after_failure(rows, error, resends, absent_before=absent_before)

    async def _after_failure(
        self, rows: Rows[R], error: LmsError, resends: int, *, absent_before: bool
    ) -> list[Outcome[R]]:
        """Return the outcomes of ``rows`` after their request failed as a whole."""
        named = self._endpoint.path_names_rows
        effect = status.effect_of_failure(
            error, path_names_rows=named(rows) if callable(named) else named
        )
        if effect is Effect.ENDS:
            self._observer.end_bulk(error)
        elif effect is Effect.CONTENT and len(rows) > 1:
            if not self._halvings:
                return all_alike(rows, *status.of_untried(error))
            if not isinstance(error, InvalidInput):  # that was found without a request
                self._halvings -= 1
            middle = len(rows) // 2
            halves = [rows.at(range(middle)), rows.at(range(middle, len(rows)))]
            return [
                outcome
                for half in halves
                for outcome in await self.send(half, resends=resends, absent_before=absent_before)
            ]
        elif resends == _RESENDS and not rows.places_sent_before() and status.may_pass(error):
            await asyncio.sleep(_PAUSE)
            again = await self.send(rows, resends=resends - 1, absent_before=absent_before)
            return [attrs.evolve(one, attempts=one.attempts + error.attempts) for one in again]
        told, why = status.of_failure(error, effect)
        if told is Status.REJECTED and isinstance(error, ApiError):
            why = self._endpoint.explain(error) or why
        outcomes = all_alike(rows, told, why, error.attempts)
        if effect is Effect.UNSETTLED:
            return await self._look_up(rows, outcomes, resends, absent_before=absent_before)
        return await self._check_refusals(
            rows, outcomes, rows.places_sent_before(), absent_before=absent_before
        )

    async def _look_up_first(self, rows: Rows[R], resends: int) -> list[Outcome[R]]:
        """Look up the rows that an earlier run has sent, before any row is sent."""
        places = rows.places_sent_before()
        sent_before = rows.at(places)
        others = rows.at(sorted(set(range(len(rows))).difference(places)))
        outcomes = await self._look_up(
            sent_before, all_alike(sent_before, *status.SENT_BEFORE), resends
        )
        if others:
            outcomes += await self.send(others, resends=resends)
        return sorted(outcomes, key=lambda outcome: outcome.index)

    def _parse(self, payload: Any, rows: Rows[R]) -> Results:
        with _logged("the response to a bulk request"):
            return _one_each(rows, self._endpoint.parse_results(payload, rows))
        return [None] * len(rows)

    async def _follow_up(
        self,
        follow_up: Callable[[Rows[R], Results], Awaitable[Results]],
        rows: Rows[R],
        results: Results,
    ) -> Results:
        """Send the follow-up requests that the endpoint needs to find the results of ``rows``.

        If a request fails, the rows that are not done yet are unknown.
        """
        with _logged("the response to a follow-up request of a bulk"), suppress(LmsError):
            return _one_each(rows, await follow_up(rows, results))
        return [one if one is not None and one.status is Status.DONE else None for one in results]

    async def _resend(
        self,
        rows: Rows[R],
        outcomes: list[Outcome[R]],
        resends: int,
        *,
        repeatable: bool,
        absent_before: bool,
    ) -> list[Outcome[R]]:
        """Send rows again that the vendor refused temporarily, and look up rows that the response
        leaves unknown."""
        places: list[int] = []
        if resends:
            places = [
                place
                for place, one in enumerate(outcomes)
                if status.is_temporary(one, repeatable=repeatable)
            ]
        unknown = [
            place
            for place, one in enumerate(outcomes)
            if one.status is Status.UNKNOWN and place not in places
        ]
        if unknown:
            looked_up = await self._look_up(
                rows.at(unknown),
                [outcomes[place] for place in unknown],
                resends,
                absent_before=absent_before,
            )
            for place, outcome in zip(unknown, looked_up, strict=True):
                outcomes[place] = outcome
        if not places:
            return outcomes
        await asyncio.sleep(_PAUSE * 2 ** (_RESENDS - resends))
        again = rows.at(places)
        later = await self.send(again, resends=resends - 1, absent_before=absent_before)
        # After a 5xx for a row, the vendor may have acted on it.
        failed = [at for at, place in enumerate(places) if outcomes[place].status is Status.UNKNOWN]
        later = await self._check_refusals(again, later, failed, absent_before=absent_before)
        return _replace(outcomes, places, later)

    async def _look_up(
        self,
        rows: Rows[R],
        outcomes: list[Outcome[R]],
        resends: int,
        *,
        absent_before: bool = False,
    ) -> list[Outcome[R]]:
        """Look up rows whose response was lost, and send those again that did not arrive.

        They are sent again ``resends`` times at most. If the look-up can't tell, the outcome of a
        row stays as it is.
        """
        if self._endpoint.look_up is None:
            return outcomes
        places = []
        for place, found in enumerate(await self._found(rows)):
            if isinstance(found, SendAgain):
                places.append(place)
            elif (result := status.of_look_up(found, absent_before=absent_before)) is not None:
                outcomes[place] = _changed(outcomes[place], result)
        if not places or not resends:
            return outcomes
        again = rows.at(places)
        again.sent_before = frozenset()
        later = await self.send(again, resends=resends - 1, absent_before=True)
        later = await self._check_refusals(again, later, range(len(again)), absent_before=True)
        return _replace(outcomes, places, later)

    async def _check_refusals(
        self,
        rows: Rows[R],
        outcomes: list[Outcome[R]],
        places: Sequence[int],
        *,
        absent_before: bool,
    ) -> list[Outcome[R]]:
        """Look up the rows at ``places`` that are rejected.

        An earlier request with these rows got no response. It may have succeeded, and the vendor
        may reject the rows because of that.
        """
        refused = [place for place in places if outcomes[place].status is Status.REJECTED]
        if not refused:
            return outcomes
        for place, found in zip(refused, await self._found(rows.at(refused)), strict=True):
            error = outcomes[place].error
            result = status.of_late_refusal(
                found,
                absent_before=absent_before,
                is_conflict=error is not None and self._endpoint.is_conflict(error),
            )
            if result is not None:
                outcomes[place] = _changed(outcomes[place], result)
        return outcomes

    async def _found(self, rows: Rows[R]) -> list[Found]:
        """Look up ``rows``, unless the vendor no longer responds.

        If the look-up fails, nothing is known about the rows. For example, an account may be
        allowed to write but not to read.
        """
        if self._endpoint.look_up is None or self._run.breaker.is_open:
            return [None] * len(rows)
        with _logged("the response to a look-up"), suppress(LmsError):
            found = await self._endpoint.look_up(rows)
            self.looked_up = True
            return _one_each(rows, found)
        return [None] * len(rows)


class _WrongCount(Exception):
    """A response has results for another number of rows."""


def _one_each(rows: Rows[Any], results: list[T]) -> list[T]:
    """Return ``results`` if there is one for each row."""
    if len(results) != len(rows):
        raise _WrongCount("it has results for another number of rows")
    return results


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """Log exceptions instead of raising them. An unexpected response must not lose a row.

    :param what: the response that is read.
    """
    try:
        yield
    except Exception as odd:  # noqa: BLE001 - the response may have any form
        why = str(odd) if isinstance(odd, _WrongCount) else type(odd).__name__
        # Other texts, and the traceback, may show personal data in the response.
        log.error("%s could not be read: %s", what, why)  # noqa: TRY400


def _changed(outcome: Outcome[R], result: RowResult) -> Outcome[R]:
    return attrs.evolve(
        outcome, status=result.status, id=result.id, error=result.error, parts=result.parts
    )


def _replace(
    outcomes: list[Outcome[R]], places: list[int], later: list[Outcome[R]]
) -> list[Outcome[R]]:
    """Replace the outcomes of the rows at ``places``, which were sent again."""
    for place, outcome in zip(places, later, strict=True):
        refused_again = outcome.attempts and outcomes[place].status is Status.SKIPPED
        if outcome.status is Status.SKIPPED and not refused_again:
            continue  # it was not sent again, so keep the earlier outcome
        outcome.attempts += outcomes[place].attempts
        outcomes[place] = outcome
    return outcomes
