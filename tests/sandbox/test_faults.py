"""Each scripted fault as a plain HTTP client sees it, and its effect on the school.

The tests use the Schoology sandbox. Any other sandbox has the same faults.
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


class RawClient:
    """A client without retries or rate limit. It signs with PLAINTEXT."""

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
async def raw(sandbox: SchoologySandbox) -> AsyncIterator[RawClient]:
    # Each request gets its own connection, because aiohttp silently repeats some requests on a
    # reused one.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield RawClient(sandbox, session)


@pytest.fixture(autouse=True)
def no_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The server must log no warning about a scripted fault."""
    yield
    assert [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING] == []


async def check_created(raw: RawClient, *, expect: bool) -> None:
    """Check whether the faulty request created the person, and that the next request works."""
    school = raw.sandbox.school
    assert (school.by_school_uid("S1") is not None) is expect
    status, _, _ = await raw()
    assert status == (400 if expect else 201)
    assert school.creates == {"S1": 1}
    assert raw.sandbox.faults.fired == 1
    assert len(raw.sandbox.faults) == 0


async def test_refuse_sends_429(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.refuse(times=2, retry_after=0.2), Fault.refuse())
    answers = [await raw() for _ in range(3)]
    assert [status for status, _, _ in answers] == [429] * 3
    assert [headers.get("Retry-After") for _, _, headers in answers] == ["0.2", "0.2", None]
    assert not answers[0][1].startswith("{")
    assert sandbox.refusals == 3
    assert not sandbox.school.creates
    assert (await raw())[0] == 201


@pytest.mark.parametrize("acts", [False, True])
async def test_error_sends_the_status(
    raw: RawClient, sandbox: SchoologySandbox, acts: bool
) -> None:
    sandbox.faults.add(Fault.error(503, acts=acts, body="out of order"))
    status, text, _ = await raw()
    assert (status, text) == (503, "out of order")
    await check_created(raw, expect=acts)


@pytest.mark.parametrize("acts", [False, True])
async def test_hang_sends_no_response(
    raw: RawClient, sandbox: SchoologySandbox, acts: bool
) -> None:
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
    await check_created(raw, expect=acts)


async def test_close_does_not_wait_for_hanging_requests() -> None:
    async with aiohttp.ClientSession() as session:
        sandbox = SchoologySandbox()
        await sandbox.start()
        sandbox.faults.add(Fault.hang())
        arrived = asyncio.Event()
        sandbox.before_each = lambda _: arrived.set()
        request = asyncio.create_task(RawClient(sandbox, session)())
        await asyncio.wait_for(arrived.wait(), 5)
        began = time.monotonic()
        await sandbox.close()
        assert time.monotonic() - began < 0.9
        with pytest.raises(aiohttp.ClientConnectionError):
            await request


@pytest.mark.parametrize("after", [False, True])
async def test_cut_closes_the_connection(
    raw: RawClient, sandbox: SchoologySandbox, after: bool
) -> None:
    sandbox.faults.add(Fault.cut(after=after))
    with pytest.raises(aiohttp.ClientConnectionError):
        await raw()
    assert (sandbox.log[0].status, sandbox.log[0].fault) == (None, "cut")
    await check_created(raw, expect=after)


async def test_half_body_truncates_the_response(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.half_body())
    with pytest.raises(aiohttp.ClientPayloadError):
        await raw()
    assert (sandbox.log[0].status, sandbox.log[0].fault) == (201, "half_body")
    await check_created(raw, expect=True)


async def test_half_body_sends_exactly_half(sandbox: SchoologySandbox, raw: RawClient) -> None:
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
async def test_blank_sends_an_empty_body(
    raw: RawClient, sandbox: SchoologySandbox, acts: bool
) -> None:
    sandbox.faults.add(Fault.blank(acts=acts))
    status, text, _ = await raw()
    assert (status, text) == (200, "")
    await check_created(raw, expect=acts)


@pytest.mark.parametrize("status", [502, 200])
async def test_html_sends_a_page(raw: RawClient, sandbox: SchoologySandbox, status: int) -> None:
    sandbox.faults.add(Fault.html(status=status))
    got, text, headers = await raw()
    assert got == status
    assert text.startswith("<!DOCTYPE html>")
    assert headers["Content-Type"].startswith("text/html")
    await check_created(raw, expect=False)


async def test_redirect_sends_a_location(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.redirect("https://evil.example/v1/users"))
    status, text, headers = await raw()
    assert (status, text) == (303, "")
    assert headers["Location"] == "https://evil.example/v1/users"
    await check_created(raw, expect=False)


# -- which requests a fault applies to


async def test_fault_applies_to_its_method_path_and_count(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    sandbox.faults.add(Fault.error(500, method="GET", path="users", skip=1, times=2))
    others = [("GET", "users/45552"), ("POST", "users")]
    requests = [("GET", "users"), *others, *[("GET", "users")] * 3]
    statuses = [(await raw(method, path))[0] for method, path in requests]
    assert statuses == [200, 200, 201, 500, 500, 200]
    assert sandbox.faults.fired == 2
    assert [seen.fault for seen in sandbox.log] == [None, None, None, "error", "error", None]


async def test_faults_are_used_in_order(raw: RawClient, sandbox: SchoologySandbox) -> None:
    sandbox.faults.add(Fault.error(500), Fault.error(501))
    sandbox.faults.add(Fault.error(502))
    assert [(await raw("GET"))[0] for _ in range(4)] == [500, 501, 502, 200]
    sandbox.faults.add(Fault.error(500))
    sandbox.faults.clear()
    assert (await raw("GET"))[0] == 200


async def test_share_applies_forever_and_repeats_with_the_seed(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    sandbox.faults.add(Fault.error(500, share=0.3))
    statuses = [(await raw("GET", "users/me"))[0] for _ in range(200)]
    assert 35 <= statuses.count(500) <= 85
    assert sandbox.faults.fired == statuses.count(500)
    same = SchoologySandbox()
    same.faults.add(Fault.error(500, share=0.3))
    assert [same.faults.meet("GET", "") is not None for _ in statuses] == [
        status == 500 for status in statuses
    ]


async def test_unauthorized_request_uses_no_fault(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    sandbox.faults.add(Fault.error(500))
    async with raw.session.get(sandbox.base_url + "users") as response:
        assert response.status == 401
    assert sandbox.faults.fired == 0


# -- rate limit and latency over HTTP


@pytest.mark.sandbox(limit=(3, 60), retry_after=7)
async def test_requests_above_the_limit_get_429(raw: RawClient, sandbox: SchoologySandbox) -> None:
    answers = await asyncio.gather(*(raw("GET") for _ in range(5)))
    assert sorted(status for status, _, _ in answers) == [200, 200, 200, 429, 429]
    assert {h.get("Retry-After") for s, _, h in answers if s == 429} == {"7"}
    assert sandbox.refusals == 2
    assert sandbox.busiest(60) == 3
    assert len(sandbox.log) == sandbox.log.count("GET", "users") == 5
    assert sandbox.log.count("POST") == 0


@pytest.mark.sandbox(limit=(2, 0.7))
async def test_limit_allows_requests_again_after_its_period(
    raw: RawClient, sandbox: SchoologySandbox
) -> None:
    statuses = [(await raw("GET"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    await asyncio.sleep(0.71)
    status, _, headers = await raw("GET")
    assert status == 200
    assert "Retry-After" not in headers


def test_phase_of_a_fixed_window_depends_on_the_seed() -> None:
    def phase(seed: int) -> float:
        limit = SchoologySandbox(limit=(1, 5), window="fixed", seed=seed)._limit
        assert limit is not None
        return limit.phase

    assert phase(1) == phase(1) != phase(2)
    assert 0 <= phase(1) <= 5


@pytest.mark.sandbox(latency=(0.05, 0.01))
async def test_latency_is_split_around_the_arrival(
    raw: RawClient, sandbox: SchoologySandbox
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


# -- starting, stopping and errors of the server


async def test_error_in_a_sandbox_is_raised_and_logged(caplog: pytest.LogCaptureFixture) -> None:
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


async def test_restarted_sandbox_has_the_same_address() -> None:
    async with aiohttp.ClientSession() as session:
        sandbox = SchoologySandbox()
        with pytest.raises(RuntimeError):
            _ = sandbox.base_url
        async with sandbox:
            url = sandbox.base_url
            assert (await RawClient(sandbox, session)("GET"))[0] == 200
        with pytest.raises(aiohttp.ClientConnectionError):
            await RawClient(sandbox, session)("GET")
        async with sandbox:
            assert sandbox.base_url == url
            raw = RawClient(sandbox, session)
            raw.nonces = itertools.count(10**8)
            assert (await raw("GET"))[0] == 200
