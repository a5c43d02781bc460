"""The example vendor has retries, a limit, paging, bulks with look-up, a sandbox and the
command."""

from __future__ import annotations

import ast
import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import acme_async
from acme_async import Acme, Pupil, PupilCreate, PupilUpdate
from acme_async.sandbox import AcmeSandbox
from lms_async import NotFound, Status, Unauthorized
from lms_async.sandbox import Fault
from tests.conftest import QUICK

EXAMPLES = Path(acme_async.__file__).parents[1]


def pupils(count: int) -> list[Any]:
    return [{"number": str(number), "name": f"Pupil {number}"} for number in range(count)]


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[AcmeSandbox]:
    async with AcmeSandbox() as sandbox:
        yield sandbox


@pytest_asyncio.fixture
async def acme(sandbox: AcmeSandbox) -> AsyncIterator[Acme]:
    async with Acme(sandbox.token, base_url=sandbox.base_url, retry=QUICK) as acme:
        yield acme


async def test_bulk_and_paging(acme: Acme, sandbox: AcmeSandbox) -> None:
    rows = [*pupils(250), {"number": "", "name": "A"}, {"nmae": "x"}]
    report = await acme.pupils.create_many(rows)
    assert report.counts == Counter({Status.DONE: 250, Status.REJECTED: 2})
    again = await acme.pupils.create_many([PupilCreate(number=7, name="Other")])
    assert [one.error.message for one in again.rejected if one.error] == ["the number is taken"]
    listed = await acme.pupils.list()
    assert [pupil.number for pupil in listed] == list(sandbox.pupils)
    assert len(await acme.pupils.list(numbers=range(120))) == 120


async def test_pupils_are_changed(acme: Acme, sandbox: AcmeSandbox) -> None:
    await acme.pupils.create_many(pupils(3))
    (first, second, _) = await acme.pupils.list()
    sandbox.faults.add(Fault.cut(after=True, method="PUT"))
    changes = [
        PupilUpdate(id=first.id or "", surname="Ekpo"),
        PupilUpdate(id=second.id or "", active=False),
    ]
    (await acme.pupils.update_many(changes)).raise_for_failures()
    report = await acme.pupils.update_many([{"id": 9, "name": "Bo"}])
    assert [one.error.message for one in report.rejected if one.error] == ["there is no such pupil"]
    listed = await acme.pupils.list()
    assert [(one.name, one.surname, one.active) for one in listed] == [
        ("Pupil 0", "Ekpo", True),
        ("Pupil 1", None, False),
        ("Pupil 2", None, True),
    ]


async def test_acme_limit_is_kept(acme: Acme, sandbox: AcmeSandbox) -> None:
    await acme.pupils.create_many(pupils(1300))  # 26 requests
    assert sandbox.busiest(1.0) <= 20


async def test_single_calls(acme: Acme) -> None:
    await acme.pupils.create_many(pupils(3))
    (first, *_) = await acme.pupils.list()
    assert isinstance(first, Pupil)
    assert (await acme.pupils.get(first.id or "")).name == "Pupil 0"
    await acme.pupils.delete(first.id or "")
    with pytest.raises(NotFound):
        await acme.pupils.get(first.id or "")


async def test_lost_response_is_looked_up(acme: Acme, sandbox: AcmeSandbox) -> None:
    sandbox.faults.add(Fault.cut(after=True, method="POST"), Fault.cut(method="POST", skip=1))
    report = await acme.pupils.create_many(pupils(150))
    report.raise_for_failures()
    assert len(sandbox.pupils) == 150


async def test_errors_are_retried_or_raised(acme: Acme, sandbox: AcmeSandbox) -> None:
    sandbox.faults.add(Fault.error(503), Fault.refuse(retry_after=0.05), Fault.error(502))
    assert await acme.pupils.list() == []
    async with Acme("wrong", base_url=sandbox.base_url) as other:
        with pytest.raises(Unauthorized):
            await other.pupils.list()


def test_vendor_kit_is_the_only_client_import() -> None:
    allowed = {
        "lms_async.vendor_kit",
        "lms_async.roster",
        "lms_async.sandbox",
        "lms_async.cli.target",
        "lms_async.cli.kinds",
        "lms_async.cli.record_rows",
    }
    for file in (EXAMPLES / "acme_async").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lms_async"):
                assert node.module in allowed, (file.name, node.module)


async def test_lms_imports_into_acme(sandbox: AcmeSandbox, tmp_path: Path) -> None:
    """The target is found by its entry point, like that of an installed package."""
    installed = tmp_path / "site" / "acme-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text(
        "[lms_async.targets]\nacme = acme_async.cli:target\n"
    )
    (tmp_path / "pupils.csv").write_text("number,name\n1,A\n2,B\n\n2,C\n3,D\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "lms_async.cli", "import", "pupils.csv", "--to", "acme"),
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": f"{installed.parent}{os.pathsep}{EXAMPLES}",
            "ACME_TOKEN": sandbox.token,
            "ACME_BASE_URL": sandbox.base_url,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 1, said.decode()
    assert list(sandbox.pupils) == ["1", "3"]
    results = (tmp_path / "pupils.results.csv").read_text("utf-8")
    assert "rows 3 and 5" in results
