"""What does a learning window gain, and what does it cost?"""

from __future__ import annotations

import asyncio
import random
import time
from statistics import mean

from lms_async import RetryPolicy, Window
from lms_async.sandbox.limits import ArrivalLimit
from schoology_async import Schoology
from tests.limits.simulation import Run, saturate

from .picture import bars, marked
from .report import Found
from .strict import Arrival, Kind, LimitUsage, Setup, running

KINDS: tuple[Kind, ...] = ("sliding", "fixed")
LATENCY, SPREAD = 0.16, 0.08
SECONDS = 60.0
SEEDS = range(5)
#: The share of the limit that a learning window should use.
WANTED = 0.93

#: The vendor's real limit, the configured one, and the period: 13 per 5 s, ten times faster.
REAL, GUESS, PER = 13, 50, 0.5
WINDOWS, SETTLED = 120, 20


def setups() -> list[Setup]:
    return [
        Setup(count, 1.0, kind, (LATENCY, SPREAD), halved=True)
        for count in (15, 50)
        for kind in KINDS
    ]


def simulated(setup: Setup, learn: bool) -> LimitUsage:
    """Return the mean of several runs on the virtual clock."""
    coming = (LATENCY * 3 / 8 - SPREAD / 2, LATENCY * 3 / 8 + SPREAD / 2)
    going = (LATENCY * 5 / 8 - SPREAD / 2, LATENCY * 5 / 8 + SPREAD / 2)
    runs = [
        saturate(
            Window(setup.count, per=setup.per, learn=learn),
            ArrivalLimit(setup.count, setup.per, setup.kind, phase=random.Random(seed).random()),
            coming=coming,
            going=going,
            seconds=SECONDS,
            seed=seed,
        )
        for seed in SEEDS
    ]
    used = [LimitUsage.of(setup, [Arrival(*arrival) for arrival in run.arrivals]) for run in runs]
    return LimitUsage(
        sum(one.requests for one in used),
        sum(one.refusals for one in used),
        mean(one.share for one in used),
    )


def measured(setup: Setup) -> LimitUsage:
    """Return one run over sockets, with the server in its own process."""

    async def ask(url: str) -> None:
        until = time.monotonic() + SECONDS
        async with Schoology(
            "k",
            "s",
            base_url=url,
            limiter=Window(setup.count, per=setup.per, learn=True),
            retry=RetryPolicy(max_pause=60.0),
        ) as schoology:

            async def worker() -> None:
                while time.monotonic() < until:
                    await schoology.app_user_info()

            await asyncio.gather(*(worker() for _ in range(2 * setup.count)))

    with running([setup]) as servers:
        asyncio.run(ask(servers.urls[0]))
        return LimitUsage.of(setup, servers.arrivals()[0])


def corrected(kind: Kind) -> Run:
    return saturate(
        Window(GUESS, per=PER, learn=True),
        ArrivalLimit(REAL, PER, kind, phase=0.2),
        coming=(0.002, 0.01),
        going=(0.006, 0.014),
        seconds=WINDOWS * PER,
    )


def _row(what: str, way: str, requests: int, refusals: int, share: str = "–") -> list[str]:
    return [
        what,
        way,
        f"{requests:,}",
        f"{refusals:,}",
        f"{1000 * refusals / requests:.2f}",
        share,
    ]


def shares_of_the_limit(
    full: bool,
) -> tuple[list[list[str]], list[tuple[str, bool]], dict[str, float]]:
    """Return table rows, goals, and the share of the limit that each way used."""
    rows, goals = [], []
    shares = {}
    for setup in setups():
        what = f"{setup.count} per {setup.per:g} s, {setup.kind}"
        ways = {
            "stamped at the answer": simulated(setup, False),
            "learning": simulated(setup, True),
        }
        if full:
            ways["learning, over sockets"] = measured(setup)
        for way, used in ways.items():
            rows.append(_row(what, way, used.requests, used.refusals, f"{used.share:.1%}"))
            shares[f"{what}: {way}"] = used.share
            if way.startswith("learning"):
                whole = used.share >= WANTED
                goals.append(
                    (f"{what}, {way}: at least {WANTED * 100:g} % of the whole budget", whole)
                )
                few = used.refusals <= used.requests / 1000
                goals.append((f"{what}, {way}: at most one refusal in 1,000", few))
    return rows, goals, shares


def corrections_of_a_wrong_limit() -> tuple[list[list[str]], list[tuple[str, bool]]]:
    rows, goals = [], []
    for kind in KINDS:
        run = corrected(kind)
        what = f"{REAL} per {PER:g} s, {kind}, guessed {GUESS}"
        settled = sum(at >= SETTLED * PER for at, _ in run.arrivals)
        late = run.refused(since=SETTLED * PER)
        first = len(run.arrivals) - settled
        rows.append(_row(what, f"first {SETTLED} periods", first, run.refused() - late))
        rows.append(_row(what, f"next {WINDOWS - SETTLED} periods", settled, late))
        learned_limit = run.limits[SETTLED - 1]
        within = abs(learned_limit - REAL) <= 0.05 * REAL
        goals.append(
            (f"{what}: within 5 % after {SETTLED} periods (learned: {learned_limit})", within)
        )
        rare = late < (WINDOWS - SETTLED) / 20
        goals.append((f"{what}: then fewer 429s than one in 20 periods", rare))
    return rows, goals


def main(*, full: bool = False) -> None:
    rows, goals, shares = shares_of_the_limit(full)
    more_rows, more_goals = corrections_of_a_wrong_limit()
    Found(
        "learning",
        "What a window learns",
        ["server", "window", "requests", "answered by 429", "of 1,000", "used of the whole budget"],
        rows + more_rows,
        goals=goals + more_goals,
        notes=[
            f"more callers than slots for {SECONDS:g} s, from knowing nothing; latency "
            f"{LATENCY * 1e3:.0f} ± {SPREAD * 1e3:.0f} ms, 3/8 of it until the request is counted",
            f"on the virtual clock, {len(SEEDS)} runs together"
            + (", and one run over sockets" if full else "; `--full` adds a run over sockets"),
            f"the lower part: a server that allows {REAL} per {PER:g} s and says nothing, "
            f"`Window({GUESS}, per={PER:g}, learn=True)`, latency 16 ± 8 ms, virtual clock",
        ],
        picture=marked(
            bars(
                {way: (share * 100,) * 3 for way, share in shares.items()},
                unit="% of the whole budget",
                ours=[way for way in shares if "learning" in way],
                shown="{:.1f}".format,
            ),
            WANTED * 100,
            f"wanted: {WANTED * 100:g} %",
        ),
        bars=len(shares),
        full=full,
    ).publish()
