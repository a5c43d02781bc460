"""A rate limiter that we did not write: nginx's ``limit_req`` in front of the sandbox.

``rate=10r/s burst=9 nodelay`` is a leaky bucket: at most ``10 + 10 × t`` arrivals in any ``t``
seconds. ``Window(10, per=1)`` allows ``10 × (1 + whole periods in t)``, which is never more.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import mean

import pytest

from lms_async import RateLimited, RetryPolicy, Window
from lms_async.events import Event, ResponseReceived
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
RATE, BURST = 10, 9
LIMIT = BURST + 1
PER = LIMIT / RATE

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    limit_req_zone all zone=one:1m rate={rate}r/s;
    limit_req_status 429;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            limit_req zone=one burst={burst} nodelay;
            proxy_pass {behind};
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""


@pytest.fixture
async def sandbox() -> AsyncIterator[SchoologySandbox]:
    async with SchoologySandbox(school=School.seeded(0), latency=(0.05, 0.03)) as sandbox:
        yield sandbox


@pytest.fixture
async def nginx_url(
    sandbox: SchoologySandbox, tmp_path: Path, unused_tcp_port: int
) -> AsyncIterator[str]:
    """The base URL of the sandbox behind nginx."""
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=tmp_path, port=unused_tcp_port, rate=RATE, burst=BURST, behind=sandbox.origin
        )
    )
    assert NGINX is not None
    process = await asyncio.create_subprocess_exec(
        NGINX, "-p", str(tmp_path), "-c", str(configuration), "-e", str(tmp_path / "error.log")
    )
    try:
        async with asyncio.timeout(20):
            await _listening(unused_tcp_port)
        yield sandbox.base_url.replace(str(sandbox.port), str(unused_tcp_port))
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            await writer.wait_closed()
            return


async def saturate(
    base_url: str, sandbox: SchoologySandbox, window: Window, calls: int
) -> list[ResponseReceived]:
    answers: list[ResponseReceived] = []

    def listen(event: Event) -> None:
        if isinstance(event, ResponseReceived):
            answers.append(event)

    async with Schoology(
        sandbox.key,
        sandbox.secret,
        base_url=base_url,
        limiter=window,
        retry=RetryPolicy(max_pause=1.0),
        events=[listen],
    ) as schoology:
        await asyncio.gather(*(schoology.app_user_info() for _ in range(calls)))
    return answers


async def test_window_of_burst_plus_one_is_never_rejected_and_wastes_nothing(
    nginx_url: str, sandbox: SchoologySandbox
) -> None:
    answers = await saturate(nginx_url, sandbox, Window(LIMIT, per=PER), 6 * LIMIT)
    assert {answer.status for answer in answers} == {200}
    arrivals = [seen.at for seen in sandbox.log]
    cycle = mean(b - a for a, b in zip(arrivals, arrivals[LIMIT:], strict=False))
    latency = mean(answer.seconds for answer in answers)
    assert PER / cycle >= 0.95 * PER / (PER + latency)


async def test_nginx_rejects_a_faster_window(nginx_url: str, sandbox: SchoologySandbox) -> None:
    with pytest.raises(RateLimited):
        await saturate(nginx_url, sandbox, Window(LIMIT + 2, per=PER), LIMIT + 2)
