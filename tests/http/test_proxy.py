"""HTTP proxies: a request that the proxy rejects was never sent, and how to configure a proxy."""

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

#: A key and a certificate for localhost and 127.0.0.1, used by these tests only.
PEM = Path(__file__).with_name("localhost.pem")
ONCE = RetryPolicy(tries=1)


class Proxy:
    """Responds to CONNECT with ``status``, and opens a tunnel if that is 200."""

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
async def running_proxy(proxy: Proxy) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        if proxy.serving:
            await asyncio.wait(proxy.serving, timeout=10)


@asynccontextmanager
async def tls_server() -> AsyncIterator[str]:
    """A TLS server that responds to any request with one user."""

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


def trusted_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(PEM))


def schoology_client(**options: Any) -> Schoology:
    given: dict[str, Any] = {"limiter": Window(1000, per=0.01), "retry": ONCE, "timeout": 5.0}
    return Schoology("k", "s", **{**given, **options})


@pytest.mark.parametrize("status", [407, 502, 503, 403, 200])
@pytest.mark.parametrize("own_session", [False, True])
async def test_request_that_the_proxy_rejects_was_never_sent(
    monkeypatch: pytest.MonkeyPatch, status: int, own_session: bool
) -> None:
    proxy = Proxy(status)
    proxy.tunnels = False  # with status 200 the proxy accepts, then closes the connection
    async with running_proxy(proxy):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        session = aiohttp.ClientSession(trust_env=True) if own_session else None
        async with schoology_client(
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


async def test_proxy_that_closes_on_connect_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = Proxy()
    proxy.answer = None
    async with running_proxy(proxy):
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with schoology_client(base_url="https://localhost:1/v1/", trust_env=True) as client:
            with pytest.raises(ConnectionFailed):
                await client.users.create(people(1)[0])


async def test_unreachable_proxy_is_named_in_the_error(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_tcp_port}")
    async with schoology_client(base_url="https://localhost:1/v1/", trust_env=True) as client:
        with pytest.raises(ConnectionFailed, match="no connection to the proxy"):
            await client.users.me()


async def test_bulk_behind_a_rejecting_proxy_skips_its_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_proxy(Proxy(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with schoology_client(base_url="https://localhost:1/v1/", trust_env=True) as client:
            report = await client.users.create_many(people(60))
    assert report.counts == {"skipped": 60}
    assert isinstance(report.stop_reason, ConnectionFailed)


CLIENTS: dict[str, Callable[..., Any]] = {
    "Schoology": lambda **o: Schoology("k", "s", **o),
    "ManageBac": lambda **o: ManageBac("t", **o),
    "ManageBacV1": lambda **o: ManageBacV1("s", "t", **o),
}


@pytest.mark.parametrize("name", CLIENTS)
async def test_trust_env_uses_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # aiohttp reads SSL_CERT_FILE when it is imported, which has happened by now. So the test sets
    # the context that aiohttp made from it.
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusted_context())
    async with tls_server() as url, running_proxy(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        for environment, heads in (("", 1), ("localhost", 1)):
            monkeypatch.setenv("NO_PROXY", environment)
            async with CLIENTS[name](base_url=url, trust_env=True) as client:
                response = await client.request("GET", "users/1")
                assert response.status == 200
            assert len(proxy.heads) == heads
        assert proxy.heads[0].startswith("CONNECT localhost:")


async def test_callers_session_may_set_its_proxy() -> None:
    async with tls_server() as url, running_proxy(Proxy()) as proxy:
        connector = CleanConnector(ssl=trusted_context())
        async with (
            aiohttp.ClientSession(connector=connector, proxy=proxy.url) as session,
            schoology_client(base_url=url, session=session) as client,
        ):
            assert (await client.users.get("1")).uid == "1"
        assert proxy.heads[0].startswith("CONNECT localhost:")


async def test_environment_is_ignored_without_trust_env(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with tls_server() as url, running_proxy(Proxy(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        connector = CleanConnector(ssl=trusted_context())
        async with schoology_client(base_url=url, connector=connector) as client:
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
async def test_certificate_error_names_ssl_cert_file(
    monkeypatch: pytest.MonkeyPatch, given: str, hint: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", given)  # OpenSSL reads it only when aiohttp is imported
    async with tls_server() as url, schoology_client(base_url=url) as client:
        with pytest.raises(ConnectionFailed) as raised:
            await client.users.me()
    assert hint in raised.value.hint


async def test_host_without_tls_is_not_reported_as_a_certificate_error() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    plain = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with (
        plain,
        schoology_client(
            base_url=f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}/"
        ) as client,
    ):
        with pytest.raises(ConnectionFailed) as raised:
            await client.users.me()
    assert "certificate" not in raised.value.hint
    assert "TLS" in raised.value.hint


@pytest.mark.parametrize("name", ["a..b", "xn--", "x" * 70])
async def test_proxy_with_an_invalid_host_name_sent_nothing(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://{name}:1")
    async with schoology_client(base_url="https://localhost:1/v1/", trust_env=True) as client:
        with pytest.raises(ConnectionFailed) as raised:
            await client.users.create(people(1)[0])
    assert not raised.value.may_have_acted


async def test_ssl_cert_file_is_used(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from schoology_async import Schoology\n"
        "async def main():\n"
        "    async with Schoology('k', 's', base_url=sys.argv[1]) as client:\n"
        "        print((await client.users.get('1')).uid)\n"
        "asyncio.run(main())\n"
    )
    async with tls_server() as url:
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


async def test_write_lost_behind_an_open_tunnel_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy opened the tunnel and the response was lost, so the vendor may have acted."""

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusted_context())
    server = await asyncio.start_server(cut, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with running_proxy(Proxy()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with schoology_client(
            base_url=f"https://localhost:{port}/v1/", trust_env=True
        ) as client:
            with pytest.raises(OutcomeUnknown) as raised:
                await client.users.create(people(1)[0])
    server.close()
    assert isinstance(raised.value, LmsError)
