"""An OpenTelemetry SDK whose spans and metrics stay in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from lms_async.telemetry import Telemetry


class Recorded:
    """What was reported to OpenTelemetry."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.tracer_provider = TracerProvider()
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self._reader = InMemoryMetricReader()
        self.meter_provider = MeterProvider([self._reader])
        self.telemetry = Telemetry(
            tracer_provider=self.tracer_provider, meter_provider=self.meter_provider
        )

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    def metrics(self) -> dict[str, list[Any]]:
        """Return the points of each metric."""
        data = self._reader.get_metrics_data()
        scopes = (
            [] if data is None else [one for r in data.resource_metrics for one in r.scope_metrics]
        )
        return {metric.name: list(metric.data.data_points) for s in scopes for metric in s.metrics}

    def points(self, metric: str) -> list[tuple[Mapping[str, Any], Any]]:
        """Return attributes and value of each point of a metric; of histograms, the count."""
        points = self.metrics().get(metric, [])
        return [(dict(p.attributes), p.count if hasattr(p, "count") else p.value) for p in points]

    def texts(self) -> Iterator[str]:
        """Yield every text of all spans and metrics: names, attributes, events and states."""
        for span in self.spans:
            events = [(event.name, dict(event.attributes or {})) for event in span.events]
            yield f"{span.name} {dict(span.attributes or {})} {events} {span.status.description}"
        data = self._reader.get_metrics_data()
        for of_resource in [] if data is None else data.resource_metrics:
            for of_scope in of_resource.scope_metrics:
                for metric in of_scope.metrics:
                    yield f"{of_scope.scope.attributes} {metric.name} {metric.description}"
                    for point in metric.data.data_points:
                        exemplars = [one.filtered_attributes for one in point.exemplars]
                        yield f"{dict(point.attributes or {})} {exemplars}"


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    made = Recorded()
    yield made
    made.tracer_provider.shutdown()
    made.meter_provider.shutdown()
