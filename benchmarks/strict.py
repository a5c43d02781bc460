"""Servers that hold a limit strictly, in a process of their own, so that their work is not ours."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import mean
from typing import Literal

import attrs

from lms_async.sandbox.server import Request, Response, SandboxServer

Kind = Literal["sliding", "fixed"]


@attrs.frozen
class Setup:
    """One server: what it allows, and how far away it is."""

    count: int
    per: float
    kind: Kind
    latency: tuple[float, float]
    """Seconds, mean and spread, of a request and its answer together."""
    halved: bool = False
    """Whether a request takes its own 3/8 of the latency, and its answer the rest, each with half
    the spread. Otherwise it arrives at any moment of the latency."""
    seed: int = 0


@attrs.frozen
class Arrival:
    at: float
    admitted: bool


class Strict(SandboxServer):
    """Lets everybody in that the limit lets in, and says yes."""

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

    def admit(self, arrived: Request) -> None:
        return None

    def act(self, arrived: Request) -> Response:
        return Response(200, b'{"api_uid":"1"}', {"Content-Type": "application/json"})

    def _delays(self) -> tuple[float, float]:
        if not self._setup.halved:
            return super()._delays()
        middle, spread = self._setup.latency
        coming = middle * 3 / 8 + self._dice.uniform(-spread, spread) / 2
        return coming, middle * 5 / 8 + self._dice.uniform(-spread, spread) / 2


class Running:
    """The servers, as the client's process sees them."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.urls: list[str] = pipe.recv()

    def arrivals(self) -> list[list[Arrival]]:
        """What each server saw. It ends them."""
        self._pipe.send("enough")
        found: list[list[Arrival]] = self._pipe.recv()
        return found


@contextmanager
def running(setups: Sequence[Setup]) -> Iterator[Running]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(list(setups), theirs), daemon=True)
    process.start()
    try:
        yield Running(ours)
    finally:
        ours.close()
        process.join(5)
        process.kill()


def _serve(setups: list[Setup], pipe: Connection) -> None:
    asyncio.run(_served(setups, pipe))


async def _served(setups: list[Setup], pipe: Connection) -> None:
    servers = [Strict(setup) for setup in setups]
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
class Used:
    """What became of a limit."""

    requests: int
    refusals: int
    share: float
    """Of the limit; P divided by the mean time from an arrival to the one that is N later."""

    @classmethod
    def of(cls, setup: Setup, arrivals: Sequence[Arrival]) -> Used:
        taken = [arrival.at for arrival in arrivals if arrival.admitted]
        cycles = [b - a for a, b in zip(taken, taken[setup.count :], strict=False)]
        return cls(len(arrivals), len(arrivals) - len(taken), setup.per / mean(cycles))
