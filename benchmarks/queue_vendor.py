"""Schools for the benchmarks of queues and workers: each has a sandbox and a limit of its own, and
all have one more limit together, as if the vendor counted requests by address too."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from multiprocessing.connection import Connection
from statistics import mean

import attrs
from aiohttp import web

from lms_async.sandbox.limits import ArrivalLimit, busiest
from schoology_async.sandbox import SchoologySandbox

#: Mean and spread of the response time, in seconds.
LATENCY = (0.08, 0.04)


@attrs.frozen
class Limits:
    """Requests in ``per`` seconds, of all schools and of one school."""

    address: int
    school: int
    per: float = 1.0


@attrs.frozen
class SchoolSeen:
    """What the sandbox of one school saw. Times are on the clock of the vendor's process."""

    arrivals: Sequence[float]
    latencies: Sequence[float]
    """From the arrival of a request to its response."""
    refusals: int
    people: dict[str, tuple[str, ...]]
    """The fields of each person, by ``school_uid``."""
    creates: dict[str, int]
    """How often each person was created."""


@attrs.frozen
class Seen:
    """What all sandboxes saw."""

    schools: Sequence[SchoolSeen]
    limits: Limits

    @property
    def arrivals(self) -> list[float]:
        """The arrivals at all schools, in order."""
        return sorted(at for school in self.schools for at in school.arrivals)

    @property
    def refusals(self) -> int:
        return sum(school.refusals for school in self.schools)

    @property
    def busiest(self) -> int:
        """The most arrivals from the address in any period."""
        return busiest(self.arrivals, self.limits.per)

    @property
    def busiest_school(self) -> int:
        """The most arrivals at one school in any period."""
        return max(busiest(school.arrivals, self.limits.per) for school in self.schools)

    @property
    def seconds(self) -> float:
        """The time from the first arrival to the last."""
        arrivals = self.arrivals
        return arrivals[-1] - arrivals[0]

    @property
    def latency(self) -> float:
        """The mean time from the arrival of a request to its response."""
        return mean(seconds for school in self.schools for seconds in school.latencies)

    @property
    def bound(self) -> float:
        """The most requests per second from the address without a risk of refusals: a slot is busy
        from the departure of a request until one period after its response."""
        return self.limits.address / (self.limits.per + self.latency)

    @property
    def share_of_bound(self) -> float:
        """Requests per second, divided by the bound, without the first and the last 2 % of the
        requests. Then not all workers have a shard."""
        arrivals = self.arrivals
        margin = len(arrivals) // 50
        first, last = arrivals[margin], arrivals[-1 - margin]
        return (len(arrivals) - 1 - 2 * margin) / (last - first) / self.bound

    @property
    def spread(self) -> float:
        """The time of the slowest school, from its first request to its last, divided by that of
        the fastest."""
        times = [school.arrivals[-1] - school.arrivals[0] for school in self.schools]
        return max(times) / min(times)


#: The fields of a person that are compared with the input.
FIELDS = ("name_first", "name_last", "primary_email", "role_id")


def school_rows(school: int, count: int) -> list[dict[str, str]]:
    """Return the people of one school, who are in no other school."""
    return [
        {
            "school_uid": f"{school}-{number:05}",
            "name_first": f"First{number}",
            "name_last": f"Last{number}",
            "primary_email": f"person{number}@school{school}.example",
            "role_id": "1214",
        }
        for number in range(count)
    ]


class _SchoolLimit(ArrivalLimit):
    """The limit of one school and that of the address."""

    def __init__(self, limits: Limits, address: ArrivalLimit) -> None:
        super().__init__(limits.school, limits.per)
        self._address = address

    def admits(self, now: float) -> bool:
        return super().admits(now) and self._address.admits(now)


class _Sandbox(SchoologySandbox):
    def __init__(self, limits: Limits, address: ArrivalLimit, number: int) -> None:
        super().__init__(latency=LATENCY, seed=number)
        self._limit = _SchoolLimit(limits, address)
        #: The seconds from the arrival of each request to its response.
        self.latencies: list[float] = []

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        response = await super()._serve(request)
        self.latencies.append(time.monotonic() - began)
        return response


class QueueVendor:
    """The sandboxes, in a process of their own."""

    def __init__(self, told: Connection, urls: Sequence[str], limits: Limits) -> None:
        self._told = told
        self.urls = urls
        self._limits = limits
        self.key, self.secret = SchoologySandbox().key, SchoologySandbox().secret

    def created(self) -> int:
        """Return how many people the schools have."""
        self._told.send("created")
        return int(self._told.recv())

    def seen(self) -> Seen:
        """Return what the sandboxes saw so far."""
        self._told.send("seen")
        return Seen(self._told.recv(), self._limits)


@contextmanager
def queue_vendor(schools: int, limits: Limits) -> Iterator[QueueVendor]:
    """Run the sandboxes of ``schools`` schools in a process of their own."""
    processes = multiprocessing.get_context("spawn")
    ours, theirs = processes.Pipe()
    process = processes.Process(target=_serve, args=(theirs, schools, limits), daemon=True)
    process.start()
    theirs.close()
    try:
        yield QueueVendor(ours, ours.recv(), limits)
    finally:
        process.kill()
        process.join()
        ours.close()


def _serve(told: Connection, schools: int, limits: Limits) -> None:
    asyncio.run(_serve_all(told, schools, limits))


async def _serve_all(told: Connection, schools: int, limits: Limits) -> None:
    address = ArrivalLimit(limits.address, limits.per)
    async with AsyncExitStack() as stack:
        sandboxes = [_Sandbox(limits, address, number) for number in range(schools)]
        for sandbox in sandboxes:
            await stack.enter_async_context(sandbox)
        told.send([sandbox.base_url for sandbox in sandboxes])
        while True:
            try:
                asked = await asyncio.to_thread(told.recv)
            except EOFError:
                return
            told.send(_created(sandboxes) if asked == "created" else list(map(_seen, sandboxes)))


def _created(sandboxes: Sequence[SchoologySandbox]) -> int:
    return sum(len(sandbox.school.creates) for sandbox in sandboxes)


def _seen(sandbox: _Sandbox) -> SchoolSeen:
    people = {
        account.school_uid: tuple(str(getattr(account, name)) for name in FIELDS)
        for account in sandbox.school.users.values()
        if account.uid != sandbox.school.api_uid
    }
    arrivals = [one.at for one in sandbox.log if one.status != 429]
    return SchoolSeen(
        arrivals, sandbox.latencies, sandbox.refusals, people, dict(sandbox.school.creates)
    )


def differences(seen: Seen, rows: Sequence[Sequence[dict[str, str]]]) -> list[str]:
    """Compare the people of all schools with the input, and return what is wrong in sentences."""
    found = []
    for number, (school, given) in enumerate(zip(seen.schools, rows, strict=True)):
        wanted = {row["school_uid"]: tuple(row[name] for name in FIELDS) for row in given}
        lost = wanted.keys() - school.people.keys()
        other = sum(school.people.get(uid, fields) != fields for uid, fields in wanted.items())
        more = sum(count - 1 for count in school.creates.values())
        more += len(school.people.keys() - wanted.keys())
        if lost or other or more:
            found.append(f"school {number}: {len(lost)} lost, {other} wrong, {more} too many")
    return found
