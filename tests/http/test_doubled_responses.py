"""A proxy sends some responses twice. No row may get the response of another row."""

from __future__ import annotations

import asyncio
import random
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest

from lms_async import CleanConnector, RetryPolicy, Status, Window
from manabac_async import ManageBacV1
from schoology_async import Schoology
from tests.conftest import QUICK


class DoublingServer:
    """Serves v1's ``POST users`` and Schoology's ``GET users/{uid}``. Sends some responses twice,
    the second time after ``delay`` seconds."""

    def __init__(self, delay: float, share: float = 0.2) -> None:
        self.delay = delay
        self.share = share
        self.made: dict[str, str] = {}
        self.connections = 0
        self.doubled = 0
        self._dice = random.Random(7)
        self._late: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if task := asyncio.current_task():
            self._serving.add(task)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = head.lower().split("\r\n")
                length = next((x[15:] for x in lines if x.startswith("content-length:")), "0")
                body = await reader.readexactly(int(length))
                response = self._response(head.split(" ")[:2], body)
                writer.write(response)
                if self._dice.random() < self.share:
                    self.doubled += 1
                    if self.delay:
                        task = asyncio.ensure_future(self._again(writer, response))
                        self._late.add(task)
                        task.add_done_callback(self._late.discard)
                    else:
                        writer.write(response)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _again(self, writer: asyncio.StreamWriter, response: bytes) -> None:
        await asyncio.sleep(self.delay)
        if not writer.is_closing():
            writer.write(response)

    def _response(self, request: list[str], body: bytes) -> bytes:
        method, target = request
        payload: Any
        if method == "POST":
            email = orjson.loads(body)["user"]["email"]
            self.made[email] = str(1000 + len(self.made))
            payload = {"status": "Success", "user_id": self.made[email]}
        elif "school_uids=" in target:
            payload = {"user": [], "total": "0", "links": {}}
        elif "/users?" in target:
            users = [{"id": id_, "email": email} for email, id_ in self.made.items()]
            payload = {"users": users}
        else:
            payload = {"uid": target.rpartition("/")[2].partition("?")[0]}
        content = orjson.dumps(payload)
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content


@asynccontextmanager
async def doubling(delay: float) -> AsyncIterator[tuple[DoublingServer, str]]:
    doubler = DoublingServer(delay)
    server = await asyncio.start_server(doubler.serve, "127.0.0.1", 0)
    try:
        yield doubler, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        if tasks := doubler._late | doubler._serving:
            await asyncio.wait(tasks, timeout=10)


#: The second copy comes with the first, before the next request, or after the next request was
#: sent.
DELAYS = [0, 0.001, 0.01]


@pytest.mark.parametrize("delay", DELAYS)
async def test_no_row_gets_the_response_of_another_row(delay: float) -> None:
    rows = [
        {"type": "parent", "first_name": "A", "last_name": "B", "email": f"p{n}@x.example"}
        for n in range(300)
    ]
    async with (
        doubling(delay) as (server, url),
        ManageBacV1(
            "s", "t", base_url=url, limiter=Window(10_000, per=0.01), retry=QUICK
        ) as client,
    ):
        outcomes = [outcome async for outcome in client.users.create_many(rows)]
    assert server.doubled > 30
    done = [one for one in outcomes if one.status is Status.DONE]
    assert [one.id for one in done] == [server.made.get(str(one.item["email"])) for one in done]
    assert len(done) == len(rows)


@pytest.mark.parametrize("delay", [0, 0.001])
async def test_read_ignores_a_response_left_on_its_connection(delay: float) -> None:
    async with (
        doubling(delay) as (server, url),
        Schoology("k", "s", base_url=url, limiter=Window(10_000, per=0.01), retry=QUICK) as client,
    ):
        for number in range(100):
            user = await client.users.get(number)
            assert user.uid == str(number)
            await asyncio.sleep(delay * 4)
    assert server.connections >= server.doubled > 5
    assert server.connections < 50  # connections without leftover bytes are reused


async def test_callers_session_can_use_the_clean_connector() -> None:
    async with (
        doubling(0.001) as (server, url),
        aiohttp.ClientSession(connector=CleanConnector(limit=3)) as session,
        Schoology(
            "k", "s", base_url=url, session=session, limiter=Window(1000, per=0.01)
        ) as client,
    ):
        for number in range(50):
            assert (await client.users.get(number)).uid == str(number)
            await asyncio.sleep(0.004)
    assert server.doubled > 5


async def test_leftover_bytes_are_seen_before_asyncio_reads_them() -> None:
    """The second response is in the socket's buffer, and the event loop has not run since."""
    server = socket.create_server(("127.0.0.1", 0))
    written = threading.Event()

    def serve() -> None:
        for number in (b"1", b"2"):
            client, _ = server.accept()
            client.recv(10_000)
            response = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number
            client.sendall(response)
            first_read.wait(10)
            client.sendall(response)
            written.set()
            opened.append(client)

    first_read = threading.Event()
    opened: list[socket.socket] = []
    thread = threading.Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    async with aiohttp.ClientSession(connector=CleanConnector()) as session:
        assert await (await session.get(url)).text() == "1"
        first_read.set()
        written.wait(10)  # blocks the event loop, so asyncio cannot read the second response
        assert await (await session.get(url)).text() == "2"
    thread.join()
    for end in (server, *opened):
        end.close()


async def test_response_for_another_person_is_not_used() -> None:
    """The second copy arrives after the next request was sent."""
    async with (
        doubling(0.01) as (server, url),
        Schoology(
            "k", "s", base_url=url, limiter=Window(1000, per=0.01), retry=RetryPolicy(base=0.001)
        ) as client,
    ):
        server.share = 0.5
        for number in range(60):
            assert (await client.users.get(number)).uid == str(number)
            if number % 7 == 0:
                await asyncio.sleep(0.009)


async def test_reads_share_a_connection_and_each_write_opens_its_own() -> None:
    """A write never uses a kept-alive connection that the server may be closing."""
    rows = [
        {"type": "parent", "first_name": "A", "last_name": "B", "email": f"p{n}@x.example"}
        for n in range(5)
    ]
    async with doubling(0) as (server, url), ManageBacV1("s", "t", base_url=url) as client:
        server.share = 0
        for _ in range(5):
            await client.users.list()
        assert server.connections == 1
        for row in rows:
            await client.users.create(row)
        assert server.connections == 1 + len(rows)
