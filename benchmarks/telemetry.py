"""What does it cost to report each request to OpenTelemetry?"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import NoOpTracerProvider

from lms_async.events import Listener
from lms_async.telemetry import Telemetry
from schoology_async import Schoology, Window

from .measure import Ratio, Rounds, Way, micros, rounds, spread
from .picture import bars
from .report import Found
from .vendor import CLIENT_CPU, pin, vendor

#: Requests per round, and how many of them are in flight at once.
REQUESTS, AT_ONCE = 320, 8

OFF = "without telemetry"
API = "Telemetry, without an SDK"
METRICS = "Telemetry, metrics"
BOTH = "Telemetry, metrics and spans"


class Discard(SpanExporter):
    """Takes finished spans and does nothing with them."""

    def export(self, spans: Any) -> SpanExportResult:
        return SpanExportResult.SUCCESS


def listeners() -> dict[str, list[Listener]]:
    metrics = MeterProvider([InMemoryMetricReader()])
    spans = TracerProvider()
    spans.add_span_processor(BatchSpanProcessor(Discard()))
    none: Any = {"tracer_provider": NoOpTracerProvider(), "meter_provider": NoOpMeterProvider()}
    made = {
        API: Telemetry(**none),
        METRICS: Telemetry(**{**none, "meter_provider": metrics}),
        BOTH: Telemetry(
            tracer_provider=spans, meter_provider=MeterProvider([InMemoryMetricReader()])
        ),
    }
    return {OFF: [], **{name: [one.account("north")] for name, one in made.items()}}


def reading(client: Schoology) -> Way:
    async def work() -> int:
        for _ in range(REQUESTS // AT_ONCE):
            await client.users.get(10_000_001)
        return REQUESTS // AT_ONCE

    async def way() -> int:
        return sum(await asyncio.gather(*(work() for _ in range(AT_ONCE))))

    return way


async def compare(base_url: str, count: int) -> Rounds:
    async with AsyncExitStack() as stack:
        ways = {}
        for name, events in listeners().items():
            client = Schoology(
                "key", "secret", base_url=base_url, limiter=Window(10**6, per=1.0), events=events
            )
            ways[name] = reading(await stack.enter_async_context(client))
        return await rounds(ways, count=count, units=REQUESTS)


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    count = 41 if full else 7
    with vendor() as base_url:
        took = asyncio.run(compare(base_url, count))
    costs = {name: spread(micros(took[name], REQUESTS)) for name in took}
    Found(
        "telemetry",
        "Spans and metrics of a request",
        ["way", "CPU µs a request, median (quartiles)", "ratio, median / of minima"],
        [
            [name, f"{middle:.0f} ({low:.0f}–{high:.0f})", str(Ratio.of(took, name, OFF))]
            for name, (low, middle, high) in costs.items()
        ],
        goals=[Ratio.of(took, API, OFF).goal(1.1, "a request with Telemetry, without an SDK")],
        notes=[
            f"{count} rounds of {REQUESTS} reads of one user in one process, shuffled",
            f"{AT_ONCE} requests at once",
            "what a request costs beyond “without an SDK” is spent in OpenTelemetry's SDK",
            "spans are batched and then discarded, so the cost of sending them is not included",
        ],
        full=full,
        picture=bars(costs, unit="CPU µs a request", ours=[BOTH]),
        peers=["opentelemetry-api", "opentelemetry-sdk"],
    ).publish()
