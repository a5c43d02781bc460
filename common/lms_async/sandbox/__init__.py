"""The parts of a vendor's sandbox server: faults, rate limits, a clock and a request log.

Start with ``server.py``. Sandboxes are for tests and demonstrations. Client code never imports
them, and they import no client code.
"""

from .clock import Clock
from .faults import Fault, Faults, Scope
from .limits import ArrivalLimit, busiest
from .log import RequestLog, Seen
from .server import Request, Response, SandboxServer

__all__ = [
    "ArrivalLimit",
    "Clock",
    "Fault",
    "Faults",
    "Request",
    "RequestLog",
    "Response",
    "SandboxServer",
    "Scope",
    "Seen",
    "busiest",
]
