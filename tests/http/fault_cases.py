"""The faults of every fault table, with the expected result of each.

A 429 is retried. A request with a lost response is retried only if a repeat leaves the vendor in
the same state. Anything else is reported as unknown, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from lms_async.sandbox import Fault


@attrs.frozen
class Case:
    """A fault, whether the server acted before it, and the expected result of a call that may be
    repeated (``repeatable``) and of one that may not (``once``)."""

    fault: Callable[..., Fault]
    acts: bool
    repeatable: str
    once: str


CASES = {
    "429 burst": Case(
        lambda **s: Fault.refuse(retry_after=0.01, **{**s, "times": 3}), False, "done", "done"
    ),
    "503": Case(lambda **s: Fault.error(503, **s), False, "done", "unknown"),
    "500 after acting": Case(lambda **s: Fault.error(500, acts=True, **s), True, "done", "unknown"),
    "hang": Case(lambda **s: Fault.hang(**s), False, "done", "unknown"),
    "hang after acting": Case(lambda **s: Fault.hang(acts=True, **s), True, "done", "unknown"),
    "cut before commit": Case(lambda **s: Fault.cut(**s), False, "done", "unknown"),
    "cut after commit": Case(lambda **s: Fault.cut(after=True, **s), True, "done", "unknown"),
    "half a body": Case(lambda **s: Fault.half_body(**s), True, "done", "unknown"),
    "blank 200": Case(lambda **s: Fault.blank(**s), False, "done", "unknown"),
    "blank 200 after acting": Case(
        lambda **s: Fault.blank(acts=True, **s), True, "done", "unknown"
    ),
    "HTML 502": Case(lambda **s: Fault.html(status=502, **s), False, "done", "unknown"),
    "HTML 200": Case(lambda **s: Fault.html(status=200, **s), False, "done", "unknown"),
    "redirect to another host": Case(
        lambda **s: Fault.redirect("https://evil.example/v1/users", **s),
        False,
        "refused",
        "refused",
    ),
}


def timeout_for(request: pytest.FixtureRequest) -> float:
    """Return the timeout for the client of a test, in seconds.

    It is short only if the server hangs. A stall of the test machine must not make any other
    request time out.
    """
    callspec = getattr(request.node, "callspec", None)
    case = callspec.params.get("case") if callspec else None
    return 1.0 if case in (CASES["hang"], CASES["hang after acting"]) else 20.0


cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
