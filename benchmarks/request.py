"""What does one request cost, and how long does it take?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from statistics import median, quantiles
from typing import Any

import aiohttp
import httpx
import orjson
import requests

from manabac_async import ManageBac, ManageBacV1
from schoology_async import Schoology, Window

from .measure import Ratio, Rounds, Way, micros, rounds, spread
from .picture import bars
from .read import schoolopy_client
from .report import Found
from .school import people
from .vendor import CLIENT_CPU, ceilings, pin, vendor

#: Requests per round, and how many of them are in flight at once.
REQUESTS, AT_ONCE = 320, 8

GET_BY_HAND = "GET, aiohttp + orjson"
GET_OURS = "GET, lms-async, a token"
GET_MODEL = "GET, lms-async, a token, a model of 52 fields"
GET_SIGNED = "GET, lms-async, HMAC-SHA1, a model of 46 fields"
POST_BY_HAND = "POST, aiohttp + orjson"
POST_OURS = "POST, lms-async, PLAINTEXT"
POST_SIGNED = "POST, lms-async, HMAC-SHA1"

JSON = {"Content-Type": "application/json"}


class RequestTimer:
    """Makes ways of single requests, and records how long each request took."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def tasks(self, name: str, one: Callable[[], Awaitable[bool]]) -> Way:
        """Run AT_ONCE tasks. Each one sends its requests one after the other."""

        async def work() -> int:
            done = 0
            for _ in range(REQUESTS // AT_ONCE):
                began = time.perf_counter()
                done += await one()
                self.seconds.setdefault(name, []).append(time.perf_counter() - began)
            return done

        async def way() -> int:
            return sum(await asyncio.gather(*(work() for _ in range(AT_ONCE))))

        return way

    def threads(self, name: str, pool: ThreadPoolExecutor, one: Callable[[], bool]) -> Way:
        """The same with threads."""

        def work() -> int:
            done = 0
            for _ in range(REQUESTS // AT_ONCE):
                began = time.perf_counter()
                done += one()
                self.seconds.setdefault(name, []).append(time.perf_counter() - began)
            return done

        async def way() -> int:
            loop = asyncio.get_running_loop()
            return sum(
                await asyncio.gather(*(loop.run_in_executor(pool, work) for _ in range(AT_ONCE)))
            )

        return way


async def compare(
    base_url: str, count: int, watch: RequestTimer
) -> tuple[dict[str, float], Rounds]:
    most = await ceilings(base_url)
    api = base_url.replace("/v1/", "/api/")
    one_user, users = base_url + "users/1", base_url + "users"
    body = {"users": {"user": list(people(50))}}
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        httpx_client = await stack.enter_async_context(httpx.AsyncClient())
        requests_session = stack.enter_context(requests.Session())
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=AT_ONCE)
        requests_session.mount("http://", adapter)
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        theirs = schoolopy_client(base_url)
        wide: Any = {"limiter": Window(10**6, per=1.0)}
        plain = Schoology("key", "secret", base_url=base_url, signature="PLAINTEXT", **wide)
        signed = Schoology("key", "secret", base_url=base_url, **wide)
        token = ManageBac("token", base_url=base_url, **wide)
        legacy = ManageBacV1("school", "token", base_url=api, **wide)
        for client in (plain, signed, token, legacy):
            await stack.enter_async_context(client)

        async def by_hand() -> bool:
            async with session.get(one_user, headers={"auth-token": "token"}) as response:
                return "uid" in orjson.loads(await response.read())

        async def by_httpx() -> bool:
            response = await httpx_client.get(one_user, headers={"auth-token": "token"})
            return "uid" in orjson.loads(response.content)

        def by_requests() -> bool:
            return "uid" in requests_session.get(one_user, headers={"auth-token": "token"}).json()

        async def ours() -> bool:
            return "uid" in orjson.loads((await token.request("GET", "users/1")).body)

        async def model() -> bool:
            return (await legacy.users.get(10_752_601)).email is not None

        async def signed_model() -> bool:
            return (await signed.users.get(10_000_001)).primary_email is not None

        async def posted_by_hand() -> bool:
            sent = orjson.dumps(body)
            async with session.post(users, data=sent, headers=JSON) as response:
                return len(orjson.loads(await response.read())["user"]) == 50

        async def posted_by_httpx() -> bool:
            response = await httpx_client.post(users, content=orjson.dumps(body), headers=JSON)
            return len(orjson.loads(response.content)["user"]) == 50

        def posted_by_requests() -> bool:
            return len(requests_session.post(users, json=body).json()["user"]) == 50

        def posting(client: Schoology) -> Callable[[], Awaitable[bool]]:
            async def posted() -> bool:
                answer = await client.request("POST", "users", body=body)
                return len(orjson.loads(answer.body)["user"]) == 50

            return posted

        asynchronous: dict[str, Callable[[], Awaitable[bool]]] = {
            GET_BY_HAND: by_hand,
            GET_OURS: ours,
            GET_MODEL: model,
            GET_SIGNED: signed_model,
            "GET, httpx + orjson": by_httpx,
            POST_BY_HAND: posted_by_hand,
            POST_OURS: posting(plain),
            POST_SIGNED: posting(signed),
            "POST, httpx + orjson": posted_by_httpx,
        }
        threaded: dict[str, Callable[[], bool]] = {
            "GET, requests in threads": by_requests,
            "GET, schoolopy in threads": lambda: "uid" in theirs.get_user(1),
            "POST, requests in threads": posted_by_requests,
            "POST, schoolopy in threads": lambda: len(theirs._post("users", body)["user"]) == 50,
        }
        ways = {name: watch.tasks(name, one) for name, one in asynchronous.items()}
        ways |= {name: watch.threads(name, pool, one) for name, one in threaded.items()}
        ways = {name: ways[name] for name in sorted(ways, key=lambda name: name[0])}
        return most, await rounds(ways, count=count, units=REQUESTS)


def main(full: bool = False) -> None:
    pin(CLIENT_CPU)
    count = 31 if full else 3
    watch = RequestTimer()
    with vendor() as base_url:
        most, took = asyncio.run(compare(base_url, count, watch))
    costs = {name: spread(micros(took[name], REQUESTS)) for name in took}
    base = {name: GET_BY_HAND if name.startswith("GET") else POST_BY_HAND for name in took}

    def latency(name: str) -> str:
        seconds = watch.seconds[name]
        return f"{median(seconds) * 1e3:.1f} / {quantiles(seconds, n=100)[98] * 1e3:.1f}"

    Found(
        "request",
        "One GET of a user and one POST of 50",
        [
            "way",
            "CPU µs a request, median (quartiles)",
            "ms, median / p99",
            "ratio, median / of minima",
        ],
        [
            [
                name,
                f"{middle:.0f} ({low:.0f}–{high:.0f})",
                latency(name),
                str(Ratio.of(took, name, base[name])),
            ]
            for name, (low, middle, high) in costs.items()
        ],
        goals=[
            Ratio.of(took, GET_OURS, GET_BY_HAND).goal(
                1.35, "CPU of a GET by aiohttp + orjson, a token vendor"
            )
        ],
        notes=[
            f"{count} rounds of {REQUESTS} requests, {AT_ONCE} under way at once, in one process, "
            "shuffled; retry and limiter on",
            "the vendor itself answers to raw sockets: "
            + ", ".join(f"{what} {each:,.0f}/s" for what, each in most.items()),
            "ratios are to aiohttp + orjson with the same method",
        ],
        full=full,
        picture=bars(
            costs,
            unit="CPU µs a request",
            ours=[name for name in costs if "lms-async" in name],
            log=True,
            shown="{:.0f}".format,
        ),
        peers=["httpx", "requests", "schoolopy"],
    ).publish()
