"""Servers that enforce a rate limit strictly, in their own process."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import mean
from typing import Literal

import attrs

from lms_async.sandbox.server import Arrived, Response, StandIn

Kind = Literal["sliding", "fixed"]


@attrs.frozen
class Setup:
    """One server: its rate limit and its latency."""

    count: int
    per: float
    kind: Kind
    latency: tuple[float, float]
    """Mean and spread in seconds, for a request and its response together."""
    halved: bool = False
    """If true, a request takes 3/8 of the latency and its response the rest, each with half the
    spread. Otherwise the request arrives at a random moment of the latency."""
    seed: int = 0


@attrs.frozen
class Arrival:
    at: float
    admitted: bool


class StrictServer(StandIn):
    """Accepts every request within the limit."""

    prefix = "/v1/"

    def __init__(self, setup: Setup) -> None:
        super().__init__(
            limit=(setup.count, setup.per),
            window=setup.kind,
            latency=setup.latency,
            retry_after=setup.per,
            seed=setup.seed,
        )
        self._setup = setup

    def admit(self, arrived: Arrived) -> None:
        return None

    def act(self, arrived: Arrived) -> Response:
        return Response(200, b'{"api_uid":"1"}', {"Content-Type": "application/json"})

    def _delays(self) -> tuple[float, float]:
        if not self._setup.halved:
            return super()._delays()
        middle, spread = self._setup.latency
        coming = middle * 3 / 8 + self._dice.uniform(-spread, spread) / 2
        return coming, middle * 5 / 8 + self._dice.uniform(-spread, spread) / 2


class RunningServers:
    """The servers, as seen from the client's process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.urls: list[str] = pipe.recv()

    def arrivals(self) -> list[list[Arrival]]:
        """Return what each server saw, and stop the servers."""
        self._pipe.send("enough")
        found: list[list[Arrival]] = self._pipe.recv()
        return found


@contextmanager
def running(setups: Sequence[Setup]) -> Iterator[RunningServers]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(list(setups), theirs), daemon=True)
    process.start()
    try:
        yield RunningServers(ours)
    finally:
        ours.close()
        process.join(5)
        process.kill()


def _serve(setups: list[Setup], pipe: Connection) -> None:
    asyncio.run(_served(setups, pipe))


async def _served(setups: list[Setup], pipe: Connection) -> None:
    servers = [StrictServer(setup) for setup in setups]
    for server in servers:
        await server.start()
    pipe.send([server.base_url for server in servers])
    try:
        await asyncio.to_thread(pipe.recv)
        pipe.send([[Arrival(seen.at, seen.status != 429) for seen in s.log] for s in servers])
    except EOFError:
        pass  # the client's process is gone
    for server in servers:
        await server.close()


@attrs.frozen
class LimitUsage:
    """How much of a limit was used, and how many requests were rejected."""

    requests: int
    refusals: int
    share: float
    """Of the limit: the period divided by the mean time between an arrival and the N-th after
    it."""

    @classmethod
    def of(cls, setup: Setup, arrivals: Sequence[Arrival]) -> LimitUsage:
        taken = [arrival.at for arrival in arrivals if arrival.admitted]
        cycles = [b - a for a, b in zip(taken, taken[setup.count :], strict=False)]
        return cls(len(arrivals), len(arrivals) - len(taken), setup.per / mean(cycles))
