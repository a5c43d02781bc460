"""Sending a chunk until the fate of each of its rows is known, as far as that can be.

What an error status of the whole chunk leads to stands in ``statuses.py``. A chunk whose content is
refused is halved until the row that spoils it stands alone. A row that is refused by itself, for a
reason that passes, is sent again without the others. Rows whose answer was lost are looked up,
where the vendor can be asked, and only those that did not arrive are sent again.

``rejected`` is certain. It comes from our own check, or from a response of the vendor to a row that
no earlier request can have carried to it. As soon as one request with the row was sent and got no
response, a refusal may be about that very request: then the row is looked up, and it ends as
``done`` where it is there as it was sent, or where an earlier look-up found that it was absent
before; as ``rejected`` where the refusal is about something else and the row is not there; and as
``unknown`` where the record is there with other values, since nothing tells who made it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import attrs

from ..errors import ApiError, DeadlineExceeded, InvalidInput, LmsError
from ..http.call import AttemptObserver, Call
from ..http.statuses import Effect, effect_of
from ..outcome import AllDone, Outcome, RowError, RowResult, Status
from .chunks import ABSENT, Absent, BulkEndpoint, Found, Present
from .results import all_alike, all_done, outcomes_of
from .rows import Rows

R = TypeVar("R")
log = logging.getLogger("lms_async")

#: How many times a chunk may be halved: enough to set two bad rows of fifty apart.
_HALVINGS = 12
#: How often rows are sent again after a look-up, or after a passing refusal of their own.
_ROUNDS = 3
#: Seconds before a row that was refused for a passing reason is sent again; doubled each time.
_PAUSE = 1.0


#: Of a row that an earlier run has sent, and that can't be asked for.
SENT_BEFORE = RowError("lost", "it was sent in an earlier run, and its answer was lost")
_STOPPED = RowError("stopped", "the bulk had stopped before this row left")
_LOST = RowError("lost", "it was sent, and what the vendor shows does not tell what became of it")
_THERE = RowError(
    "exists",
    "a record with this key is there, with other values than were sent; it was there before, or "
    "the vendor changed what was sent",
)
_OTHER_COUNT = "it tells of another number of rows"
_NOT_ALONE = "the vendor refused it together with others, too often to try each alone"


class Sender(Protocol):
    """The part of the transport that a bulk needs."""

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        """The checked payload of ``call``, and how many attempts it took.

        :param watch: told of each attempt.
        """

    @property
    def width(self) -> int:
        """How many calls are worth keeping under way at once, as far as is known now."""

    @property
    def account(self) -> Hashable:
        """What tells the account that is worked on from others."""

    @property
    def max_failed_chunks(self) -> int:
        """How many chunks may fail in a row, see :class:`~lms_async.RetryPolicy`."""


class Delivery(Generic[R]):
    """The sending of one chunk.

    :param before_send: awaited when something is about to leave.
    :param will_retry: called when what has left comes back and waits, and nothing was done.
    :param halt: called with an error that no other row could escape.
    :param stopping: whether nothing more may leave.
    """

    def __init__(
        self,
        sender: Sender,
        batch: BulkEndpoint[R],
        *,
        before_send: Callable[[], Coroutine[Any, Any, None]],
        will_retry: Callable[[], None],
        halt: Callable[[LmsError], None],
        stopping: Callable[[], bool],
    ) -> None:
        self._sender = sender
        self._batch = batch
        self.before_send = before_send  # it is the watch of its calls
        self._returned = will_retry
        self._halt = halt
        self._stopping = stopping
        self._halvings = _HALVINGS
        #: Whether an answer is in, or an attempt of the call under way was lost.
        self._answered = False
        self._lost = False
        #: The last failure of a request, and whether a look-up was answered.
        self.failure: LmsError | None = None
        self.looked_up = False

    def lost(self) -> None:
        """See :class:`AttemptObserver`."""
        self._lost = True

    def will_retry(self) -> None:
        """See :class:`AttemptObserver`."""
        if not self._answered:
            self._returned()

    async def outcomes(
        self, rows: Rows[R], *, rounds: int = _ROUNDS, sought: bool = False
    ) -> list[Outcome[R]]:
        """Send ``rows`` and give how each of them ended, in their order.

        :param rounds: how often rows may be sent again.
        :param sought: whether a look-up found that they were absent: what is there later was made
            by us.
        """
        if self._stopping():
            return all_alike(rows, Status.SKIPPED, _STOPPED)
        try:
            call = self._batch.call(rows)
        except InvalidInput:  # a path can't be made of a row's key
            why = RowError("invalid", "the row's id can't be put into a path")
            return all_alike(rows, Status.REJECTED, why)
        if rows.doubtful and not call.repeatable:
            return await self._doubts_first(rows, rounds)
        self._lost = False
        try:
            payload, attempts = await self._sender.fetch(call, watch=self)
        except LmsError as failure:
            error = failure
            self.failure = failure
        else:
            self._answered = True
            told = self._read(payload, rows)
            if isinstance(told, AllDone):
                return all_done(rows, told.ids, attempts)
            # The answer speaks of its own attempt, not of one that was lost before.
            doubtful = range(len(rows)) if self._lost else rows.in_doubt()
            ended = outcomes_of(rows, told, attempts)
            ended = await self._again(
                rows, ended, rounds, repeatable=call.repeatable, sought=sought
            )
            return await self._late(rows, ended, doubtful, sought=sought)
        self._answered = True
        effect = self._effect(error)
        if effect is Effect.ENDS:
            self._halt(error)
        elif effect is Effect.CONTENT and len(rows) > 1:
            if not self._halvings:
                return all_alike(rows, Status.SKIPPED, RowError(_code_of(error), _NOT_ALONE))
            self._halvings -= 1
            middle = len(rows) // 2
            halves = [rows.at(range(middle)), rows.at(range(middle, len(rows)))]
            return [
                outcome
                for half in halves
                for outcome in await self.outcomes(half, rounds=rounds, sought=sought)
            ]
        ended = _together(rows, error, effect)
        if effect is Effect.UNSETTLED:
            return await self._look_up(rows, ended, rounds, sought=sought)
        return await self._late(rows, ended, rows.in_doubt(), sought=sought)

    def _effect(self, error: LmsError) -> Effect:
        if error.stops:
            return Effect.ENDS
        if isinstance(error, ApiError):
            return effect_of(error.status, path_names_rows=self._batch.path_names_rows)
        if isinstance(error, DeadlineExceeded) and not error.may_have_acted:
            return Effect.PASSES
        return Effect.UNSETTLED if error.may_have_acted else Effect.SHARED

    async def _doubts_first(self, rows: Rows[R], rounds: int) -> list[Outcome[R]]:
        """Ask what became of rows that an earlier run has sent, before anything is sent."""
        places = rows.in_doubt()
        doubtful = rows.at(places)
        others = rows.at(sorted(set(range(len(rows))).difference(places)))
        ended = await self._look_up(
            doubtful, all_alike(doubtful, Status.UNKNOWN, SENT_BEFORE), rounds
        )
        if others:
            ended += await self.outcomes(others, rounds=rounds)
        return sorted(ended, key=lambda outcome: outcome.index)

    def _read(self, payload: Any, rows: Rows[R]) -> AllDone | list[RowResult | None]:
        try:
            told = self._batch.read(payload, rows)
            if len(told.ids if isinstance(told, AllDone) else told) == len(rows):
                return told
            why = _OTHER_COUNT
        except Exception as odd:  # noqa: BLE001 - an answer nobody foresaw loses no row
            # Not with its traceback: it may show what the answer says of a person.
            why = type(odd).__name__
        log.error("an answer could not be read: %s", why)
        return [None] * len(rows)

    async def _again(
        self,
        rows: Rows[R],
        ended: list[Outcome[R]],
        rounds: int,
        *,
        repeatable: bool,
        sought: bool,
    ) -> list[Outcome[R]]:
        """Send those again that were refused by themselves for a reason that passes, and look up
        those of which the answer does not tell."""
        if all(outcome.error is None for outcome in ended):
            return ended
        places: list[int] = []
        if rounds:
            places = [place for place, one in enumerate(ended) if _passes(one, repeatable)]
        doubtful = [
            place
            for place, one in enumerate(ended)
            if one.status is Status.UNKNOWN and place not in places
        ]
        if doubtful:
            looked = await self._look_up(
                rows.at(doubtful), [ended[place] for place in doubtful], rounds, sought=sought
            )
            for place, outcome in zip(doubtful, looked, strict=True):
                ended[place] = outcome
        if not places:
            return ended
        await asyncio.sleep(_PAUSE * 2 ** (_ROUNDS - rounds))
        again = rows.at(places)
        later = await self.outcomes(again, rounds=rounds - 1, sought=sought)
        # A failure of the row's own does not say that nothing was done.
        failed = [at for at, place in enumerate(places) if ended[place].status is Status.UNKNOWN]
        return _put(ended, places, await self._late(again, later, failed, sought=sought))

    async def _look_up(
        self, rows: Rows[R], ended: list[Outcome[R]], rounds: int, *, sought: bool = False
    ) -> list[Outcome[R]]:
        """Ask what became of rows whose answer was lost, and send those again that did not arrive,
        while there are ``rounds``; what can't be told stays unknown.

        :param sought: see :meth:`outcomes`.
        """
        if self._batch.look_up is None:
            return ended
        places = []
        for place, one in enumerate(await self._found(rows)):
            if isinstance(one, Absent):
                places.append(place)
            elif isinstance(one, RowResult):
                ended[place] = _by(one, ended[place])
            elif isinstance(one, Present):
                ended[place] = _by(_of_present(one, sought=sought), ended[place])
        if not places or not rounds:
            return ended
        absent = rows.at(places)
        absent.doubtful = frozenset()
        later = await self.outcomes(absent, rounds=rounds - 1, sought=True)
        later = await self._late(absent, later, range(len(absent)), sought=True)
        return _put(ended, places, later)

    async def _late(
        self,
        rows: Rows[R],
        ended: list[Outcome[R]],
        places: Sequence[int],
        *,
        sought: bool = False,
    ) -> list[Outcome[R]]:
        """A refusal of rows at ``places`` may be about a request of theirs whose response was lost.
        Look those rows up before they are reported as rejected.

        :param sought: see :meth:`outcomes`.
        """
        refused = [place for place in places if ended[place].status is Status.REJECTED]
        if not refused:
            return ended
        found = await self._found(rows.at(refused))
        for place, one in zip(refused, found, strict=True):
            outcome = ended[place]
            if isinstance(one, RowResult):
                if one.status is Status.DONE:
                    ended[place] = _by(one, outcome)
            elif isinstance(one, Present):
                ended[place] = _by(_of_present(one, sought=sought), outcome)
            elif one is not ABSENT or (outcome.error and self._batch.is_conflict(outcome.error)):
                # The look-up can't tell; or the vendor says that it exists, and does not show it.
                ended[place] = _by(RowResult(Status.UNKNOWN, None, _LOST), outcome)
        return ended

    async def _found(self, rows: Rows[R]) -> list[Found]:
        """What the look-up says of each row; one that fails says nothing, whatever the reason: an
        account that may write need not be one that may read."""
        if self._batch.look_up is None:
            return [None] * len(rows)
        try:
            found = await self._batch.look_up(rows)
            self.looked_up = True
            if len(found) == len(rows):
                return found
            why = _OTHER_COUNT
        except LmsError:
            return [None] * len(rows)
        except Exception as odd:  # noqa: BLE001 - an answer nobody foresaw loses no row
            why = type(odd).__name__
        log.error("a look-up could not be read: %s", why)
        return [None] * len(rows)


def _of_present(found: Present, *, sought: bool) -> RowResult:
    """What to say of a row whose key is there with other values, see the module's first lines."""
    if sought:
        return RowResult(Status.DONE, found.id)
    return RowResult(Status.UNKNOWN, found.id, _THERE)


def _by(verdict: RowResult, earlier: Outcome[R]) -> Outcome[R]:
    """The outcome of a row whose ``earlier`` one was not the last word."""
    return attrs.evolve(earlier, status=verdict.status, id=verdict.id, error=verdict.error)


def _code(outcome: Outcome[Any]) -> str:
    return outcome.error.code if outcome.error is not None else ""


def _passes(outcome: Outcome[Any], repeatable: bool) -> bool:
    """Whether a row's own refusal passes: a limit; or a failure, if a second time does no harm."""
    code = _code(outcome)
    failed = code.isdigit() and len(code) == 3 and code[0] == "5"
    return code == "429" or (repeatable and failed)


def _put(ended: list[Outcome[R]], places: list[int], later: list[Outcome[R]]) -> list[Outcome[R]]:
    for place, outcome in zip(places, later, strict=True):
        if outcome.status is Status.SKIPPED:
            continue  # not sent again after all: what was known of it still holds
        outcome.attempts += ended[place].attempts
        ended[place] = outcome
    return ended


def _together(rows: Rows[R], error: LmsError, effect: Effect) -> list[Outcome[R]]:
    """The fate of a chunk as a whole, for each of its rows."""
    status = (
        Status.UNKNOWN
        if error.may_have_acted
        else Status.REJECTED
        if effect in (Effect.CONTENT, Effect.SHARED)
        else Status.SKIPPED
    )
    return all_alike(rows, status, RowError(_code_of(error), str(error)), error.attempts)


def _code_of(error: LmsError) -> str:
    if isinstance(error, ApiError):
        return str(error.status)
    return "lost" if error.may_have_acted else "stopped"
