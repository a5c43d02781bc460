"""Send a call: from a :class:`Call` to a decoded value, with rate limit, retries and redirects.

::

    send → _fetch (follows redirects) → _perform (retries) → _attempt → decode
                                                                │
               acquire_slot → wire.exchange (signs, sends) → vendor.check

Waiting for a slot and pausing between attempts happen outside ``wire.exchange``, so the timeout of
one attempt measures the vendor only. Each attempt is signed anew. A rate-limit response (429)
pauses every call that shares the limit.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from math import inf
from typing import Any, ClassVar, TypeVar, cast, get_args

from ..errors import (
    ApiError,
    DecodeError,
    InvalidInput,
    LmsError,
    Unauthorized,
    UnexpectedResponse,
)
from ..events import (
    Listener,
    OnCall,
    Refused,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    Retrying,
    checked_listeners,
    log,
    tell,
)
from ..limits.limiter import Limiter
from ..limits.queue import Priority
from ..limits.registry import shared
from ..records.scalar_rules import Misfit
from .acquire import acquire_slot
from .attempts import Attempts
from .body import StreamedResponse
from .call import AttemptObserver, Call
from .concurrency import Width
from .in_flight import Progress
from .redirects import is_redirect, redirected
from .renewal import Renewal
from .responses import Response, confirm
from .retry import Quota, RetryPolicy
from .vendor import Vendor
from .wire import Wire

T = TypeVar("T")

_MOST_HOPS = 5


def _unchanged(vendor: Vendor) -> Vendor:
    return vendor


class Transport:
    """Sends the calls of one client.

    :param limiter: replaces the vendor's own limits. A call waits for all of several limiters, in
        this order.
    :param timeout: seconds for one attempt.
    :param deadline: seconds for a call as a whole, with queue, pauses and retries.
    """

    #: Whether the pages of a list may be fetched side by side.
    reads_ahead: ClassVar[bool] = True

    def __init__(
        self,
        vendor: Vendor,
        wire: Wire,
        *,
        limiter: Limiter | Sequence[Limiter] | None = None,
        retry: RetryPolicy | None = None,
        timeout: float = 60.0,
        events: Sequence[Listener] = (),
        priority: Priority = "normal",
        deadline: float | None = None,
    ) -> None:
        if priority not in get_args(Priority):
            raise InvalidInput(f"priority is one of {', '.join(get_args(Priority))}")
        for name, seconds in (("timeout", timeout), ("deadline", deadline)):
            if seconds is not None and not 0 < seconds < inf:
                raise InvalidInput(f"{name} is a number of seconds, above 0")
        self.vendor = vendor
        self.wire = wire
        if limiter is not None and not isinstance(limiter, Sequence):
            limiter = (limiter,)
        #: Those of the caller; empty for the vendor's own.
        self._own_limiters: Sequence[Limiter] = tuple(limiter or ())
        if len({id(one) for one in self._own_limiters}) < len(self._own_limiters):
            raise InvalidInput("a list of limiters has the same limiter twice")
        self._policy = retry or RetryPolicy()
        self._quota = Quota(self._policy.quota)
        self._timeout = timeout
        self._events = checked_listeners(events)
        self._priority = priority
        self._deadline = deadline
        self._width = Width(least=8)
        #: The credentials of :class:`~lms_async.accounts.Accounts`; ``None`` for other clients.
        self.renewal: Renewal | None = None
        self._adapt: Callable[[Vendor], Vendor] = _unchanged

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retry: RetryPolicy | None = None,
        priority: Priority | None = None,
        deadline: float | None = None,
        vendor: Vendor | None = None,
        adapt: Callable[[Vendor], Vendor] | None = None,
        limiter: Limiter | None = None,
        kind: type[Transport] | None = None,
    ) -> Transport:
        """Return a transport with other options over the same session and limiter.

        It shares the quota of retries too, unless ``retry`` is given.

        :param vendor: another vendor, or other credentials. They are not renewed.
        :param adapt: returns the same vendor and account with other settings. It replaces those
            of this view, and is called again when the credentials were renewed.
        :param limiter: replaces the limits.
        :param kind: the class of the view; by default, the class of this transport.
        """
        view = (kind or type(self))(
            vendor or (adapt or _unchanged)(self.vendor),
            self.wire,
            limiter=limiter or self._own_limiters,
            retry=retry or self._policy,
            timeout=self._timeout if timeout is None else timeout,
            events=self._events,
            priority=priority or self._priority,
            deadline=self._deadline if deadline is None else deadline,
        )
        view._width = self._width
        if vendor is None:
            view.renewal = self.renewal
            view._adapt = adapt or self._adapt
        if retry is None:
            view._quota = self._quota
        return view

    @property
    def account(self) -> Hashable:
        """What identifies the account. It may contain a secret."""
        return self.vendor.account

    @property
    def deadline(self) -> float | None:
        """The deadline of a whole call, in seconds; ``None`` if there is none."""
        return self._deadline

    @property
    def events(self) -> Sequence[Listener]:
        """The functions to call with each event."""
        return self._events

    def notify(
        self, kind: Callable[..., OnCall], call: Call[Any], *values: Any, **rest: Any
    ) -> None:
        """Tell the listeners of an event of ``call``.

        :param kind: the event's class.
        :param values: the event's own fields, in order; ``rest`` has those with names.
        """
        base_url = self.vendor.shown_base_url
        event = kind(str(call), *values, template=call.template, base_url=base_url, **rest)
        tell(self._events, event)

    @property
    def max_failed_chunks(self) -> int:
        """See :class:`~lms_async.RetryPolicy`."""
        return self._policy.max_failed_chunks

    @property
    def width(self) -> int:
        """How many requests to keep in flight, given the latencies so far."""
        limiters = self._own_limiters or [shared(self.vendor.scope, self.vendor.default_limiter)]
        return self._width.at(min(limiter.rate for limiter in limiters))

    async def send(self, call: Call[T]) -> T:
        """Send ``call`` and return its decoded value.

        :raises LmsError: see :mod:`lms_async.errors`.
        """
        response, payload, _ = await self._fetch(call, None)
        try:
            return self.decode(call, payload)
        except DecodeError as error:
            error.response = response.shortened()
            raise

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        """Send ``call`` and return its checked payload, not decoded, and the number of attempts.

        :param watch: notified of each attempt.
        :raises LmsError: see :mod:`lms_async.errors`.
        """
        _, payload, made = await self._fetch(call, watch)
        return payload, made

    async def open(self, call: Call[Response]) -> tuple[Response, int]:
        """Send ``call``. Return the success with its body unread, and the number of attempts.

        Use :func:`~lms_async.http.stream.stream`, which closes the response.
        """
        response, _, made = await self._fetch(call, None, is_streamed=True)
        return response, made

    async def _fetch(
        self, call: Call[Any], watch: AttemptObserver | None, *, is_streamed: bool = False
    ) -> tuple[Response, Any, int]:
        """Send ``call``, follow redirects, and return response, payload and number of attempts."""
        perform, ends_at = self._perform, inf
        if self._deadline is not None:
            perform = self._by_deadline
            ends_at = asyncio.get_running_loop().time() + self._deadline
        made = 0
        for _ in range(_MOST_HOPS):
            attempts = Attempts(call, self._policy, self._quota, watch, ends_at)
            if is_streamed:
                attempts.is_streamed = True
            response, payload = await perform(attempts)
            made += attempts.made
            if not is_redirect(response):
                return response, payload, made
            call = redirected(call, response, made, base_url=self.vendor.base_url)
        raise UnexpectedResponse(f"more than {_MOST_HOPS} redirects", call=call).after(made)

    def decode(self, call: Call[T], payload: Any) -> T:
        """Return ``payload`` as the type that ``call`` returns.

        :raises DecodeError: names the fields that don't fit, without their values.
        """
        if call.returns is None or call.returns is Response:
            return cast("T", payload)
        if call.envelope_key is not None:
            payload = payload[call.envelope_key]
        try:
            return self.vendor.converter.structure(payload, call.returns)
        except Misfit as misfit:
            paths = [f"{path or 'the payload'}: {why}" for path, why in misfit.fields.items()]
        raise DecodeError(paths, call=call)

    async def _by_deadline(self, attempts: Attempts) -> tuple[Response, Any]:
        """Do the same as :meth:`_perform`, but end the call when its deadline passes."""
        try:
            async with asyncio.timeout_at(attempts.ends_at) as deadline:
                return await self._perform(attempts)
        except TimeoutError:
            if not deadline.expired():
                raise
        raise attempts.out_of_time()

    async def _perform(self, attempts: Attempts) -> tuple[Response, Any]:
        """Make attempts until one succeeds or no further attempt is allowed."""
        attempts.body = attempts.call.encoded_body()
        while True:
            try:
                response, payload = await self._attempt(attempts)
            except LmsError as error:
                failure = error
            else:
                attempts.succeeded()
                return response, payload
            attempts.failed(failure)
            wait = self._wait_after(failure, attempts)
            if wait is None:
                raise attempts.final(failure)
            if wait > attempts.seconds_left():
                raise attempts.out_of_time()
            attempts.will_retry()
            name = type(failure).__name__
            self.notify(Retrying, attempts.call, attempts.made, name, wait)
            await asyncio.sleep(wait)

    def _wait_after(self, error: LmsError, attempts: Attempts) -> float | None:
        """Return the seconds until the next attempt, or ``None`` if ``error`` ends the call."""
        if type(error) is Unauthorized and attempts.may_renew():
            # The token may have been revoked before it expired. The vendor did nothing, so any call
            # may be repeated.
            self._credentials.expire(attempts.generation)
            return 0.0
        return attempts.wait_after(error)

    async def _attempt(self, attempts: Attempts) -> tuple[Response, Any]:
        """Make one attempt: wait for a slot, send the request, check the response."""
        call = attempts.call
        vendor, url = self.vendor, self._url(call)
        watched = bool(self._events) or log.isEnabledFor(logging.DEBUG)
        waiting_since = time.monotonic()
        slot = await acquire_slot(
            attempts,
            self._credentials.prepare,
            self._current_vendor,
            self._limiters,
            priority=self._priority,
            max_pause=min(self._policy.max_pause, attempts.seconds_left()),
        )
        sent_at = time.monotonic()
        try:
            if attempts.observer is not None:
                await attempts.observer.before_send()
                sent_at = time.monotonic()
            attempts.made += 1
            if watched:
                waited = sent_at - waiting_since
                limits = [one for one in self._limiters(call) if hasattr(one, "slots_in_use")]
                self.notify(RequestSent, call, attempts.made, waited, limits=limits)
            attempts.generation = self._credentials.generation()
            if self._current_vendor() is not vendor:
                url = self._url(call)  # it may contain a token
        except BaseException:
            slot.unused()
            raise
        attempts.progress = Progress(slot)
        try:
            # From here on, only the wire knows whether the request was sent. So it ends the slot.
            response = await self.wire.exchange(
                call,
                url,
                attempts.body,
                headers=self.vendor.headers(call),
                signed=self.vendor.auth_headers,
                progress=attempts.progress,
                seconds=self._timeout,
                late=partial(self._came_late, call),
                is_streamed=attempts.is_streamed,
            )
        except BaseException as error:
            if isinstance(error, LmsError):
                attempts.progress = None
            if watched:
                seconds = time.monotonic() - sent_at
                name = type(error).__name__
                self.notify(RequestFailed, call, attempts.made, name, seconds)
            raise
        attempts.progress = None
        seconds = time.monotonic() - sent_at
        self._width.answered(seconds)
        if watched:
            self.notify(ResponseReceived, call, attempts.made, response.status, seconds)
        return response, self._checked(call, response)

    @property
    def _credentials(self) -> Vendor | Renewal:
        """What renews the credentials: the caller's function for new ones, or the vendor."""
        return self.vendor if self.renewal is None else self.renewal

    def _current_vendor(self) -> Vendor:
        """Return the vendor with the current credentials."""
        if self.renewal is not None:
            self.vendor = self._adapt(self.renewal.vendor)
        return self.vendor

    def _checked(self, call: Call[Any], response: Response) -> Any:
        """Return the payload of a success, ``None`` for a redirect."""
        try:
            payload = None if is_redirect(response) else self.vendor.check(call, response)
            confirm(call, payload)
        except LmsError as error:
            if isinstance(response, StreamedResponse):
                response.reader.close()
            error.response = response.shortened()
            if isinstance(error, ApiError):
                self._pause(call, error)
            raise
        return payload

    def _pause(self, call: Call[Any], refused: ApiError) -> None:
        """Pause all calls that share the limit, if the vendor asks for it."""
        if refused.retry_after is None:
            return
        for limiter in self._limiters(call):
            limiter.pause(refused.retry_after, refusal=refused.status == 429)
        self.notify(Refused, call, refused.retry_after, refused.status)

    def _came_late(self, call: Call[Any], response: Response) -> None:
        """Pause all calls if the response to a cancelled call asks for a pause."""
        if response.status < 400:
            return
        try:
            self.vendor.check(call, response)
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

    def _limiters(self, call: Call[Any]) -> Sequence[Limiter]:
        """Return the limiters that ``call`` waits for: the caller's own, or the vendor's."""
        if self._own_limiters:
            return self._own_limiters
        return [shared(scope, make) for scope, make in self.vendor.limits(call).items()]
