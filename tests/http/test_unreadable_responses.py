"""Responses that break HTTP's rules, cannot be decoded, or are too large."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from lms_async import (
    BadRequest,
    InvalidResponse,
    LmsError,
    OutcomeUnknown,
    RateLimited,
    ResponseLost,
    RetryPolicy,
    Window,
)
from schoology_async import Schoology
from tests.conftest import people

BODY = b'{"api_uid":"1"}'
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
Write = Callable[[asyncio.StreamWriter], "asyncio.Future[None] | None"]


def response(headers: bytes, body: bytes = BODY, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 " + status + b"\r\n" + headers + b"\r\n" + body


@asynccontextmanager
async def answering(*parts: bytes, endless: bytes = b"") -> AsyncIterator[Schoology]:
    """A client of a server that writes ``parts``, then repeats ``endless`` if it is given."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            serving.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.writelines(parts)
            await writer.drain()
            while endless:
                writer.write(endless)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Schoology(
        "k",
        "s",
        base_url=f"http://127.0.0.1:{port}/",
        retry=RetryPolicy(tries=1),
        timeout=20.0,
        limiter=Window(1000, per=0.01),
    ) as client:
        yield client
    server.close()
    await asyncio.wait(serving, timeout=10)


UNREADABLE = {
    "long header": (response(b"X-Name: Okafor" + b"a" * 9000 + b"\r\n" + LENGTH), "longer than"),
    "many headers": (response(b"X: a\r\n" * 500 + LENGTH), "too many headers"),
    "br": (response(b"Content-Encoding: br\r\n" + LENGTH), "Content-Encoding"),
    "zstd": (response(b"Content-Encoding: zstd\r\n" + LENGTH), "Content-Encoding"),
    "no gzip": (response(b"Content-Encoding: gzip\r\n" + LENGTH), "Content-Encoding"),
    "unknown": (response(b"Content-Encoding: okafor\r\n" + LENGTH, b"\0" * 15), "Content-Encoding"),
    "chunks": (response(b"Transfer-Encoding: chunked\r\n", b"zz\r\n" + BODY), "rules of HTTP"),
    "status": (b"HTTP/1.1 Okafor\r\n\r\n", "rules of HTTP"),
    "not HTTP": (b"SSH-2.0-Okafor\r\n\r\n", "rules of HTTP"),
    "length": (response(b"Content-Length: Okafor\r\n"), "rules of HTTP"),
    "two lengths": (response(LENGTH + b"Content-Length: 3\r\n"), "rules of HTTP"),
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_unreadable_response_counts_as_lost_and_says_why(name: str) -> None:
    written, why = UNREADABLE[name]
    async with answering(written) as client:
        with pytest.raises(InvalidResponse, match=why) as raised:
            await client.app_user_info()
        assert raised.value.may_have_acted
        assert "Okafor" not in str(raised.value)
        with pytest.raises(OutcomeUnknown, match=why):
            await client.users.create(people(1)[0])


@pytest.mark.parametrize(
    "written",
    [
        b"",
        response(b"Content-Length: 150\r\n"),
        response(b"Transfer-Encoding: chunked\r\n", b"ff\r\n" + BODY),
    ],
)
async def test_truncated_response_reports_a_cut_connection(written: bytes) -> None:
    async with answering(written) as client:
        with pytest.raises(ResponseLost, match="the connection was cut"):
            await client.app_user_info()


async def test_status_counts_even_if_the_error_body_is_unreadable() -> None:
    for headers in (b"Content-Encoding: gzip\r\n" + LENGTH, b"Content-Length: 99\r\n"):
        async with answering(response(headers, status=b"429 Slow Down")) as client:
            with pytest.raises(RateLimited):
                await client.with_options(retry=RetryPolicy(max_pause=0)).app_user_info()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_only_the_start_of_an_error_body_is_read(encoding: str) -> None:
    """The error body never ends. Reading all of it would take the whole timeout."""
    text = b"the email is invalid Okafor " * 1000
    part = text
    if encoding == "gzip":
        packer = zlib.compressobj(wbits=31)
        first = packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
        part = packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)
    else:
        first = text
    head = response(b"Content-Encoding: " + encoding.encode() + b"\r\n", b"", b"400 Bad Request")
    async with answering(head, first, endless=part) as client:
        with pytest.raises(BadRequest, match="the email is invalid") as raised:
            await client.app_user_info()
    assert len(raised.value.detail) <= 200
    assert "Okafor" not in str(raised.value)


async def test_compression_bomb_is_rejected() -> None:
    bomb = gzip.compress(b" " * (20 * 2**20))
    head = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(bomb)
    async with answering(response(head, bomb)) as client:
        with pytest.raises(ResponseLost, match="larger than"):
            await client.app_user_info()


async def test_large_compressed_list_is_read() -> None:
    row = b'{"uid":"%d","school_uid":"S%d","name_first":"Ada","name_last":"Okafor","role_id":"1"}'
    rows = b",".join(row % (n, n) for n in range(120_000))
    packed = gzip.compress(b'{"user":[' + rows + b'],"links":{"self":"x"}}', 9)
    assert len(rows) > 9 * 2**20
    head = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(packed)
    async with answering(response(head, packed)) as client:
        answer = await client.request("GET", "users")
    assert len(answer.body) > len(rows)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"api_uid":' * 100_000, b'{"a":1e999999}'])
async def test_deeply_nested_json_raises_an_lms_error(body: bytes) -> None:
    async with answering(response(b"Content-Length: %d\r\n" % len(body), body)) as client:
        with pytest.raises(LmsError):
            await client.app_user_info()
    async with answering(
        response(b"Content-Length: %d\r\n" % len(body), body, b"400 Bad Request")
    ) as client:
        with pytest.raises(BadRequest):
            await client.app_user_info()
