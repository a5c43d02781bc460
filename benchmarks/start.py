"""How long does it take to import the package?"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from statistics import median
from tempfile import TemporaryDirectory

import attrs

from .measure import progress, spread
from .picture import bars
from .report import Found
from .vendor import CLIENT_CPU, pin

BASE = "import aiohttp, attrs, cattrs, orjson"
OURS = "import schoology_async"
STATEMENTS = (
    "pass",
    BASE,
    BASE + ", oauthlib.oauth1, backoff",
    OURS,
    "import manabac_async",
    "import schoolopy",
    "import httpx",
)
MOST = 1.25


@attrs.frozen
class Took:
    cpu: float
    modules: int


def run(statement: str, cache: str) -> Took:
    """Run a statement in a new interpreter. Return its CPU time in milliseconds and its modules.

    :param cache: the bytecode folder for all packages, whatever the environment says.
    """
    source = f"{statement}\nimport sys, time\nprint(time.process_time(), len(sys.modules))"
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    said = subprocess.run(  # noqa: S603 - our own statements
        [sys.executable, "-c", source],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    ).stdout
    cpu, modules = said.split()
    return Took(float(cpu) * 1e3, int(modules))


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    count = 41 if full else 5
    took: dict[str, list[Took]] = {statement: [] for statement in STATEMENTS}
    with TemporaryDirectory() as cache:
        for statement in STATEMENTS:
            run(statement, cache)
        for number in range(count):
            progress(f"round {number + 1} of {count}")
            for statement in random.sample(STATEMENTS, len(STATEMENTS)):
                took[statement].append(run(statement, cache))

    def ratio(statement: str) -> tuple[float, float]:
        """Return the ratios to BASE, both without the bare interpreter: median of rounds, and
        minima."""
        alone = min(t.cpu for t in took["pass"])
        pairs = zip(took[statement], took[BASE], strict=True)
        return (
            median((mine.cpu - alone) / (base.cpu - alone) for mine, base in pairs),
            (min(t.cpu for t in took[statement]) - alone)
            / (min(t.cpu for t in took[BASE]) - alone),
        )

    of_rounds, of_minima = ratio(OURS)
    costs = {name: spread([t.cpu for t in rounds]) for name, rounds in took.items()}
    Found(
        "start",
        "Importing the package",
        ["a fresh interpreter runs", "CPU ms, median (quartiles)", "modules", "ratio"],
        [
            [
                f"`{name}`",
                f"{middle:.0f} ({low:.0f}–{high:.0f})",
                f"{took[name][0].modules}",
                "{:.2f} / {:.2f}".format(*ratio(name)),
            ]
            for name, (low, middle, high) in costs.items()
        ],
        goals=[
            (
                f"`{OURS}`: at most {MOST} × `{BASE}`, reached {of_rounds:.2f} / {of_minima:.2f}",
                max(of_rounds, of_minima) <= MOST,
            )
        ],
        notes=[
            f"{count} rounds, shuffled, each a process of its own, byte code already compiled",
            f"the ratio is to `{BASE}`, both without the bare interpreter; "
            "median of the rounds' and of the minima",
        ],
        full=full,
        picture=bars(costs, unit="CPU ms", ours=[OURS, "import manabac_async"]),
        peers=["httpx", "schoolopy"],
    ).publish()
