"""The metrics: counters, histograms and gauges, with their names and units.

Paths are no attributes of metrics, so that an account has only a few time series.
"""

from __future__ import annotations

from opentelemetry.metrics import MeterProvider, get_meter

from .._version import __version__
from ..events import (
    Event,
    Refused,
    RequestFailed,
    RequestSent,
    ResponseReceived,
    Retrying,
    RowsFinished,
)
from .attributes import (
    ACCOUNT,
    ERROR,
    OPERATION,
    ROW_STATUS,
    STATUS,
    Attributes,
    of_request,
    of_response,
)
from .limits import LimitGauges

#: The buckets of the semantic conventions, in seconds, and those up to a client's timeout.
_REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
_REQUEST_SECONDS += [30, 60]
#: Waits may be as long as the periods and pauses of vendors.
_WAIT_SECONDS = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]


class Metrics:
    """Records metrics from events.

    :param provider: where metrics go; by default, OpenTelemetry's global provider.
    """

    def __init__(self, provider: MeterProvider | None) -> None:
        meter = get_meter("lms_async", __version__, provider)
        self._requests = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_REQUEST_SECONDS,
        )
        self._waits = meter.create_histogram(
            "lms.limit.wait.duration",
            "s",
            "How long requests waited for the rate limit.",
            explicit_bucket_boundaries_advisory=_WAIT_SECONDS,
        )
        self._retries = meter.create_counter(
            "lms.request.retries", "{retry}", "Attempts that follow a failed one."
        )
        self._refusals = meter.create_counter(
            "lms.limit.refusals", "{refusal}", "Responses that asked for a pause, such as 429."
        )
        self._rows = meter.create_counter(
            "lms.bulk.rows", "{row}", "Rows of bulk calls, by their status."
        )
        self._limits = LimitGauges(meter)

    def record(self, event: Event, given: Attributes) -> None:
        """Record what ``event`` says.

        :param given: the attributes of the account and the job.
        """
        match event:
            case RequestSent():
                self._waits.record(event.waited, given)
                self._limits.watch(event.limits, str(given[ACCOUNT]))
            case ResponseReceived():
                result = of_response(event.status)
                self._requests.record(event.seconds, {**given, **of_request(event), **result})
            case RequestFailed():
                error = {ERROR: event.error}
                self._requests.record(event.seconds, {**given, **of_request(event), **error})
            case Retrying():
                self._retries.add(1, {**given, ERROR: event.error})
            case Refused():
                self._refusals.add(1, {**given, STATUS: event.status})
            case RowsFinished():
                of_rows = {OPERATION: event.operation, ROW_STATUS: event.status}
                self._rows.add(event.rows, {**given, **of_rows})
