"""Any request, link or redirect raises at most an LmsError, which quotes none of the input."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms_async import Call, ClientUnusable, InvalidInput, LmsError, RetryPolicy, Window
from lms_async.events import Event
from manabac_async import ManageBac
from schoology_async import Schoology
from tests.http.test_any_input import LINKS, TEXT


@asynccontextmanager
async def client_of_server(
    head: str, body: bytes = b"{}", events: list[Event] | None = None
) -> AsyncIterator[Schoology]:
    """A client of a server that sends this status, these headers and this body to each request."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            length = f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(f"HTTP/1.1 {head}{length}".encode("utf-8", "surrogatepass") + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Schoology(
        "k",
        "s",
        base_url=f"http://127.0.0.1:{port}/v1/",
        limiter=Window(10_000, per=0.01),
        retry=RetryPolicy(tries=1),
        timeout=5,
        events=[] if events is None else [events.append],
    ) as client:
        yield client
    server.close()


@pytest.mark.parametrize("link", [link for link in LINKS if "\r" not in link])
async def test_error_quotes_nothing_of_a_redirect_or_next_link(
    link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "lms_async")
    said: list[Event] = []
    errors: list[LmsError] = []
    async with client_of_server(f"303 See Other\r\nLocation: {link}\r\n", events=said) as client:
        with pytest.raises(LmsError) as raised:
            await client.users.me()
        errors.append(raised.value)
        with pytest.raises(LmsError) as raised:
            await client.users.create({})
        errors.append(raised.value)
    if link.isascii() or "\u2100" in link:
        body = orjson.dumps({"user": [{"uid": 1}, {"uid": 2}], "links": {"next": link}})
        async with client_of_server("200 OK\r\n", body, events=said) as client:
            with pytest.raises(LmsError) as raised:
                await client.users.list()
        errors.append(raised.value)
    shown = "".join("".join(traceback.format_exception(error)) for error in errors)
    assert "okafor" not in shown.replace(repr(link), "")
    assert "okafor" not in repr(said)
    assert "okafor" not in caplog.text


@pytest.mark.parametrize("link", [5, ["x"], {"a": "okafor"}, True])
async def test_next_link_that_is_not_text_raises(link: Any) -> None:
    body = orjson.dumps({"user": [{"uid": 1}, {"uid": 2}], "links": {"next": link}})
    async with client_of_server("200 OK\r\n", body) as client:
        with pytest.raises(LmsError, match="the link is not text"):
            await client.users.list()


@pytest.mark.parametrize(
    "path",
    [
        *("users\x00", "us ers", "users\n", "usérs", "users/../x", "users/%2e%2e/x", "/users"),
        *("https://x.example/", "users?x=1", "users#x", "\ud800", ".", "%zz"),
    ],
)
async def test_unsendable_path_is_rejected(path: str) -> None:
    async with Schoology("k", "s") as schoology, ManageBac("t") as managebac:
        for client in (schoology, managebac):
            with pytest.raises(InvalidInput):
                await client.request("GET", path)


async def test_invalid_method_is_rejected() -> None:
    async with Schoology("k", "s") as client:
        for method in ("GE T", "get", "", "TRACE", "GET\r\nX: y"):
            with pytest.raises(InvalidInput, match="method must be one of GET, POST"):
                await client.request(method, "users")  # type: ignore[arg-type]


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_invalid_timeout_is_rejected(timeout: float) -> None:
    with pytest.raises(InvalidInput, match="seconds"):
        Schoology("k", "s", timeout=timeout)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    path=TEXT | st.just("users"),
    query=st.dictionaries(TEXT, TEXT, max_size=2),
    body=JSON | st.binary(),
)
def test_any_request_is_sent_or_rejected(path: str, query: dict[str, str], body: Any) -> None:
    async def ask() -> None:
        async with client_of_server("200 OK\r\n") as client:
            for method in ("GET", "POST"):
                with suppress(LmsError):
                    await client.request(method, path, query=dict(query), body=body)  # type: ignore[arg-type]

    asyncio.run(ask())


async def test_close_while_waiting_for_a_connection_raises_client_unusable() -> None:
    async with client_of_server("200 OK\r\n", b'{"api_uid":"1"}') as client:
        wire = client._transport.wire
        wire._places = asyncio.Semaphore(0)
        wire._ready(Call("GET", "users"), client.base_url)
        waiting = asyncio.ensure_future(client.app_user_info())
        await asyncio.sleep(0.01)
        await client.close()
        wire._places.release()
        with pytest.raises(ClientUnusable):
            await waiting
