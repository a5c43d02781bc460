"""Measure several ways in shuffled rounds, so that ratios stay valid on a machine whose speed
varies.

CPU speed drifts over time. So all ways run in one process, once per round, in random order. A ratio
is taken within a round; its median over the rounds is shown beside the ratio of the minima.

The memory layout of a process can change a ratio by a tenth. Where that matters, the rounds are
spread over several processes, one after the other.
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

#: One way of doing the job. Returns how many units were done.
Way = Callable[[], Awaitable[int]]


@attrs.frozen
class Timing:
    """CPU time of this process with all its threads, and wall time, of one round; in seconds."""

    cpu: float
    wall: float


Rounds = Mapping[str, list[Timing]]


async def rounds(ways: Mapping[str, Way], *, count: int, units: int) -> Rounds:
    """Measure each of ``ways`` ``count`` times, after one round to warm up.

    :param units: the number of units that each round must do.
    """
    for name in ways:
        await _measured(name, ways[name], units)
    gc.collect()
    gc.freeze()
    took: dict[str, list[Timing]] = {name: [] for name in ways}
    for number in range(count):
        progress(f"round {number + 1} of {count}")
        for name in random.sample(list(ways), len(ways)):
            took[name].append(await _measured(name, ways[name], units))
    gc.unfreeze()
    return took


def in_processes(count: int, measured: Callable[[], Rounds]) -> Rounds:
    """Call ``measured`` once in each of ``count`` processes, and combine their rounds.

    :param measured: must be picklable, such as a partial of a module's function.
    """
    took: dict[str, list[Timing]] = {}
    fresh = get_context("spawn")
    for number in range(count):
        progress(f"process {number + 1} of {count}")
        with ProcessPoolExecutor(1, mp_context=fresh) as process:
            for name, times in process.submit(measured).result().items():
                took.setdefault(name, []).extend(times)
    return took


async def _measured(name: str, way: Way, units: int) -> Timing:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    done = await way()
    took = Timing(time.process_time() - cpu, time.perf_counter() - wall)
    if done != units:
        raise RuntimeError(f"{name}: {done} of {units} were done")
    return took


@attrs.frozen
class Ratio:
    """CPU time of one way as a multiple of another's."""

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
        """Return the goal of at most ``most`` times, and whether both ratios meet it."""
        holds = max(self.of_rounds, self.of_minima) <= most
        return f"{what}: at most {most:g} ×, reached {self}", holds


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the lower quartile, the median and the upper quartile."""
    if len(values) < 2:
        return (values[0],) * 3
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high


def micros(took: Sequence[Timing], units: int) -> list[float]:
    """Return the CPU time per unit in each round, in microseconds."""
    return [t.cpu / units * 1e6 for t in took]


def progress(text: str) -> None:
    """Print the progress of a long run on stderr."""
    print(f"  {text}", file=sys.stderr, flush=True)
