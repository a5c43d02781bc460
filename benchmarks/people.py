"""What does an import cost, stage by stage, compared with other ways to do the job?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import msgspec
import orjson
import pydantic
import requests

from lms_async.records.encoding import Sending
from schoology_async import Schoology, UserCreate, Window
from schoology_async.models.converter import converter

from .answers import results
from .measure import Ratio, Rounds, Way, in_processes, micros, rounds, spread
from .no_network import count_done, import_without_network
from .picture import bars
from .report import Found
from .school import Person, batches_of_50, read_csv, write_csv
from .vendor import CLIENT_CPU, WIDTH, ceiling, pin, vendor

PEOPLE = 20_000

STAGE_READ = "stage: CSV → dicts"
STAGE_CHECKED = "stage: … → checked"
STAGE_ENCODED = "stage: … → JSON"
STAGE_BULK = "stage: … → bulk, outcomes, no wire"
PLAINTEXT = "lms-async, PLAINTEXT (signing told apart)"
OURS = "lms-async, HMAC-SHA1"
BY_HAND = "CSV → dicts → aiohttp + orjson"
MSGSPEC = "CSV → msgspec → aiohttp"
PYDANTIC = "CSV → pydantic → aiohttp + orjson"
REQUESTS = "ready dicts → requests, one after the other"


class Struct(msgspec.Struct, omit_defaults=True):
    """A person as a msgspec struct with the same columns and required columns."""

    school_uid: str
    name_first: str
    name_last: str
    role_id: str
    name_title: str = ""
    name_first_preferred: str = ""
    name_middle: str = ""
    username: str = ""
    primary_email: str = ""
    building_id: str = ""
    gender: str = ""
    grad_year: int = 0
    birthday_date: str = ""
    language: str = ""
    position: str = ""
    additional_buildings: str = ""


class StructResult(msgspec.Struct):
    response_code: int
    school_uid: str
    id: str


class StructResults(msgspec.Struct):
    user: list[StructResult]


class Model(pydantic.BaseModel):
    """A person as a pydantic model."""

    school_uid: str
    name_first: str
    name_last: str
    role_id: str
    name_title: str = ""
    name_first_preferred: str = ""
    name_middle: str = ""
    username: str = ""
    primary_email: str = ""
    building_id: str = ""
    gender: str = ""
    grad_year: int = 0
    birthday_date: str = ""
    language: str = ""
    position: str = ""
    additional_buildings: str = ""


class ModelResult(pydantic.BaseModel):
    response_code: int
    school_uid: str
    id: str


class ModelResults(pydantic.BaseModel):
    user: list[ModelResult]


def dicts_done(content: bytes) -> int:
    return sum(item["response_code"] == 200 for item in orjson.loads(content)["user"])


def structs_done(content: bytes) -> int:
    answered = msgspec.json.decode(content, type=StructResults)
    return sum(item.response_code == 200 for item in answered.user)


def models_done(content: bytes) -> int:
    answered = ModelResults.model_validate_json(content)
    return sum(item.response_code == 200 for item in answered.user)


async def by_hand(
    session: aiohttp.ClientSession,
    url: str,
    bodies: Iterator[bytes],
    done_in: Callable[[bytes], int],
) -> int:
    """Post the bodies with the least possible code: no signature, limit, retry or results."""
    done = 0

    async def work() -> None:
        nonlocal done
        for body in bodies:
            headers = {"Content-Type": "application/json"}
            async with session.post(url, data=body, headers=headers) as response:
                answer = await response.read()
            done += done_in(answer)

    await asyncio.gather(*(work() for _ in range(WIDTH)))
    return done


def dict_bodies(path: Path) -> Iterator[bytes]:
    return (orjson.dumps({"users": {"user": chunk}}) for chunk in batches_of_50(read_csv(path)))


def struct_bodies(path: Path) -> Iterator[bytes]:
    for chunk in batches_of_50(read_csv(path)):
        structs = msgspec.convert(chunk, list[Struct], strict=False)
        yield msgspec.json.encode({"users": {"user": structs}})


def model_bodies(path: Path) -> Iterator[bytes]:
    for chunk in batches_of_50(read_csv(path)):
        models = [Model.model_validate(row).model_dump(exclude_unset=True) for row in chunk]
        yield orjson.dumps({"users": {"user": models}})


def by_requests(session: requests.Session, url: str, chunks: list[list[Person]]) -> int:
    done = 0
    for chunk in chunks:
        answer = session.post(url, json={"users": {"user": chunk}}).json()
        done += sum(item["response_code"] == 200 for item in answer["user"])
    return done


_checked = Sending(converter, UserCreate, what="the user")


def stage(path: Path, *, check: bool, encode: bool) -> int:
    done = 0
    for chunk in batches_of_50(read_csv(path)):
        rows: list[Any] = _checked.many(chunk)[0] if check else chunk
        if encode:
            rows = [orjson.dumps(row) for row in rows]
        done += len(rows)
    return done


def as_way(work: Callable[[], int]) -> Way:
    """Turn synchronous work into a way."""

    async def way() -> int:
        return work()

    return way


def measured(path: Path, base_url: str, count: int) -> Rounds:
    """Return the timings of one process."""
    pin(CLIENT_CPU)
    return asyncio.run(compare(path, base_url, count))


async def compare(path: Path, base_url: str, count: int) -> Rounds:
    url = base_url + "users"
    chunks = list(batches_of_50(read_csv(path)))
    answers = [results(orjson.dumps(chunk)) for chunk in chunks]
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        loop_session = stack.enter_context(requests.Session())
        clients = {
            method: await stack.enter_async_context(
                Schoology(
                    *("key", "secret"),
                    base_url=base_url,
                    limiter=Window(10**6, per=1.0),
                    signature=method,
                )
            )
            for method in ("HMAC-SHA1", "PLAINTEXT")
        }

        def imported(method: str) -> Way:
            users = clients[method].users
            return lambda: count_done(users.create_many(read_csv(path), update_existing=True))

        ways: dict[str, Way] = {
            STAGE_READ: as_way(partial(stage, path, check=False, encode=False)),
            STAGE_CHECKED: as_way(partial(stage, path, check=True, encode=False)),
            STAGE_ENCODED: as_way(partial(stage, path, check=True, encode=True)),
            STAGE_BULK: lambda: count_done(import_without_network(read_csv(path), answers)),
            PLAINTEXT: imported("PLAINTEXT"),
            OURS: imported("HMAC-SHA1"),
            BY_HAND: lambda: by_hand(session, url, dict_bodies(path), dicts_done),
            MSGSPEC: lambda: by_hand(session, url, struct_bodies(path), structs_done),
            PYDANTIC: lambda: by_hand(session, url, model_bodies(path), models_done),
            REQUESTS: as_way(lambda: by_requests(loop_session, url, chunks)),
        }
        return await rounds(ways, count=count, units=PEOPLE)


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    processes, count = (7, 3) if full else (2, 2)
    with TemporaryDirectory() as folder, vendor() as base_url:
        most = asyncio.run(ceiling(base_url))
        path = Path(folder) / "people.csv"
        write_csv(path, PEOPLE)
        took = in_processes(processes, partial(measured, path, base_url, count))
    costs = {name: spread(micros(took[name], PEOPLE)) for name in took}
    plain, requested = Ratio.of(took, PLAINTEXT, BY_HAND), Ratio.of(took, PLAINTEXT, REQUESTS)
    signed = Ratio.of(took, OURS, BY_HAND)
    speed = PEOPLE / median(t.wall for t in took[OURS])
    Found(
        "people",
        f"{PEOPLE:,} people from a CSV file into Schoology",
        ["way", "CPU µs a person, median (quartiles)", "people/s", "ratio, median / of minima"],
        [
            [
                name,
                f"{middle:.1f} ({low:.1f}–{high:.1f})",
                f"{PEOPLE / median(t.wall for t in took[name]):,.0f}",
                str(Ratio.of(took, name, BY_HAND)),
            ]
            for name, (low, middle, high) in costs.items()
        ],
        goals=[
            plain.goal(1.5, "CPU of CSV → dicts → aiohttp + orjson, signing told apart"),
            signed.goal(2.0, "CPU of CSV → dicts → aiohttp + orjson, signed"),
            requested.goal(0.8, "CPU of a requests loop posting ready dicts, signing told apart"),
        ],
        notes=[
            f"{processes} processes of {count} rounds each, shuffled",
            f"{WIDTH} requests of 50 people under way",
            "plain HTTP on loopback; client and vendor in processes and on cores of their own",
            f"the vendor itself answers {most:,.0f} requests a second to raw sockets "
            f"({most * 50:,.0f} people/s)",
            f"stages are cumulative; the ratio is to “{BY_HAND}”",
        ],
        full=full,
        short=f"Import from CSV: {speed:,.0f} people per second on one core, with checks, "
        f"signatures and an outcome per row. This takes {signed.of_rounds:.2f} × the CPU time of "
        "posting dicts by hand with aiohttp and orjson, and "
        f"{Ratio.of(took, OURS, REQUESTS).of_rounds:.2f} × that of a loop with `requests`.",
        picture=bars(costs, unit="CPU µs a person", ours=[OURS, PLAINTEXT]),
        peers=["msgspec", "pydantic", "requests"],
    ).publish()
