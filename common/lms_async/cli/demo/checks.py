"""What every demo has in common: the screen, the sandbox's conditions, and the checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

import attrs

from ..exit_codes import Exit
from ..reporting.reporters import Reporter
from ..wording import counted

if TYPE_CHECKING:
    from ...sandbox import Seen

#: The sandbox's latency, mean and spread, in seconds.
LATENCY = (0.02, 0.01)

#: What was checked, and whether it holds.
Check = tuple[str, bool]


@attrs.frozen
class Screen:
    """Where a demo and its commands print.

    :param out: gets the steps, the summaries and the checks.
    :param err: gets the progress.
    :param reporter: reports the commands.
    """

    out: TextIO
    err: TextIO
    reporter: Reporter

    def print(self, *lines: str) -> None:
        """Print lines at once, so that they stand before what comes next on ``err``."""
        for line in lines:
            self.out.write(line + "\n")
        self.out.flush()


def conditions(limit: tuple[int, float], faults: Sequence[str]) -> list[str]:
    """Return lines about the sandbox.

    :param limit: the rate limit: requests, seconds.
    :param faults: the simulated failures.
    """
    return [
        f"  Rate limit: {limit[0]} requests per {limit[1]:g} s",
        f"  Latency: {LATENCY[0] * 1000:g} ± {LATENCY[1] * 1000:g} ms",
        f"  Simulated failures: {', '.join(faults)}",
    ]


def check_limit(log: Iterable[Seen]) -> Check:
    """Check that the sandbox refused no request because of its rate limit."""
    refused = [seen.status == 429 and seen.fault is None for seen in log]
    text = f"{sum(refused)} of {counted(len(refused), 'request')} above the rate limit"
    return text, not any(refused)


def report(checks: Iterable[Check], screen: Screen) -> Exit:
    """Print the checks.

    :returns: ``DONE`` only if all of them hold.
    """
    checks = list(checks)
    screen.print(*(f"  {'ok    ' if holds else 'FAILED'}  {text}" for text, holds in checks))
    return Exit.DONE if all(holds for _, holds in checks) else Exit.UNKNOWN
