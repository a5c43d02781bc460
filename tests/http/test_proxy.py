"""Through an HTTP proxy: what it refuses was never sent, and how one is named."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lms_async import (
    CleanConnector,
    ConnectionFailed,
    LmsError,
    OutcomeUnknown,
    RetryPolicy,
    Window,
)
from manabac_async import ManageBac, ManageBacV1
from schoology_async import Schoology
from tests.conftest import people

#: A key and a certificate for localhost and 127.0.0.1, for these tests alone.
PEM = Path(__file__).with_name("localhost.pem")
ONCE = RetryPolicy(tries=1)


class Proxy:
    """Answers CONNECT with ``status``, and opens a tunnel if that is 200."""

    def __init__(self, status: int = 200) -> None:
        self.answer: bytes | None = b"HTTP/1.1 %d Said So\r\nContent-Length: 0\r\n\r\n" % status
        self.heads: list[str] = []
        self.tunnels = status == 200
        self.url = ""
        self.serving: set[asyncio.Task[Any]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            self.serving.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            if self.answer is None:
                return
            if not self.tunnels:
                writer.write(self.answer)
                await writer.drain()
                return
            host, _, port = head.split()[1].rpartition(":")
            there, forth = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pump(reader, forth), _pump(there, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()


@asynccontextmanager
async def running(proxy: Proxy) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        if proxy.serving:
            await asyncio.wait(proxy.serving, timeout=10)


@asynccontextmanager
async def vendor() -> AsyncIterator[str]:
    """A server that speaks TLS, and answers any request with one user."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"uid": "1", "user_id": "1", "status": "Success"})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(ssl=context)
    yield f"https://localhost:{server.port}/v1/"
    await server.close()


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(PEM))


def schoology(**options: Any) -> Schoology:
    given: dict[str, Any] = {"limiter": Window(1000, per=0.01), "retry": ONCE, "timeout": 5.0}
    return Schoology("k", "s", **{**given, **options})


@pytest.mark.parametrize("status", [407, 502, 503, 403, 200])
@pytest.mark.parametrize("own_session", [False, True])
async def test_what_a_proxy_refuses_was_never_sent(
    monkeypatch: pytest.MonkeyPatch, status: int, own_session: bool
) -> None:
    proxy = Proxy(status)
    proxy.tunnels = False  # with 200 it accepts, and closes the connection
    async with running(proxy):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        session = aiohttp.ClientSession(trust_env=True) if own_session else None
        async with schoology(
            base_url="https://localhost:1/v1/", session=session, trust_env=not own_session
        ) as client:
            with pytest.raises(ConnectionFailed) as raised:
                await client.users.create(people(1)[0])
        if session is not None:
            await session.close()
    assert len(proxy.heads) == 1
    assert not raised.value.may_have_acted
    if status != 200:
        assert f"the proxy refused to connect: HTTP {status}" in str(raised.value)
    if status == 407:
        assert "HTTPS_PROXY" in raised.value.hint


async def test_a_proxy_that_hangs_up_on_connect_was_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = Proxy()
    proxy.answer = None
    async with running(proxy):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with schoology(base_url="https://localhost:1/v1/", trust_env=True) as client:
            with pytest.raises(ConnectionFailed):
                await client.users.create(people(1)[0])


async def test_a_proxy_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_tcp_port}")
    async with schoology(base_url="https://localhost:1/v1/", trust_env=True) as client:
        with pytest.raises(ConnectionFailed, match="no connection to the proxy"):
            await client.users.me()


async def test_a_bulk_through_a_proxy_that_refuses_skips_its_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(Proxy(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with schoology(base_url="https://localhost:1/v1/", trust_env=True) as client:
            report = await client.users.create_many(people(60))
    assert report.counts == {"skipped": 60}
    assert isinstance(report.stop_reason, ConnectionFailed)


CLIENTS: dict[str, Callable[..., Any]] = {
    "Schoology": lambda **o: Schoology("k", "s", **o),
    "ManageBac": lambda **o: ManageBac("t", **o),
    "ManageBacV1": lambda **o: ManageBacV1("s", "t", **o),
}


@pytest.mark.parametrize("name", CLIENTS)
async def test_trust_env_takes_the_proxy_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # What SSL_CERT_FILE does for a program is done when aiohttp is imported: here it was before.
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting())
    async with vendor() as url, running(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for environment, heads in (("", 1), ("localhost", 1)):
            monkeypatch.setenv("NO_PROXY", environment)
            async with CLIENTS[name](base_url=url, trust_env=True) as client:
                response = await client.request("GET", "users/1")
                assert response.status == 200
            assert len(proxy.heads) == heads
        assert proxy.heads[0].startswith("CONNECT localhost:")


async def test_a_session_of_your_own_may_name_its_proxy() -> None:
    async with vendor() as url, running(Proxy()) as proxy:
        connector = CleanConnector(ssl=trusting())
        async with (
            aiohttp.ClientSession(connector=connector, proxy=proxy.url) as session,
            schoology(base_url=url, session=session) as client,
        ):
            assert (await client.users.get("1")).uid == "1"
        assert proxy.heads[0].startswith("CONNECT localhost:")


async def test_without_trust_env_the_environment_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with vendor() as url, running(Proxy(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        connector = CleanConnector(ssl=trusting())
        async with schoology(base_url=url, connector=connector) as client:
            assert (await client.users.get("1")).uid == "1"
        await connector.close()
        assert proxy.heads == []


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("", "set SSL_CERT_FILE"),
        ("/nowhere.pem", "does not exist"),
        (str(PEM), "no CA in SSL_CERT_FILE"),
    ],
)
async def test_a_certificate_that_is_not_accepted_names_ssl_cert_file(
    monkeypatch: pytest.MonkeyPatch, given: str, hint: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", given)  # read by OpenSSL at aiohttp's import only
    async with vendor() as url, schoology(base_url=url) as client:
        with pytest.raises(ConnectionFailed) as raised:
            await client.users.me()
    assert hint in raised.value.hint


async def test_a_host_that_speaks_no_tls_is_not_told_as_a_certificate() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    plain = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with (
        plain,
        schoology(base_url=f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}/") as client,
    ):
        with pytest.raises(ConnectionFailed) as raised:
            await client.users.me()
    assert "certificate" not in raised.value.hint
    assert "TLS" in raised.value.hint


@pytest.mark.parametrize("name", ["a..b", "xn--", "x" * 70])
async def test_a_proxy_whose_name_cannot_be_asked_for_was_sent_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{name}:1")
    async with schoology(base_url="https://localhost:1/v1/", trust_env=True) as client:
        with pytest.raises(ConnectionFailed) as raised:
            await client.users.create(people(1)[0])
    assert not raised.value.may_have_acted


async def test_ssl_cert_file_is_read(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from schoology_async import Schoology\n"
        "async def main():\n"
        "    async with Schoology('k', 's', base_url=sys.argv[1]) as client:\n"
        "        print((await client.users.get('1')).uid)\n"
        "asyncio.run(main())\n"
    )
    async with vendor() as url:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            program,
            url,
            env={**os.environ, "SSL_CERT_FILE": str(PEM)},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    assert out.decode().strip() == "1"


async def test_a_write_that_reached_the_vendor_through_a_proxy_is_still_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tunnel is there, and the response is lost: that is no refusal of the proxy's."""

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting())
    server = await asyncio.start_server(cut, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with running(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with schoology(base_url=f"https://localhost:{port}/v1/", trust_env=True) as client:
            with pytest.raises(OutcomeUnknown) as raised:
                await client.users.create(people(1)[0])
    server.close()
    assert isinstance(raised.value, LmsError)
