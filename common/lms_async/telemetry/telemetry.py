"""The listeners that pass a client's events to OpenTelemetry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

from ..events import Event, Listener
from .attributes import ACCOUNT, JOB, Attributes
from .metrics import Metrics
from .spans import Spans

_job: ContextVar[str | None] = ContextVar("lms_async.telemetry.job", default=None)


class Telemetry:
    """Reports what clients do as spans and metrics of OpenTelemetry.

    Make one for the whole process, and give each client a listener of its account, with the
    client's option ``events=[telemetry.account("north-high")]``.

    Spans and metrics contain the names of the account and the job, the vendor's host, the method,
    the path with the names of parameters, the status, the class of an error, and times. They never
    contain ids, names, keys, tokens, queries or bodies.

    :param tracer_provider: where spans go; by default, OpenTelemetry's global provider.
    :param meter_provider: where metrics go; by default, OpenTelemetry's global provider.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self._spans = Spans(tracer_provider)
        self._metrics = Metrics(meter_provider)

    def account(self, name: str) -> Listener:
        """Return a listener for the ``events`` of an account's client.

        :param name: your own name of the account, the value of ``lms.account``. Do not use a key.
        """
        only_account: Attributes = {ACCOUNT: name}

        def record(event: Event) -> None:
            job = _job.get()
            given = only_account if job is None else {**only_account, JOB: job}
            self._metrics.record(event, given)
            self._spans.record(event, given)

        return record

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """Mark everything that is sent in the ``with`` block, and in tasks that begin in it.

        :param name: the value of ``lms.job``, e.g. ``nightly import``. Each new name adds time
            series, so use a few names, without dates and numbers.
        """
        token = _job.set(name)
        try:
            yield
        finally:
            _job.reset(token)
