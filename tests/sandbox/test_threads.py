"""Sandboxes in a thread: for synchronous tests, TestClient, anyio, and without pytest-asyncio."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lms_async import Unauthorized
from lms_async.sandbox import Fault
from manabac_async import ManageBac, ManageBacV1
from manabac_async.sandbox import ManageBacSandbox
from manabac_async.sandbox import School as ManageBacSchool
from schoology_async import Schoology
from schoology_async.sandbox import School, SchoologySandbox


async def list_uids(sandbox: SchoologySandbox) -> list[str | None]:
    async with Schoology(sandbox.key, sandbox.secret, base_url=sandbox.base_url) as schoology:
        return [user.uid for user in await schoology.users.list()]


def read(url: str) -> None:
    with urllib.request.urlopen(url):  # noqa: S310 - a sandbox on this machine
        pass


def test_synchronous_code_can_use_a_sandbox() -> None:
    threads = threading.active_count()
    with SchoologySandbox(school=School.seeded(5)) as sandbox:
        assert asyncio.run(list_uids(sandbox)) == list(sandbox.school.users)
        assert asyncio.run(list_uids(sandbox)) == list(
            sandbox.school.users
        )  # in another event loop
        with pytest.raises(urllib.error.HTTPError, match="401"):
            read(sandbox.base_url + "users")
    assert threading.active_count() == threads
    with pytest.raises(OSError, match="refused"):
        read(sandbox.base_url + "users")


def test_hanging_request_does_not_delay_close() -> None:
    with SchoologySandbox() as sandbox:
        sandbox.faults.add(Fault.hang())

        async def give_up() -> None:
            async with asyncio.timeout(0.2):
                await list_uids(sandbox)

        with pytest.raises(TimeoutError):
            asyncio.run(give_up())


def test_error_in_the_thread_is_raised_at_the_end() -> None:
    def broken(_: Any) -> None:
        raise ZeroDivisionError

    def served() -> None:
        with SchoologySandbox() as sandbox:
            sandbox.before_each = broken
            with pytest.raises(urllib.error.HTTPError, match="500"):
                read(sandbox.base_url + "users")

    with pytest.raises(ZeroDivisionError):
        served()


def test_port_in_use_raises_and_leaves_no_thread() -> None:
    threads = threading.active_count()
    with SchoologySandbox() as sandbox, pytest.raises(OSError, match="in use"):
        SchoologySandbox(port=sandbox.port).__enter__()
    assert threading.active_count() == threads


def test_anyio_can_use_a_sandbox() -> None:
    with SchoologySandbox(school=School.seeded(5)) as sandbox:
        assert len(anyio.run(list_uids, sandbox)) == 6


async def test_sandbox_can_be_restarted_from_another_event_loop() -> None:
    with SchoologySandbox(school=School.seeded(3)) as sandbox:
        address = sandbox.base_url
        await sandbox.close()
        await sandbox.start()
        assert sandbox.base_url == address
        assert len(await list_uids(sandbox)) == 4


def test_chosen_keys_are_used() -> None:
    with SchoologySandbox(key="k", secret="s", token="t", token_secret="ts") as sandbox:

        async def info(key: str, secret: str, **token: str) -> Any:
            async with Schoology(key, secret, base_url=sandbox.base_url, **token) as schoology:
                return await schoology.app_user_info()

        assert asyncio.run(info("k", "s")).api_uid == sandbox.school.api_uid
        assert asyncio.run(info("k", "s", token="t", token_secret="ts")).api_uid
        with pytest.raises(Unauthorized):
            asyncio.run(info("sandbox-consumer-key", "sandbox-consumer-secret"))


def test_chosen_tokens_are_used() -> None:
    school = ManageBacSchool.seeded(students=2)
    with ManageBacSandbox(school=school, token="two", v1_token="one") as sandbox:

        async def counts() -> tuple[int, int]:
            async with ManageBac("two", base_url=sandbox.base_url) as managebac:
                memberships = await managebac.memberships.list()
            async with ManageBacV1("s", "one", base_url=sandbox.v1_base_url) as legacy:
                return len(memberships), len(await legacy.users.list())

        assert asyncio.run(counts()) == (0, 2)


def test_sandbox_listens_on_the_chosen_host() -> None:
    with SchoologySandbox(host="localhost") as sandbox:
        assert sandbox.base_url.startswith("http://localhost:")
        assert len(asyncio.run(list_uids(sandbox))) == 1


def test_starlette_test_client_can_use_a_sandbox() -> None:
    """A web service that uses a client. The test itself has no event loop."""
    with SchoologySandbox(school=School.seeded(5)) as sandbox:

        async def count(request: Any) -> JSONResponse:
            return JSONResponse(len(await list_uids(sandbox)))

        with TestClient(Starlette(routes=[Route("/count", count)])) as client:
            assert client.get("/count").json() == 6


def test_fixture_works_in_synchronous_tests(schoology_sandbox: SchoologySandbox) -> None:
    assert len(asyncio.run(list_uids(schoology_sandbox))) == 1


def test_fixtures_work_without_pytest_asyncio(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import urllib.error, urllib.request, pytest\n"
        "@pytest.mark.sandbox(seed=3)\n"
        "def test_both(schoology_sandbox, managebac_sandbox):\n"
        "    for sandbox in (schoology_sandbox, managebac_sandbox):\n"
        "        with pytest.raises(urllib.error.HTTPError):\n"
        "            urllib.request.urlopen(sandbox.base_url + 'users')\n"
        "        assert len(sandbox.log) == 1\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in ran.stdout, ran.stdout + ran.stderr


def test_lms_sandbox_takes_a_host() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "lms_async.cli", "sandbox", "schoology", "--host", "localhost"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        url = next(line for line in lines if "BASE_URL" in line).partition("=")[2].strip()
        assert url.startswith("http://localhost:")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            read(url + "users")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
