"""Report a client's events to OpenTelemetry, as spans and metrics (extra ``otel``).

Start with ``telemetry.py``. ``spans.py`` and ``metrics.py`` say which spans and metrics there are,
``limits.py`` counts busy slots, and ``attributes.py`` says what spans and metrics tell about a
request. See ``docs/telemetry.md``.
"""

from .telemetry import Telemetry

__all__ = ["Telemetry"]
