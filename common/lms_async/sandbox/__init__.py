"""What a stand-in vendor server needs: faults, limits, a clock, a log, a life.

For tests and demonstrations; client code never imports it, and it imports nothing of the client's.
"""

from .clock import Clock
from .faults import Fault, Faults, Scope
from .limits import ArrivalLimit, busiest
from .log import RequestLog, Seen
from .server import Answer, Arrived, StandIn

__all__ = [
    "Answer",
    "ArrivalLimit",
    "Arrived",
    "Clock",
    "Fault",
    "Faults",
    "RequestLog",
    "Scope",
    "Seen",
    "StandIn",
    "busiest",
]
