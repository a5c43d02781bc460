"""Rounds in which every way has its turn, so that the ratios hold on a machine that drifts.

Machines run in fast and slow phases, processor time too. So all ways are measured in one process,
once a round, in an order drawn anew each time; a ratio is taken within a round, and its median over
the rounds is given beside the ratio of the minima.

How a process happens to lie in memory moves such a ratio by a tenth, for as long as it lives: so
where that matters the rounds are spread over several processes, one after the other.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median, quantiles
from typing import TypeVar

import attrs

T = TypeVar("T")

#: One way of doing the job; gives how many of its units were done.
Way = Callable[[], Awaitable[int]]


@attrs.frozen
class Took:
    """What one round of one way took: processor time as the operating system accounts it to this
    process, all threads of it, and time on the wall; both in seconds."""

    cpu: float
    wall: float


Rounds = Mapping[str, list[Took]]


async def rounds(ways: Mapping[str, Way], *, count: int, units: int) -> Rounds:
    """What each of ``ways`` took in each of ``count`` rounds, after one round to warm up.

    :param units: how many must be done each time, else the measurement would be of something else.
    """
    for name in ways:
        await _measured(name, ways[name], units)
    gc.collect()
    gc.freeze()
    took: dict[str, list[Took]] = {name: [] for name in ways}
    for number in range(count):
        progress(f"round {number + 1} of {count}")
        for name in random.sample(list(ways), len(ways)):
            took[name].append(await _measured(name, ways[name], units))
    gc.unfreeze()
    return took


def in_processes(count: int, measured: Callable[[], Rounds]) -> Rounds:
    """The rounds of ``count`` processes, each of which calls ``measured`` once.

    :param measured: what can be pickled, such as a partial of a module's function.
    """
    took: dict[str, list[Took]] = {}
    fresh = get_context("spawn")
    for number in range(count):
        progress(f"process {number + 1} of {count}")
        with ProcessPoolExecutor(1, mp_context=fresh) as process:
            for name, times in process.submit(measured).result().items():
                took.setdefault(name, []).extend(times)
    return took


async def _measured(name: str, way: Way, units: int) -> Took:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    done = await way()
    took = Took(time.process_time() - cpu, time.perf_counter() - wall)
    if done != units:
        raise RuntimeError(f"{name}: {done} of {units} were done")
    return took


@attrs.frozen
class Ratio:
    """Processor time of one way as a multiple of another's."""

    of_rounds: float
    of_minima: float

    @classmethod
    def of(cls, took: Rounds, way: str, base: str) -> Ratio:
        pairs = zip(took[way], took[base], strict=True)
        return cls(
            median(mine.cpu / other.cpu for mine, other in pairs),
            min(t.cpu for t in took[way]) / min(t.cpu for t in took[base]),
        )

    def __str__(self) -> str:
        return f"{self.of_rounds:.2f} / {self.of_minima:.2f}"

    def goal(self, most: float, what: str) -> tuple[str, bool]:
        """``what`` is wanted at most ``most`` times; it holds when both ratios say so."""
        holds = max(self.of_rounds, self.of_minima) <= most
        return f"{what}: at most {most:g} ×, reached {self}", holds


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper quartile."""
    if len(values) < 2:
        return (values[0],) * 3
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high


def micros(took: Sequence[Took], units: int) -> list[float]:
    """Processor time a unit in each round, in microseconds."""
    return [t.cpu / units * 1e6 for t in took]


def progress(text: str) -> None:
    """A line on stderr that says how far a long run has come."""
    print(f"  {text}", file=sys.stderr, flush=True)
