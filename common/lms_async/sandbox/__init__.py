"""What a stand-in vendor server needs: faults, limits, a clock, a log, a life.

For tests and demonstrations; client code never imports it, and it imports nothing of the client's.
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
