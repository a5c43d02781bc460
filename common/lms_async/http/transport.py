"""The one road to the wire.

::

    send = retry( slot = limiter.acquire → wire.exchange( sign ) → vendor.check ) → decode

Waits for a slot and sleeps between attempts stand outside the exchange, so that its timeout is the
vendor's alone; each attempt is signed afresh, and a refusal (429) stops everybody who shares the
limit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable, Sequence
from copy import copy
from functools import partial
from math import inf
from typing import Any, TypeVar, cast, get_args

import attrs
import orjson

from ..errors import (
    ApiError,
    CrossHostRedirect,
    DecodeError,
    InvalidInput,
    LmsError,
    OutcomeUnknown,
    RateLimited,
    Unauthorized,
    UnexpectedResponse,
)
from ..events import (
    Listener,
    Refused,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    Retrying,
    heard,
    log,
    tell,
)
from ..limits.registry import acquired, shared
from ..limits.slot import FullSlot
from ..limits.window import Limiter, Priority
from ..records.scalars import Misfit
from .call import AttemptObserver, Call, follow
from .concurrency import Width
from .envelope import confirm
from .responses import Response
from .retry import Quota, RetryableError, RetryPolicy, is_lost, is_retryable, retry_after, retrying
from .vendor import Vendor
from .wire import Wire

T = TypeVar("T")

_MOST_HOPS = 5
#: How often credentials are renewed because a slot came only after their time.
_MOST_RENEWALS = 3


@attrs.define(eq=False)
class _Try:
    """One call on its way: how many attempts it took, what they cost, how long it was paused."""

    call: Call[Any] = attrs.field(repr=False)
    body: bytes | None = attrs.field(repr=False)
    attempts: int = 0
    paid: int = 0
    paused: float = 0.0
    #: Which credentials the last attempt carried, and whether ones that were refused were renewed.
    generation: int | None = None
    renewed: bool = False
    #: Whether the credentials could not be had: that was tried as often as it may be.
    unprepared: bool = False
    #: Whether an attempt was sent whose answer is not known, whatever became of the later ones.
    in_doubt: bool = False
    #: The failure of the first attempt, until it is known whether there is a second.
    failure: LmsError | None = None
    watch: AttemptObserver | None = attrs.field(default=None, repr=False)


class Transport:
    """Sends calls of one client: see the module's first lines."""

    def __init__(
        self,
        vendor: Vendor,
        wire: Wire,
        *,
        limiter: Limiter | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 60.0,
        events: Sequence[Listener] = (),
        priority: Priority = "normal",
    ) -> None:
        if priority not in get_args(Priority):
            raise InvalidInput(f"priority is one of {', '.join(get_args(Priority))}")
        if not 0 < timeout < inf:
            raise InvalidInput("timeout is a number of seconds, above 0")
        self.vendor = vendor
        self.wire = wire
        self._limiter = limiter
        self._policy = retry or RetryPolicy()
        self._quota = Quota(self._policy.quota)
        self._timeout = timeout
        self._events = heard(events)
        self._priority = priority
        self._width = Width(least=8)
        self._again = retrying(self._policy, self._attempt, self._note)

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        priority: Priority | None = None,
    ) -> Transport:
        """A transport over the same session and limiter, with other options; the quota of retries
        is the same too, unless ``retry`` brings its own."""
        view = Transport(
            self.vendor,
            self.wire,
            limiter=self._limiter,
            retry=retry or self._policy,
            timeout=self._timeout if timeout is None else timeout,
            events=self._events,
            priority=priority or self._priority,
        )
        view._width = self._width
        if retry is None:
            view._quota = self._quota
        return view

    @property
    def account(self) -> Hashable:
        """What tells the account that is worked on from others; may hold a secret."""
        return self.vendor.account

    @property
    def max_failed_chunks(self) -> int:
        """See :class:`~lms_async.RetryPolicy`."""
        return self._policy.max_failed_chunks

    @property
    def width(self) -> int:
        """How many requests are worth keeping under way at once, as far as is known now."""
        limiter = self._limiter or shared(self.vendor.scope, self.vendor.default_limiter)
        return self._width.at(limiter.rate)

    async def send(self, call: Call[T]) -> T:
        """Send ``call``, and give what it returns.

        :raises LmsError: see :mod:`lms_async.errors`.
        """
        payload, _ = await self.fetch(call)
        return self.decode(call, payload)

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        """The checked payload of ``call``, not decoded, and how many attempts it took.

        :param watch: told of each attempt.
        """
        attempts = 0
        for _ in range(_MOST_HOPS):
            answer, payload, made = await self._perform(call, watch)
            attempts += made
            if not _is_redirect(answer):
                return payload, attempts
            call = self._redirected(call, answer, attempts)
        raise UnexpectedResponse(f"more than {_MOST_HOPS} redirects", call=call).after(attempts)

    def decode(self, call: Call[T], payload: Any) -> T:
        """``payload`` as the type that ``call`` returns.

        :raises DecodeError: names the fields that don't fit; holds none of their values.
        """
        if call.returns is None or call.returns is Response:
            return cast("T", payload)
        if call.envelope_key is not None:
            payload = payload[call.envelope_key]
        try:
            return self.vendor.converter.structure(payload, call.returns)
        except Misfit as misfit:
            paths = [f"{path or 'all of it'}: {why}" for path, why in misfit.fields.items()]
        raise DecodeError(paths, call=call)

    async def _perform(
        self, call: Call[Any], watch: AttemptObserver | None
    ) -> tuple[Response, Any, int]:
        state = _Try(call, _encoded(call), watch=watch)
        try:
            # Nearly every call succeeds at once: only one that did not goes through backoff.
            answer, payload = await self._exchange(state)
        except LmsError as failure:
            state.failure = failure
        else:
            self._quota.earn(1)
            return answer, payload, state.attempts
        try:
            answer, payload = await self._again(state)
        except RetryableError as given_up:
            error = given_up.error
        except LmsError as final:
            error = final
        else:
            self._quota.earn(state.paid or 1)
            return answer, payload, state.attempts
        lost = is_lost(error) and not call.repeatable
        if lost or (state.in_doubt and not error.may_have_acted):
            error = _in_doubt(call, error)
        raise error.after(state.attempts)

    async def _attempt(self, state: _Try) -> tuple[Response, Any]:
        """One attempt, or the failure of the first one, which has been made."""
        call = state.call
        error, state.failure = state.failure, None
        if error is None:
            try:
                return await self._exchange(state)
            except LmsError as failure:
                error = failure
        state.in_doubt |= error.may_have_acted and call.method != "GET"
        if state.watch is not None and error.may_have_acted:
            state.watch.lost()
        if not self._may_retry(state, error):
            raise error
        if state.watch is not None and not state.in_doubt:
            state.watch.will_retry()
        raise RetryableError(error, state)

    async def _exchange(self, state: _Try) -> tuple[Response, Any]:
        call = state.call
        url = self._url(call)
        watched = bool(self._events) or log.isEnabledFor(logging.DEBUG)
        asked = time.monotonic()
        slot = await self._slot(state)
        left = time.monotonic()
        try:
            if state.watch is not None:
                await state.watch.before_send()
                left = time.monotonic()
            state.attempts += 1
            if watched:
                tell(self._events, RequestSent(str(call), state.attempts, left - asked))
        except BaseException:
            slot.unused()
            raise
        state.generation = self.vendor.generation()
        try:
            # From here on the wire alone knows whether the request was sent: it ends the slot.
            answer = await self.wire.exchange(
                call,
                url,
                state.body,
                signed=self.vendor.auth_headers,
                slot=slot,
                seconds=self._timeout,
                late=partial(self._came_late, call),
            )
        except LmsError as error:
            tell(self._events, RequestFailed(str(call), state.attempts, type(error).__name__))
            raise
        seconds = time.monotonic() - left
        self._width.answered(seconds)
        if watched:
            tell(self._events, ResponseReceived(str(call), state.attempts, answer.status, seconds))
        try:
            payload = None if _is_redirect(answer) else self.vendor.check(call, answer)
            confirm(call, payload)
        except ApiError as refused:
            self._pause(call, refused)
            raise
        return answer, payload

    def _pause(self, call: Call[Any], refused: ApiError) -> None:
        """Let everybody who shares the limit wait, if the vendor asks for it."""
        if refused.retry_after is None:
            return
        for limiter in self._limiters(call):
            limiter.pause(refused.retry_after, refusal=refused.status == 429)
        tell(self._events, Refused(str(call), refused.retry_after, refused.status))

    def _came_late(self, call: Call[Any], answer: Response) -> None:
        """Heed a refusal whose caller has been cancelled: the pause is for everybody."""
        if answer.status < 400:
            return
        try:
            self.vendor.check(call, answer)
        except ApiError as refused:
            self._pause(call, refused)
        except LmsError:
            pass

    def _url(self, call: Call[Any]) -> str:
        try:
            return self.vendor.url(call)
        except UnicodeError:
            pass
        raise InvalidInput("a parameter of the call is not text that can be encoded")

    async def _prepare(self, state: _Try) -> None:
        """Have the credentials for the next attempt.

        :raises LmsError: they could not be had. Nothing of this call was sent, whatever became of
            the request for them, and no other call could fare better.
        """
        try:
            await self.vendor.prepare()
        except LmsError as error:
            failure = copy(error)  # all who wait for the credentials are raised the same one
        else:
            return
        failure.may_have_acted = False
        failure.stops = True
        state.unprepared = True
        raise failure

    async def _slot(self, state: _Try) -> FullSlot:
        """The right to send one attempt now, with credentials that are fresh by now."""
        call = state.call
        for turn in range(_MOST_RENEWALS):
            await self._prepare(state)
            try:
                slot = await acquired(
                    self._limiters(call),
                    weight=self.vendor.weight(call),
                    priority=self._priority,
                    max_pause=self._policy.max_pause,
                )
            except RateLimited as paused:
                wait = paused.retry_after
            else:
                last = turn == _MOST_RENEWALS - 1  # with credentials that are about to end
                try:
                    if last or self.vendor.is_prepared():
                        return slot
                except BaseException:
                    slot.unused()
                    raise
                slot.unused()  # it was long in coming, and the credentials ended meanwhile
                continue
            raise RateLimited(429, retry_after=wait, call=call)
        raise AssertionError  # the last turn returns or raises

    def _limiters(self, call: Call[Any]) -> list[Limiter]:
        """What ``call`` has to pass: the caller's own limiter, or the vendor's."""
        if self._limiter is not None:
            return [self._limiter]
        return [shared(scope, make) for scope, make in self.vendor.limits(call).items()]

    def _may_retry(self, state: _Try, error: LmsError) -> bool:
        if state.unprepared:
            return False
        if type(error) is Unauthorized and state.generation is not None and not state.renewed:
            # A token may be revoked before its time. Nothing was done, so any call may be repeated.
            self.vendor.expire(state.generation)
            state.renewed = True
            return True
        if not is_retryable(error, state.call):
            return False
        asked = retry_after(error)
        if asked is not None:
            # A pause costs patience, not attempts: everybody waits it out together.
            state.paused += max(asked, 0.001)
            return state.paused <= self._policy.max_pause
        if state.attempts >= self._policy.tries:
            return False
        cost = self._quota.cost(error)
        if not self._quota.take(cost):
            return False
        state.paid += cost
        return True

    def _note(self, passing: RetryableError, seconds: float) -> None:
        state = cast("_Try", passing.state)
        name = type(passing.error).__name__
        tell(self._events, Retrying(str(state.call), state.attempts, name, seconds))

    def _redirected(self, call: Call[Any], answer: Response, attempts: int) -> Call[Any]:
        if call.method != "GET":
            refused = UnexpectedResponse("the vendor redirected a write", call=call)
            raise refused.after(attempts)
        try:
            return follow(call, answer.headers["location"], base_url=self.vendor.base_url)
        except ValueError as refused:
            why = str(refused)
        raise CrossHostRedirect(f"redirect not followed: {why}", call=call).after(attempts)


def _encoded(call: Call[Any]) -> bytes | None:
    if call.body is None or isinstance(call.body, bytes):
        return call.body
    try:
        return orjson.dumps(call.body)
    except TypeError:  # its text may name the value
        pass
    raise InvalidInput(f"{call}: the body can't be written as JSON")


def _in_doubt(call: Call[Any], error: LmsError) -> OutcomeUnknown:
    """What to tell of a write that was sent, now or in an earlier attempt, and not answered."""
    earlier = "" if error.may_have_acted else "an earlier attempt's answer was lost, then "
    unknown = OutcomeUnknown(
        f"{earlier}{error.what}; the vendor may have acted",
        call=call,
        hint="look at the vendor before you repeat it",
    )
    unknown.stops = error.stops
    return unknown


def _is_redirect(answer: Response) -> bool:
    return 300 <= answer.status < 400 and "location" in answer.headers
