"""Do imports on the workers of Celery and taskiq lose or repeat rows if workers are killed, and do
they use the rate limits?"""

from __future__ import annotations

from typing import Any

import attrs

from .queue_runs import Plan, Result, run_queue
from .queue_vendor import LATENCY, Limits
from .queue_workers import Queue
from .report import Found

QUEUES: tuple[Queue, ...] = ("celery", "taskiq")

#: The limit of the address is what bounds the run.
FULL = Plan(
    schools=20,
    rows=5000,
    shards=10,
    workers=4,
    tasks=2,
    limits=Limits(address=14, school=4),
    timeout=3,
    redelivered=20,
    events=[
        (0.10, "kill child"),
        (0.20, "kill child"),
        (0.30, "kill worker"),
        (0.40, "restart broker"),
        (0.50, "kill child"),
        (0.60, "kill child"),
    ],
)
SHORT = attrs.evolve(FULL, schools=5, rows=2000, shards=4)


def main(full: bool = False) -> None:
    plan = FULL if full else SHORT
    results = {queue: run_queue(queue, plan, most_seconds=600) for queue in QUEUES}
    report(plan, results, full=full)


def report(plan: Plan, results: dict[Queue, Result], *, full: bool) -> None:
    limits, everybody = plan.limits, plan.schools * plan.rows

    def row(title: str, value: Any) -> list[str]:
        return [title, *(str(value(result)) for result in results.values())]

    goals = []
    for queue, result in results.items():
        seen = result.seen
        share, spread = seen.share_of_bound, seen.spread
        goals += [
            (f"{queue}: each school has its people, each created once", not result.differences),
            (f"{queue}: the journals report each row as done", result.rows_done == everybody),
            (f"{queue}: 0 refusals", seen.refusals == 0),
        ]
        if full:
            goals += [
                (f"{queue}: at least 0.95 of the bound, reached {share:.3f}", share >= 0.95),
                (f"{queue}: slowest school ≤ 1.2 × fastest, reached {spread:.2f}", spread <= 1.2),
            ]
    Found(
        "queues",
        f"{plan.schools} schools with {plan.rows:,} people each, imported by {plan.workers} "
        "workers of a queue that are killed meanwhile",
        ["", *results],
        [
            row("people created", lambda r: f"{sum(map(_created, r.seen.schools)):,}"),
            row("requests", lambda r: f"{len(r.seen.arrivals):,}"),
            row("workers killed", lambda r: r.kills),
            row("broker restarted", lambda r: r.restarts),
            row("shards that the sender sent again", lambda r: r.sent_again),
            row("answered by 429", lambda r: r.seen.refusals),
            row("most requests in any period, address", lambda r: r.seen.busiest),
            row("most requests in any period, one school", lambda r: r.seen.busiest_school),
            row("mean response time, ms", lambda r: f"{r.seen.latency * 1e3:.0f}"),
            row("seconds", lambda r: f"{r.seen.seconds:.0f}"),
            row("used / bound", lambda r: f"{r.seen.share_of_bound:.3f}"),
            row("time of the slowest school / fastest", lambda r: f"{r.seen.spread:.2f}"),
        ],
        goals=goals,
        notes=[
            f"{plan.workers} workers with {plan.tasks} tasks each run {plan.shards} shards of each "
            "school, with the code of [docs/fleet.md](../fleet.md)",
            f"all {everybody:,} people share a limit of {limits.address} requests in "
            f"{limits.per:g} s for the address, and those of a school one of {limits.school}; a "
            f"response takes {LATENCY[0] * 1e3:.0f} ± {LATENCY[1] * 1e3:.0f} ms",
            "bound: a slot is busy from the departure of a request until one period after its "
            "response; the slots of killed workers, which stay busy longer, count as unused; the "
            "first and last 2 % of the requests, when not all workers have a shard, do not count",
            f"processes are killed with SIGKILL: one process that runs tasks, or a whole worker; "
            f"the queue sends a task again after {plan.redelivered} s; the timeout of a request is "
            f"{plan.timeout} s",
        ],
        full=full,
        peers=["celery", "taskiq", "taskiq-redis"],
    ).publish()


def _created(school: Any) -> int:
    return len(school.people)
