"""``lms doctor``: what it finds, what it advises, and its exit codes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import pytest_asyncio

from acme_async.cli import AcmeTarget
from acme_async.sandbox import AcmeSandbox
from lms_async.cli.credentials import Environment
from lms_async.cli.doctor import checks
from lms_async.cli.doctor.findings import Finding, print_finding
from lms_async.cli.doctor.run import run_doctor
from lms_async.cli.exit_codes import Exit
from lms_async.cli.kinds import Listing, Row
from lms_async.errors import Forbidden
from lms_async.http.probe import Probe, probe
from tests.cli.conftest import lms


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[AcmeSandbox]:
    async with AcmeSandbox(limit=(10_000, 1.0)) as sandbox:
        yield sandbox


async def doctor(environment: Environment) -> tuple[Exit, str]:
    out = io.StringIO()
    exit_code = await run_doctor([AcmeTarget()], environment, out)
    return exit_code, out.getvalue()


def environment_of(sandbox: AcmeSandbox, **changed: str) -> Environment:
    return Environment(
        {"ACME_TOKEN": sandbox.token, "ACME_BASE_URL": sandbox.base_url} | changed,
    )


async def test_everything_is_fine(sandbox: AcmeSandbox) -> None:
    exit_code, out = await doctor(environment_of(sandbox))
    assert exit_code is Exit.DONE
    assert "problem" not in out
    assert "ok       Settings: ACME_TOKEN and ACME_BASE_URL, from the environment" in out
    assert f"Host: {sandbox.base_url.removesuffix('/v1/').removesuffix('/v1')}, no proxy" in out
    assert "Connection: not encrypted" in out
    assert "Clock: differs from the vendor's by" in out
    assert "Credentials: Acme accepts them" in out
    assert "The account may read: pupils" in out
    assert "Rate limit: 20 requests per 1 s" in out
    assert sandbox.token not in out


async def test_settings_from_a_file_are_named_with_the_file(sandbox: AcmeSandbox) -> None:
    file = Path("school") / ".env"
    environment = Environment({}, environment_of(sandbox).variables, file)
    exit_code, out = await doctor(environment)
    assert exit_code is Exit.DONE
    assert f"from {file}" in out


@pytest.mark.parametrize(
    ("changed", "exit_code", "told"),
    [
        ({"ACME_TOKEN": "wrong"}, Exit.NOT_AUTHORIZED, "Acme did not accept the credentials"),
        ({"ACME_BASE_URL": "http://127.0.0.1:9/"}, Exit.UNREACHABLE, "Acme could not be reached"),
        ({"ACME_TOKEN": " "}, Exit.BAD_INPUT, "Not set: ACME_TOKEN"),
    ],
)
async def test_problem_has_an_exit_code_and_says_what_to_do(
    sandbox: AcmeSandbox, changed: dict[str, str], exit_code: Exit, told: str
) -> None:
    ended, out = await doctor(environment_of(sandbox, **changed))
    assert ended is exit_code
    lines = out.splitlines()
    (number,) = [number for number, line in enumerate(lines) if told in line]
    assert lines[number].startswith("  problem  ")
    assert lines[number + 1].startswith("           ")  # what to do


async def test_listing_that_takes_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(client: Any, filters: Mapping[str, str]) -> AsyncIterator[Row]:
        await asyncio.sleep(60)
        yield {}

    monkeypatch.setattr(checks, "_PATIENCE", 0.01)
    slow_listing = Listing(name="links", does="", columns=(), read=slow)
    target = attrs.evolve(AcmeTarget(), listings=[slow_listing])
    (found,) = await checks.permissions(None, target)
    assert found == Finding("links: not checked, because it takes too long")


async def test_listing_that_the_account_may_not_read_is_named() -> None:
    async def forbidden(client: Any, filters: Mapping[str, str]) -> AsyncIterator[Row]:
        raise Forbidden(403)
        yield {}

    async def endless(client: Any, filters: Mapping[str, str]) -> AsyncIterator[Row]:
        while True:
            yield {}

    def listing(name: str, read: Any) -> Listing:
        return Listing(name=name, does="", columns=(), read=read)

    target = attrs.evolve(
        AcmeTarget(), listings=[listing("grades", forbidden), listing("pupils", endless)]
    )
    readable, hidden = await checks.permissions(None, target)
    assert readable == Finding("The account may read: pupils")
    assert "grades: Acme does not let this account read them" in hidden.text
    assert hidden.to_do


@pytest.mark.parametrize(
    ("ahead", "told", "problem"),
    [
        (0.4, "differs from the vendor's by 0 s", False),
        (-59.0, "differs from the vendor's by 59 s", False),
        (432.0, "7 min 12 s ahead of the vendor's", True),
        (-432.0, "7 min 12 s behind the vendor's", True),
        (None, "not checked", False),
    ],
)
def test_clock_is_compared(ahead: float | None, told: str, problem: bool) -> None:
    found = checks.clock(Probe("TLSv1.3", 0.1, ahead))
    assert told in found.text
    assert bool(found.to_do) is problem


async def test_probe_reads_the_servers_clock(sandbox: AcmeSandbox) -> None:
    seen = await probe(sandbox.base_url)
    assert seen is not None
    assert seen.clock_ahead is not None
    assert abs(seen.clock_ahead) < 30
    assert await probe("http://127.0.0.1:9/") is None


def test_refusals_during_the_checks_are_a_problem() -> None:
    assert not checks.rate_limit(AcmeTarget(), []).to_do
    found = checks.rate_limit(AcmeTarget(), [1.0, 2.0])
    assert "refused 2" in found.text
    (advice,) = found.to_do
    assert "wait a minute and run lms doctor again" in advice
    assert "another program uses this account" in advice


def test_finding_has_no_control_characters() -> None:
    out = io.StringIO()
    print_finding(Finding("a\x1b[2J", ["b\n"]), out)
    assert out.getvalue() == "  problem  a\\x1b[2J\n           b\\n\n"


async def test_without_any_settings(tmp_path: Path) -> None:
    none = dict.fromkeys(("MANAGEBAC_TOKEN", "MANAGEBAC_V1_TOKEN"), "")
    ran = await lms("doctor", environment=none, folder=tmp_path)
    assert ran.code == 2
    assert "run lms doctor TARGET" in ran.err
