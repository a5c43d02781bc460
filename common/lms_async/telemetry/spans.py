"""The spans: one for each attempt of a request, and one for each longer wait for the rate limit.

A span is made when the attempt has ended, and begins in the past. So nothing has to be kept between
two events, and no span stays open. Its parent is the span in which the call was made.
"""

from __future__ import annotations

import time

from opentelemetry.trace import SpanKind, Status, StatusCode, TracerProvider, get_tracer

from .._version import __version__
from ..events import Event, RequestFailed, RequestSent, ResponseReceived
from .attributes import ERROR, RESEND_COUNT, TEMPLATE, Attributes, of_request, of_response, template

#: Shorter waits for the rate limit have no span, in seconds. Every request waits for a moment.
SHORTEST_WAIT = 0.01


class Spans:
    """Makes spans from events.

    :param provider: where spans go; by default, OpenTelemetry's global provider.
    """

    def __init__(self, provider: TracerProvider | None) -> None:
        self._tracer = get_tracer("lms_async", __version__, provider)

    def record(self, event: Event, given: Attributes) -> None:
        """Make a span if ``event`` ends an attempt or a wait.

        :param given: the attributes of the account and the job.
        """
        match event:
            case ResponseReceived():
                self._request(event, event.seconds, given, of_response(event.status))
            case RequestFailed():
                self._request(event, event.seconds, given, {ERROR: event.error})
            case RequestSent() if event.waited >= SHORTEST_WAIT:
                self._span("wait for the rate limit", event.waited, SpanKind.INTERNAL, given)

    def _request(
        self,
        event: ResponseReceived | RequestFailed,
        seconds: float,
        given: Attributes,
        result: Attributes,
    ) -> None:
        path = template(event)
        attributes = {**given, **of_request(event), TEMPLATE: path, **result}
        if event.attempt > 1:
            attributes[RESEND_COUNT] = event.attempt - 1
        self._span(f"{event.method} {path}", seconds, SpanKind.CLIENT, attributes)

    def _span(self, name: str, seconds: float, kind: SpanKind, attributes: Attributes) -> None:
        ended = time.time_ns()
        span = self._tracer.start_span(
            name, kind=kind, attributes=attributes, start_time=ended - int(seconds * 1e9)
        )
        if ERROR in attributes:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)
