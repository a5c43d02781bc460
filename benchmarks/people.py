"""What does our road cost, beside the same job done by hand with aiohttp and orjson?"""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
import attrs
import orjson

from lms_async import Status
from schoology_async import Schoology, Window

from .report import Found
from .school import fifties, read_csv, write_csv
from .vendor import CLIENT_CPU, WIDTH, ceiling, pin, vendor

PEOPLE = 20_000
ROUNDS = 15

BY_HAND = "csv → dicts → aiohttp + orjson"
OURS = "lms-async, HMAC-SHA1"
PLAINTEXT = "lms-async, PLAINTEXT"

Variant = Callable[[], Awaitable[int]]


@attrs.frozen
class Took:
    cpu: float
    wall: float


async def by_hand(path: Path, session: aiohttp.ClientSession, url: str) -> int:
    """No models, no signature, no limit, no retry, no outcomes: the least that does the job."""
    done = 0
    chunks = fifties(read_csv(path))

    async def work() -> None:
        nonlocal done
        for chunk in chunks:
            body = orjson.dumps({"users": {"user": chunk}})
            headers = {"Content-Type": "application/json"}
            async with session.post(url, data=body, headers=headers) as response:
                answer = orjson.loads(await response.read())
            done += sum(item["response_code"] == 200 for item in answer["user"])

    await asyncio.gather(*(work() for _ in range(WIDTH)))
    return done


async def ours(path: Path, schoology: Schoology) -> int:
    """Checked models, a signature, a permit, retries, and an outcome for each row, in order."""
    done = 0
    async for outcome in schoology.users.create_many(read_csv(path), update_existing=True):
        done += outcome.status is Status.DONE
    return done


async def measured(variant: Variant) -> Took:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    done = await variant()
    took = Took(time.process_time() - cpu, time.perf_counter() - wall)
    if done != PEOPLE:
        raise RuntimeError(f"{done} of {PEOPLE} people were done")
    return took


async def compare(path: Path, base_url: str) -> tuple[float, dict[str, list[Took]]]:
    """The vendor's own ceiling, and what each variant took in each round."""
    most = await ceiling(base_url)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        signed = await stack.enter_async_context(
            Schoology("key", "secret", base_url=base_url, limiter=Window(10**6, per=1.0))
        )
        plain = await stack.enter_async_context(
            Schoology(
                "key",
                "secret",
                base_url=base_url,
                limiter=Window(10**6, per=1.0),
                signature="PLAINTEXT",
            )
        )
        variants: dict[str, Variant] = {
            BY_HAND: lambda: by_hand(path, session, base_url + "users"),
            OURS: lambda: ours(path, signed),
            PLAINTEXT: lambda: ours(path, plain),
        }
        for variant in variants.values():
            await measured(variant)  # connections and caches are warm in every round
        gc.collect()
        gc.freeze()
        took: dict[str, list[Took]] = {name: [] for name in variants}
        for _ in range(ROUNDS):
            for name in random.sample(list(variants), len(variants)):
                took[name].append(await measured(variants[name]))
    return most, took


def ratios(took: Mapping[str, list[Took]], name: str) -> tuple[float, float]:
    """CPU as a multiple of the work by hand: the median over the rounds, and of the minima."""
    pairs = zip(took[name], took[BY_HAND], strict=True)
    of_rounds = median(mine.cpu / other.cpu for mine, other in pairs)
    of_minima = min(t.cpu for t in took[name]) / min(t.cpu for t in took[BY_HAND])
    return of_rounds, of_minima


def main() -> None:
    pin(CLIENT_CPU)
    with TemporaryDirectory() as folder, vendor() as base_url:
        path = Path(folder) / "people.csv"
        write_csv(path, PEOPLE)
        most, took = asyncio.run(compare(path, base_url))
    rows = []
    for name, rounds in took.items():
        cpu = [t.cpu / PEOPLE * 1e6 for t in rounds]
        wall = [PEOPLE / t.wall for t in rounds]
        rows.append(
            [
                name,
                f"{median(wall):,.0f} / {max(wall):,.0f}",
                f"{median(cpu):.1f} / {min(cpu):.1f}",
                "{:.2f} / {:.2f}".format(*ratios(took, name)),
            ]
        )
    Found(
        "people",
        f"{PEOPLE:,} people from a CSV file into Schoology",
        [
            "way",
            "people/s, median / best",
            "CPU µs a person, median / min",
            "ratio, median / of minima",
        ],
        rows,
        goals=[
            ("at most 2.0 × the CPU of the work by hand, signed", max(ratios(took, OURS)) <= 2.0),
            (
                "at most 1.5 × with signing told apart (PLAINTEXT)",
                max(ratios(took, PLAINTEXT)) <= 1.5,
            ),
        ],
        notes=[
            f"{ROUNDS} rounds in one process, shuffled, {WIDTH} requests of 50 people under way",
            "plain HTTP on loopback; client and vendor in processes and on cores of their own",
            f"the vendor itself answers {most:,.0f} requests a second to raw sockets "
            f"({most * 50:,.0f} people/s)",
        ],
    ).publish()
