"""Each scripted fault, as a raw client sees it, and what it did to the school.

Any stand-in server would do; Schoology's is the one there is to act on.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from lms_async.sandbox import Fault, Request, Response, SandboxServer
from schoology_async.sandbox import SchoologySandbox

JOHN = {
    "school_uid": "S1",
    "name_first": "John",
    "name_last": "Smith",
    "role_id": 1214,
    "username": "s1",
}


class Raw:
    """A client without mercy or patience; it signs in PLAINTEXT."""

    def __init__(self, sandbox: SchoologySandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session
        self.nonces = itertools.count(10**7)

    async def __call__(self, method: str = "POST", path: str = "users") -> tuple[int, str, Any]:
        sandbox = self.sandbox
        authorization = (
            f'OAuth oauth_consumer_key="{sandbox.key}",oauth_token="",'
            f'oauth_nonce="{next(self.nonces)}",oauth_timestamp="{int(sandbox.clock.time())}",'
            f'oauth_signature_method="PLAINTEXT",oauth_signature="{sandbox.secret}%26"'
        )
        async with self.session.request(
            method,
            sandbox.base_url + path,
            json=JOHN if method == "POST" else None,
            headers={"Authorization": authorization, "Accept": "application/json"},
            allow_redirects=False,
        ) as response:
            return response.status, await response.text(), response.headers


@pytest.fixture
def sandbox(schoology_sandbox: SchoologySandbox) -> SchoologySandbox:
    return schoology_sandbox


@pytest_asyncio.fixture
async def raw(sandbox: SchoologySandbox) -> AsyncIterator[Raw]:
    # One connection for each request: aiohttp silently repeats some on a connection that it reuses.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Raw(sandbox, session)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Scripted faults are no news: the server logs nothing about them."""
    yield
    assert [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING] == []


async def created_after(raw: Raw, *, expect: bool) -> None:
    """Whether the faulty create did create, and that the next goes through either way."""
    school = raw.sandbox.school
    assert (school.by_school_uid("S1") is not None) is expect
    status, _, _ = await raw()
    assert status == (400 if expect else 201)
    assert school.creates == {"S1": 1}
    assert raw.sandbox.faults.fired == 1
    assert len(raw.sandbox.faults) == 0


async def test_refuse(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.refuse(times=2, retry_after=0.2), Fault.refuse())
    answers = [await raw() for _ in range(3)]
    assert [status for status, _, _ in answers] == [429] * 3
    assert [headers.get("Retry-After") for _, _, headers in answers] == ["0.2", "0.2", None]
    assert not answers[0][1].startswith("{")
    assert sandbox.refusals == 3
    assert not sandbox.school.creates
    assert (await raw())[0] == 201


@pytest.mark.parametrize("acts", [False, True])
async def test_error(raw: Raw, sandbox: SchoologySandbox, acts: bool) -> None:
    sandbox.faults.add(Fault.error(503, acts=acts, body="out of order"))
    status, text, _ = await raw()
    assert (status, text) == (503, "out of order")
    await created_after(raw, expect=acts)


@pytest.mark.parametrize("acts", [False, True])
async def test_hang(raw: Raw, sandbox: SchoologySandbox, acts: bool) -> None:
    sandbox.faults.add(Fault.hang(acts=acts))
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    sandbox.before_each = lambda _: loop.call_soon_threadsafe(arrived.set)
    request = asyncio.create_task(raw())
    await asyncio.wait_for(arrived.wait(), 5)
    done, _ = await asyncio.wait({request}, timeout=0.05)
    assert not done
    request.cancel()
    await asyncio.wait({request})
    assert (sandbox.log[0].status, sandbox.log[0].fault) == (None, "hang")
    await created_after(raw, expect=acts)


async def test_closing_does_not_wait_for_those_who_hang() -> None:
    async with aiohttp.ClientSession() as session:
        sandbox = SchoologySandbox()
        await sandbox.start()
        sandbox.faults.add(Fault.hang())
        arrived = asyncio.Event()
        sandbox.before_each = lambda _: arrived.set()
        request = asyncio.create_task(Raw(sandbox, session)())
        await asyncio.wait_for(arrived.wait(), 5)
        began = time.monotonic()
        await sandbox.close()
        assert time.monotonic() - began < 0.9
        with pytest.raises(aiohttp.ClientConnectionError):
            await request


@pytest.mark.parametrize("after", [False, True])
async def test_cut(raw: Raw, sandbox: SchoologySandbox, after: bool) -> None:
    sandbox.faults.add(Fault.cut(after=after))
    with pytest.raises(aiohttp.ClientConnectionError):
        await raw()
    assert (sandbox.log[0].status, sandbox.log[0].fault) == (None, "cut")
    await created_after(raw, expect=after)


async def test_half_body(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.half_body())
    with pytest.raises(aiohttp.ClientPayloadError):
        await raw()
    assert (sandbox.log[0].status, sandbox.log[0].fault) == (201, "half_body")
    await created_after(raw, expect=True)


async def test_half_body_really_sends_half(sandbox: SchoologySandbox, raw: Raw) -> None:
    _, whole, _ = await raw("GET")
    sandbox.faults.add(Fault.half_body())
    reader, writer = await asyncio.open_connection(sandbox.host, sandbox.port)
    writer.write(
        b"GET /v1/users HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
        b'Authorization: OAuth oauth_consumer_key="sandbox-consumer-key",oauth_nonce="abcdefgh",'
        + f'oauth_timestamp="{int(sandbox.clock.time())}",'.encode()
        + b'oauth_signature_method="PLAINTEXT",'
        b'oauth_signature="sandbox-consumer-secret%26"\r\n\r\n'
    )
    received = await reader.read()
    writer.close()
    head, _, half = received.decode().partition("\r\n\r\n")
    assert "200 OK" in head
    assert f"Content-Length: {len(whole)}" in head
    assert half == whole[: len(whole) // 2]


@pytest.mark.parametrize("acts", [False, True])
async def test_blank(raw: Raw, sandbox: SchoologySandbox, acts: bool) -> None:
    sandbox.faults.add(Fault.blank(acts=acts))
    status, text, _ = await raw()
    assert (status, text) == (200, "")
    await created_after(raw, expect=acts)


@pytest.mark.parametrize("status", [502, 200])
async def test_html(raw: Raw, sandbox: SchoologySandbox, status: int) -> None:
    sandbox.faults.add(Fault.html(status=status))
    got, text, headers = await raw()
    assert got == status
    assert text.startswith("<!DOCTYPE html>")
    assert headers["Content-Type"].startswith("text/html")
    await created_after(raw, expect=False)


async def test_redirect(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.redirect("https://evil.example/v1/users"))
    status, text, headers = await raw()
    assert (status, text) == (303, "")
    assert headers["Location"] == "https://evil.example/v1/users"
    await created_after(raw, expect=False)


# -- which requests a fault meets


async def test_scope(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.error(500, method="GET", path="users", skip=1, times=2))
    others = [("GET", "users/45552"), ("POST", "users")]
    requests = [("GET", "users"), *others, *[("GET", "users")] * 3]
    statuses = [(await raw(method, path))[0] for method, path in requests]
    assert statuses == [200, 200, 201, 500, 500, 200]
    assert sandbox.faults.fired == 2
    assert [seen.fault for seen in sandbox.log] == [None, None, None, "error", "error", None]


async def test_faults_queue_up(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.error(500), Fault.error(501))
    sandbox.faults.add(Fault.error(502))
    assert [(await raw("GET"))[0] for _ in range(4)] == [500, 501, 502, 200]
    sandbox.faults.add(Fault.error(500))
    sandbox.faults.clear()
    assert (await raw("GET"))[0] == 200


async def test_a_share_is_met_for_ever_and_by_the_seed(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.error(500, share=0.3))
    statuses = [(await raw("GET", "users/me"))[0] for _ in range(200)]
    assert 35 <= statuses.count(500) <= 85
    assert sandbox.faults.fired == statuses.count(500)
    same = SchoologySandbox()
    same.faults.add(Fault.error(500, share=0.3))
    assert [same.faults.meet("GET", "") is not None for _ in statuses] == [
        status == 500 for status in statuses
    ]


async def test_who_is_not_let_in_uses_up_no_fault(raw: Raw, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.error(500))
    async with raw.session.get(sandbox.base_url + "users") as response:
        assert response.status == 401
    assert sandbox.faults.fired == 0


# -- limits and latency, on the wire


@pytest.mark.sandbox(limit=(3, 60), retry_after=7)
async def test_the_limit(raw: Raw, sandbox: SchoologySandbox) -> None:
    answers = await asyncio.gather(*(raw("GET") for _ in range(5)))
    assert sorted(status for status, _, _ in answers) == [200, 200, 200, 429, 429]
    assert {h.get("Retry-After") for s, _, h in answers if s == 429} == {"7"}
    assert sandbox.refusals == 2
    assert sandbox.busiest(60) == 3
    assert len(sandbox.log) == sandbox.log.count("GET", "users") == 5
    assert sandbox.log.count("POST") == 0


@pytest.mark.sandbox(limit=(2, 0.2))
async def test_the_limit_ends(raw: Raw, sandbox: SchoologySandbox) -> None:
    statuses = [(await raw("GET"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    await asyncio.sleep(0.21)
    status, _, headers = await raw("GET")
    assert status == 200
    assert "Retry-After" not in headers


def test_the_phase_of_a_fixed_window_comes_from_the_seed() -> None:
    def phase(seed: int) -> float:
        limit = SchoologySandbox(limit=(1, 5), window="fixed", seed=seed)._limit
        assert limit is not None
        return limit.phase

    assert phase(1) == phase(1) != phase(2)
    assert 0 <= phase(1) <= 5


@pytest.mark.sandbox(latency=(0.05, 0.01))
async def test_latency_lies_on_both_sides_of_the_arrival(
    raw: Raw, sandbox: SchoologySandbox
) -> None:
    clock = asyncio.get_running_loop().time
    coming, whole = [], []
    for _ in range(8):
        began = clock()
        await raw("GET")
        coming.append(sandbox.log[-1].at - began)
        whole.append(clock() - began)
    assert all(0.039 < each < 0.2 for each in whole)
    assert max(coming) - min(coming) > 0.01
    assert max(w - c for w, c in zip(whole, coming, strict=True)) > 0.02


# -- the server's own life


async def test_a_sandbox_that_breaks_says_so(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(SandboxServer):
        def admit(self, arrived: Request) -> Response | None:
            return None

        def act(self, arrived: Request) -> Response:
            raise LookupError(arrived.path)

    async def work() -> None:
        async with (
            Broken() as broken,
            aiohttp.ClientSession() as session,
            session.get(broken.base_url + "a/b") as response,
        ):
            assert response.status == 500

    with pytest.raises(LookupError, match="a/b"):
        await work()
    assert "LookupError" in caplog.text
    caplog.clear()


async def test_it_comes_back_at_the_same_address() -> None:
    async with aiohttp.ClientSession() as session:
        sandbox = SchoologySandbox()
        with pytest.raises(RuntimeError):
            _ = sandbox.base_url
        async with sandbox:
            url = sandbox.base_url
            assert (await Raw(sandbox, session)("GET"))[0] == 200
        with pytest.raises(aiohttp.ClientConnectionError):
            await Raw(sandbox, session)("GET")
        async with sandbox:
            assert sandbox.base_url == url
            raw = Raw(sandbox, session)
            raw.nonces = itertools.count(10**8)
            assert (await raw("GET"))[0] == 200
