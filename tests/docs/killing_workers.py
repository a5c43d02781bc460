"""Kill workers that run the recipes in docs/fleet.md, and restart their broker and database.

python -m tests.docs.killing_workers
"""

from __future__ import annotations

import argparse
import random

import attrs

from benchmarks.queue_runs import Event, Plan, Result, run_queue
from benchmarks.queue_vendor import Limits
from benchmarks.queue_workers import Queue

QUEUES: tuple[Queue, ...] = ("celery", "taskiq")

#: Takes a few seconds. A shard has three requests, which are more than the limit of a school, and
#: two workers send more than the limit of the address.
SMALL = Plan(
    schools=3,
    rows=300,
    shards=2,
    workers=2,
    tasks=1,
    limits=Limits(address=3, school=2, per=0.5),
    timeout=5,
    redelivered=3,
    events=[],
)
_LARGE = Plan(
    schools=10,
    rows=3000,
    shards=6,
    workers=4,
    tasks=2,
    limits=Limits(address=12, school=4),
    timeout=5,
    redelivered=15,
    events=[],
)
_EVENTS: tuple[Event, ...] = (
    *("kill child", "kill child", "kill worker", "kill worker"),
    *("restart broker", "restart broker", "restart database", "restart database"),
)


def problems(plan: Plan, result: Result) -> list[str]:
    """Say in sentences what went wrong in a run; nothing if all went well."""
    everybody, seen = plan.schools * plan.rows, result.seen
    found = list(result.differences)
    if (result.rows_done, result.rows_left) != (everybody, 0):
        found.append(f"{result.rows_done} rows done and {result.rows_left} left, of {everybody}")
    if seen.refusals:
        found.append(f"{seen.refusals} refusals")
    if seen.busiest > plan.limits.address or seen.busiest_school > plan.limits.school:
        found.append(f"{seen.busiest} requests in a period, {seen.busiest_school} at one school")
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = arguments.parse_args()
    print(f"seed {given.seed}", flush=True)
    dice = random.Random(given.seed)
    for queue in QUEUES:
        events = [(dice.uniform(0.05, 0.8), event) for event in _EVENTS]
        plan = attrs.evolve(_LARGE, events=sorted(events))
        result = run_queue(queue, plan, most_seconds=600)
        print(
            f"{queue}: {result.kills} kills, {result.restarts} restarts, {result.sent_again} "
            f"shards sent again, {len(result.seen.arrivals)} requests in "
            f"{result.seen.seconds:.0f} s"
        )
        if found := problems(plan, result):
            raise SystemExit(f"{queue}: {'; '.join(found)}\n{result.log[-5000:]}")


if __name__ == "__main__":
    main()
