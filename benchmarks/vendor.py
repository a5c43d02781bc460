"""A vendor with almost no cost: one process that serves every benchmark.

Its responses are in ``answers.py``; latency, limit and faults in ``terms.py``. Its own maximum
speed, found with raw sockets, is printed before anything is measured.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import selectors
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

import orjson

from .answers import ONE_USER, answer, page, results
from .school import people
from .terms import RunState

#: Each way keeps as many requests in flight as our bulk does.
WIDTH = 64
SERVER_CPU, CLIENT_CPU = 1, 0
#: The base URL of a running vendor, passed to the processes of each question.
VENDOR = "LMS_BENCHMARKS_VENDOR"

#: How long the vendor polls after a request before it sleeps, in seconds.
_AWAKE = 0.005

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_STATUS = {200: b"OK", 207: b"Multi-Status", 429: b"Too Many Requests", 503: b"Unavailable"}


def pin(cpu: int) -> None:
    """Run on one CPU core if the system supports that, even if the parent process uses another
    one."""
    if hasattr(os, "sched_setaffinity"):
        with suppress(OSError):  # the core does not exist, or may not be used
            os.sched_setaffinity(0, {cpu})


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end_of_head := self._read.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._read, 0, end_of_head)
            end = end_of_head + 4 + (int(length[1]) if length else 0)
            if len(self._read) < end:
                return
            head, body = bytes(self._read[:end_of_head]), bytes(self._read[end_of_head + 4 : end])
            del self._read[:end]
            terms = RunState.of(head) if head.find(b" /strict/", 0, 20) > 0 else None
            if terms is None:
                self._transport.write(_written(*answer(head, body)))
            else:
                self._loop.call_later(terms.half_way(), self._arrived, terms, head, body)

    def _arrived(self, terms: RunState, head: bytes, body: bytes) -> None:
        if not terms.accepts(self._loop.time()):
            status, content = 429, b""
        elif (fault := terms.fault()) == 200:
            status, content = answer(head, body)
        else:
            status, content = fault, b""
        wait = b"Retry-After: %b\r\n" % str(terms.per).encode() if status == 429 else b""
        self._loop.call_later(terms.half_way(), self._answered, status, content, wait)

    def _answered(self, status: int, content: bytes, wait: bytes) -> None:
        if not status:
            self._transport.abort()
        elif not self._transport.is_closing():
            self._transport.write(_written(status, content, wait))


def _written(status: int, content: bytes, more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 %d %b\r\nContent-Type: application/json\r\n" % (status, _STATUS[status])
    return head + more + b"Content-Length: %d\r\n\r\n" % len(content) + content


class _PollingSelector(selectors.DefaultSelector):
    """Polls for a while after each request instead of sleeping.

    Waking a sleeping process can cost the sender half a request on a virtual machine. A client that
    leaves the vendor idle would pay for that, which a vendor over a network would not cause.
    """

    _until = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if ready := super().select(0):
            self._until = time.monotonic() + _AWAKE
            return ready
        return ready if time.monotonic() < self._until else super().select(timeout)


def _serve(told: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(
            _Connection, "127.0.0.1", 0, backlog=1024
        )
        told.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(told.poll, None)  # until the other end is closed

    pin(SERVER_CPU)
    with asyncio.Runner(
        loop_factory=lambda: asyncio.SelectorEventLoop(_PollingSelector())
    ) as runner:
        runner.run(run())


@contextmanager
def vendor() -> Iterator[str]:
    """Yield the base URL of a vendor: the one in ``VENDOR``, or a new one for this context."""
    if VENDOR in os.environ:
        yield os.environ[VENDOR]
        return
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/v1/"
    finally:
        ours.close()
        process.join()


class _LoadProtocol(asyncio.Protocol):
    """Sends the same request again after each response, and counts the responses."""

    def __init__(self, request: bytes, answer: int) -> None:
        self._request = request
        self._answer = answer
        self._left = answer
        self.answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left <= 0:
            self._left = self._answer
            self.answers += 1
            self._transport.write(self._request)


async def ceiling(base_url: str, seconds: float = 1.0) -> float:
    """Return how many batches of 50 per second the vendor answers over raw sockets."""
    body = orjson.dumps({"users": {"user": list(people(50))}})
    request = b"POST /v1/users HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    return await _requests_per_second(base_url, request, 207, results(body), seconds)


async def ceilings(base_url: str, seconds: float = 1.0) -> dict[str, float]:
    """Return the requests per second of each kind that the vendor answers over raw sockets."""
    one = b"GET /v1/users/1 HTTP/1.1\r\n\r\n"
    listed = b"GET /v1/users?start=0 HTTP/1.1\r\n\r\n"
    return {
        "a batch of 50": await ceiling(base_url, seconds),
        "one user": await _requests_per_second(base_url, one, 200, ONE_USER, seconds),
        "a page of 200": await _requests_per_second(base_url, listed, 200, page(0), seconds),
    }


async def _requests_per_second(
    base_url: str, request: bytes, status: int, content: bytes, seconds: float
) -> float:
    port = int(base_url.removesuffix("/v1/").rpartition(":")[2])
    loop = asyncio.get_running_loop()
    length = len(_written(status, content))
    hammers = [
        (await loop.create_connection(lambda: _LoadProtocol(request, length), "127.0.0.1", port))
        for _ in range(WIDTH)
    ]
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    lasted = time.perf_counter() - began
    for transport, _ in hammers:
        transport.abort()
    return sum(hammer.answers for _, hammer in hammers) / lasted
