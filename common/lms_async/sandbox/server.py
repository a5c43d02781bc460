"""A server on a real socket that stands in for a vendor's."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from email.utils import formatdate
from types import TracebackType
from typing import Literal, Self
from urllib.parse import unquote

from aiohttp import web
from attrs import Factory, frozen
from multidict import MultiMapping

from .clock import Clock
from .faults import Fault, Faults
from .limits import ArrivalLimit
from .log import RequestLog, Seen


@frozen
class Arrived:
    """A request as the vendor's rules see it."""

    method: str
    path: str
    """Below the API's root, as on the wire, without the query."""
    uri: str
    """All of it, as the client must have signed it."""
    query: MultiMapping[str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded parts of the path; a slash at its end does not matter."""
        return tuple(unquote(part) for part in self.path.removesuffix("/").split("/"))


@frozen
class Response:
    """What the server says to it."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = Factory(dict)


class StandIn(ABC):
    """What any stand-in vendor server needs; a vendor's adds :meth:`admit` and :meth:`act`.

    A request goes through these in order: the first part of the latency, the log, the limit,
    :meth:`admit`, the faults, :meth:`act`, the rest of the latency. So what a limit or a wrong
    signature refuses uses up no fault.
    """

    prefix = "/"
    """The path of the API's root."""

    def __init__(
        self,
        *,
        limit: tuple[int, float] | None = None,
        window: Literal["sliding", "fixed"] = "sliding",
        latency: tuple[float, float] | None = None,
        retry_after: float | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 0,
    ) -> None:
        self.host = host
        self.port = port
        self.log = RequestLog()
        self.faults = Faults(seed)
        self.clock = Clock()
        self.refusals = 0
        self.retry_after = retry_after
        self.before_each: Callable[[Seen], None] | None = None
        """Called as each request arrives, before anything is done about it."""
        dice = random.Random(f"phase {seed}")  # noqa: S311 - a dice, not a secret
        self._limit = (
            ArrivalLimit(*limit, window, phase=dice.uniform(0, limit[1])) if limit else None
        )
        # Taken apart here, so that one that is no pair is noticed now, not at the first request.
        self._latency = None if latency is None else (latency[0], latency[1])
        self._dice = random.Random(f"latency {seed}")  # noqa: S311
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._bugs: list[Exception] = []

    @abstractmethod
    def admit(self, arrived: Arrived) -> Response | None:
        """Refuse a caller who may not come in, or ``None``."""

    @abstractmethod
    def act(self, arrived: Arrived) -> Response:
        """Do what was asked. All at once: no other request is served meanwhile."""

    def path_of(self, raw: str) -> str:
        """A request's path, as the log and faults know it, from all of the path on the wire."""
        return raw.removeprefix(self.prefix)

    def refusal(self) -> Response:
        """What a request beyond the limit gets."""
        headers = {"Content-Type": "text/plain"}
        if self.retry_after is not None:
            headers["Retry-After"] = f"{self.retry_after:g}"
        return Response(429, b"Too many requests.", headers)

    # -- its life

    @property
    def origin(self) -> str:
        """``http://host:port``."""
        if not self.port:
            raise RuntimeError("the sandbox has no address before it is started")
        return f"http://{self.host}:{self.port}"

    @property
    def base_url(self) -> str:
        """Where a client is to be pointed."""
        return self.origin + self.prefix

    async def start(self) -> None:
        """Listen. After :meth:`close` this listens at the same address again."""
        self._closing.clear()
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/{rest:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Cut whoever still waits, and stop.

        If the sandbox itself broke while serving, its exception comes out here: it must not pass
        for a vendor's 500.
        """
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._bugs:
            bug, self._bugs = self._bugs[0], []
            raise bug

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def busiest(self, per: float) -> int:
        """Most arrivals in any ``per`` seconds, without those that the limit refused."""
        return self.log.busiest(per)

    # -- one request

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        arrived = self._read(request, await request.read())
        coming, going = self._delays()
        await asyncio.sleep(coming)
        now = asyncio.get_running_loop().time()
        seen = Seen(method=arrived.method, path=arrived.path, query=arrived.query, at=now)
        self.log.append(seen)
        try:
            fault, answer = self._decide(arrived, seen)
        except Exception as bug:
            self._bugs.append(bug)
            raise
        if answer is not None and (fault is None or fault.kind == "half_body"):
            seen.status = answer.status
        if seen.status == 429:
            self.refusals += 1
        await asyncio.sleep(going)
        return await self._send(request, fault, answer)

    def _read(self, request: web.Request, body: bytes) -> Arrived:
        raw, _, _ = request.raw_path.partition("?")
        return Arrived(
            method=request.method,
            path=self.path_of(raw),
            # A client signs what it says in `Host` (RFC 5849, 3.4.1.2): with some that is the
            # real vendor, whomever they talk to.
            uri=f"http://{request.host}{request.raw_path}",
            query=request.query,
            headers=request.headers,
            body=body,
        )

    def _delays(self) -> tuple[float, float]:
        if self._latency is None:
            return 0.0, 0.0
        mean, spread = self._latency
        whole = max(0.0, mean + self._dice.uniform(-spread, spread))
        coming = whole * self._dice.random()
        return coming, whole - coming

    def _decide(self, arrived: Arrived, seen: Seen) -> tuple[Fault | None, Response | None]:
        if self.before_each is not None:
            self.before_each(seen)
        if self._limit is not None and not self._limit.admits(seen.at):
            return None, self.refusal()
        refused = self.admit(arrived)
        if refused is not None:
            return None, refused
        fault = self.faults.meet(arrived.method, arrived.path)
        if fault is None:
            return None, self.act(arrived)
        seen.fault = fault.kind
        answer = self.act(arrived) if fault.acts else None
        if fault.kind not in {"hang", "cut", "half_body"}:
            seen.status = fault.status
        return fault, answer

    async def _send(
        self, request: web.Request, fault: Fault | None, answer: Response | None
    ) -> web.StreamResponse:
        if fault is None:
            assert answer is not None  # noqa: S101 - what `_decide` promises without a fault
            headers = {"Date": formatdate(self.clock.time(), usegmt=True), **answer.headers}
            return web.Response(status=answer.status, body=answer.body, headers=headers)
        if fault.kind == "hang":
            await self._closing.wait()
        if fault.kind in {"hang", "cut"}:
            return _cut(request)
        if fault.kind == "half_body":
            assert answer is not None  # noqa: S101 - half_body always acts
            return await _half(request, answer)
        return web.Response(status=fault.status, text=fault.body, headers=fault.headers)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # goes nowhere: there is no connection to write it to


async def _half(request: web.Request, answer: Response) -> web.StreamResponse:
    if len(answer.body) < 2:
        return _cut(request)  # there is no half of nothing
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()  # not abort: the half must still go out
    return response
