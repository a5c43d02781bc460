"""The base class of the sandboxes: an HTTP server on a real socket that imitates a vendor's API."""

from __future__ import annotations

import asyncio
import contextlib
import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from email.utils import formatdate
from types import TracebackType
from typing import Any, Literal, Self, cast
from urllib.parse import unquote

from aiohttp import web
from attrs import Factory, frozen
from multidict import MultiMapping

from .clock import Clock
from .faults import Fault, Faults
from .limits import ArrivalLimit
from .log import RequestLog, Seen
from .thread import LoopThread


@frozen
class Request:
    """A request that the sandbox received."""

    method: str
    path: str
    """The path below the API's root, still percent-encoded, without the query."""
    uri: str
    """The whole URL, as the client had to sign it."""
    query: MultiMapping[str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded parts of the path, without a slash at its end."""
        return tuple(unquote(part) for part in self.path.removesuffix("/").split("/"))


@frozen
class Response:
    """The response to a request."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = Factory(dict)


class SandboxServer(ABC):
    """The base class of a vendor's sandbox, which implements :meth:`admit` and :meth:`act`.

    ``async with`` serves from the running event loop, ``with`` from a separate thread.

    The steps of a request are: the first part of the latency, the log, the limit, :meth:`admit`,
    the faults, :meth:`act`, the rest of the latency. If the limit or :meth:`admit` refuses a
    request, no fault is used up.

    :param limit: requests and seconds; by default there is no limit.
    :param window: whether the limit counts in a sliding window, or in fixed periods.
    :param latency: mean and spread of the response time, in seconds.
    :param retry_after: the ``Retry-After`` of a refusal, in seconds; by default none is sent.
    :param host: the address to listen on.
    :param port: the port to listen on; 0 takes any that is free.
    :param seed: for all random choices.
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
        """Called as each request arrives, before it is handled, in the server's thread."""
        rng = random.Random(f"phase {seed}")  # noqa: S311 - not a secret
        self._limit = (
            ArrivalLimit(*limit, window, phase=rng.uniform(0, limit[1])) if limit else None
        )
        # Unpacked here, so that a wrong value raises an error now and not at the first request.
        self._latency = None if latency is None else (latency[0], latency[1])
        self._dice = random.Random(f"latency {seed}")  # noqa: S311
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._bugs: list[Exception] = []
        self._thread: LoopThread | None = None

    @abstractmethod
    def admit(self, received: Request) -> Response | None:
        """Return a refusal for a caller without valid credentials, or ``None``."""

    @abstractmethod
    def act(self, received: Request) -> Response:
        """Execute the request and return the response. No other request is served meanwhile."""

    def is_limited(self, received: Request) -> bool:
        """Return whether a request counts for the limit. By default all do."""
        return True

    def path_of(self, raw: str) -> str:
        """Return the path below the API's root, as the log and the faults use it."""
        return raw.removeprefix(self.prefix)

    def refusal(self) -> Response:
        """Return the response to a request that exceeds the limit."""
        headers = {"Content-Type": "text/plain"}
        if self.retry_after is not None:
            headers["Retry-After"] = f"{self.retry_after:g}"
        return Response(429, b"Too many requests.", headers)

    # -- start and stop

    @property
    def origin(self) -> str:
        """``http://host:port``."""
        if not self.port:
            raise RuntimeError("the sandbox has no address before it is started")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """The base URL for a client."""
        return self.origin + self.prefix

    async def start(self) -> None:
        """Start to listen. After :meth:`close`, this listens at the same address again."""
        await self._on_its_loop(self._listen())

    async def close(self) -> None:
        """Close the connections of requests that still wait, and stop.

        :raises Exception: an exception in the sandbox while it served a request. It is raised here
            so that it is not mistaken for a 500 of the vendor.
        """
        await self._on_its_loop(self._stop())

    async def _on_its_loop(self, work: Coroutine[Any, Any, None]) -> None:
        await (work if self._thread is None else asyncio.wrap_future(self._thread.submit(work)))

    async def _listen(self) -> None:
        self._closing.clear()
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/{rest:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        handler = cast("web.Server", self._runner.server)  # set by setup()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(handler, self.host, self.port, backlog=128)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._closing.set()
        if self._server is not None:
            await self._finish_accepting(self._server)
            self._server.close()
            self._server = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._bugs:
            bug, self._bugs = self._bugs[0], []
            raise bug

    @staticmethod
    async def _finish_accepting(server: asyncio.Server) -> None:
        """Accept no more connections, and wait for those that are being accepted.

        asyncio accepts a connection in three turns of its event loop. If its server is closed in
        between, nothing closes this connection.
        """
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):  # on Windows
            for listener in server.sockets:
                loop.remove_reader(listener)
        for _ in range(3):
            await asyncio.sleep(0)

    def __enter__(self) -> Self:
        """Serve from a separate thread, so that synchronous code can use the sandbox."""
        self._thread = LoopThread()
        try:
            self._thread.submit(self._listen()).result()
        except BaseException:
            self._end_thread(self._thread)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            try:
                self._thread.submit(self._stop()).result()
            finally:
                self._end_thread(self._thread)

    def _end_thread(self, thread: LoopThread) -> None:
        thread.close()
        self._thread = None

    async def __aenter__(self) -> Self:
        """Serve from the running event loop."""
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
        """Return the most arrivals in any ``per`` seconds, without those that the limit refused."""
        return self.log.busiest(per)

    # -- one request

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        received = self._read(request, await request.read())
        coming, going = self._delays()
        await asyncio.sleep(coming)
        now = asyncio.get_running_loop().time()
        seen = Seen(method=received.method, path=received.path, query=received.query, at=now)
        self.log.append(seen)
        try:
            fault, answer = self._decide(received, seen)
        except Exception as bug:
            self._bugs.append(bug)
            raise
        if answer is not None and (fault is None or fault.kind == "half_body"):
            seen.status = answer.status
        if seen.status == 429:
            self.refusals += 1
        await asyncio.sleep(going)
        return await self._send(request, fault, answer)

    def _read(self, request: web.Request, body: bytes) -> Request:
        raw, _, _ = request.raw_path.partition("?")
        return Request(
            method=request.method,
            path=self.path_of(raw),
            # A client signs the host in its `Host` header (RFC 5849, 3.4.1.2). Some clients always
            # send the real vendor's host.
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

    def _decide(self, received: Request, seen: Seen) -> tuple[Fault | None, Response | None]:
        if self.before_each is not None:
            self.before_each(seen)
        limit = self._limit if self.is_limited(received) else None
        if limit is not None and not limit.admits(seen.at):
            return None, self.refusal()
        refused = self.admit(received)
        if refused is not None:
            return None, refused
        fault = self.faults.meet(received.method, received.path)
        if fault is None:
            return None, self.act(received)
        seen.fault = fault.kind
        answer = self.act(received) if fault.acts else None
        if fault.kind not in {"hang", "cut", "half_body"}:
            seen.status = fault.status
        return fault, answer

    async def _send(
        self, request: web.Request, fault: Fault | None, answer: Response | None
    ) -> web.StreamResponse:
        if fault is None:
            assert answer is not None  # noqa: S101 - `_decide` returns one if there is no fault
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
    return web.Response()  # never sent: the connection is closed


async def _half(request: web.Request, answer: Response) -> web.StreamResponse:
    if len(answer.body) < 2:
        return _cut(request)  # too short to send half of it
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()  # abort() would drop the half that was written
    return response
