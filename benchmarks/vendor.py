"""A vendor that costs next to nothing: a process of its own that says yes to all it is sent.

It looks for the ``school_uid`` of each row with one regular expression and answers with one result
a row, in the shape of Schoology's bulk create. It parses no JSON and checks no signature.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import orjson

from .school import people

#: As many requests are under way in each variant as a bulk of ours keeps.
WIDTH = 64
SERVER_CPU, CLIENT_CPU = 1, 0

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_SCHOOL_UID = re.compile(rb'"school_uid":"([^"]*)"')
_RESULT = (
    b'{"response_code":200,"location":"http://localhost/v1/users/1%b","school_uid":"%b","id":"1%b"}'
)


def pin(cpu: int) -> None:
    """Stay on one core, where the system knows how and has as many."""
    if hasattr(os, "sched_setaffinity") and cpu in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {cpu})


class _Vendor(asyncio.Protocol):
    def __init__(self) -> None:
        self._read = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (head := self._read.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._read, 0, head)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self._read) < end:
                return
            body = bytes(self._read[head + 4 : end])
            del self._read[:end]
            assert self._transport is not None  # noqa: S101
            self._transport.write(_answer(body))


def _answer(body: bytes) -> bytes:
    results = b",".join(_RESULT % (uid[1:], uid, uid[1:]) for uid in _SCHOOL_UID.findall(body))
    answer = b'{"user":[' + results + b"]}"
    return (
        b"HTTP/1.1 207 Multi-Status\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(answer)
    ) + answer


def _serve(told: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Vendor, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(told.poll, None)  # until the other end is closed

    pin(SERVER_CPU)
    asyncio.run(run())


@contextmanager
def vendor() -> Iterator[str]:
    """A vendor for as long as the context lasts; gives its base URL."""
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


class _Hammer(asyncio.Protocol):
    """Sends the same bytes again as soon as the answer is in, and counts the answers."""

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
    """How many batches of 50 a second the vendor answers to raw sockets."""
    body = orjson.dumps({"users": {"user": list(people(50))}})
    request = b"POST /v1/users HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    port = int(base_url.removesuffix("/v1/").rpartition(":")[2])
    loop = asyncio.get_running_loop()
    hammers = [
        (await loop.create_connection(lambda: _Hammer(request, len(_answer(body))), port=port))
        for _ in range(WIDTH)
    ]
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    lasted = time.perf_counter() - began
    for transport, _ in hammers:
        transport.abort()
    return sum(hammer.answers for _, hammer in hammers) / lasted
