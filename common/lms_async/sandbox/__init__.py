"""What a vendor's sandbox server is built of: faults, rate limits, a clock and a request log.

Start with ``server.py``. It is for tests and demonstrations: client code never imports it, and it
imports nothing of the client's.
"""

from .clock import Clock
from .faults import Fault, Faults, Scope
from .limits import ArrivalLimit, busiest
from .log import RequestLog, Seen
from .server import Arrived, Response, StandIn

__all__ = [
    "ArrivalLimit",
    "Arrived",
    "Clock",
    "Fault",
    "Faults",
    "RequestLog",
    "Response",
    "Scope",
    "Seen",
    "StandIn",
    "busiest",
]
