"""``lms list`` and ``lms export`` as commands, in their own process."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

import acme_async
from acme_async.sandbox import AcmeSandbox
from tests.cli.conftest import Ran, lms
from tests.cli.listing.conftest import COLUMNS, environment_of


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the metadata by which ``lms`` finds the target ``acme``."""
    info = tmp_path / "site" / "acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[lms_async.targets]\nacme = acme_async.cli:target\n")
    return info.parent


async def run(sandbox: AcmeSandbox, site: Path, *arguments: str) -> Ran:
    examples = Path(acme_async.__file__).parents[1]
    environment = environment_of(sandbox) | {"PYTHONPATH": f"{site}{os.pathsep}{examples}"}
    return await lms(*arguments, environment=environment, folder=site.parent)


async def test_list_and_export(sandbox: AcmeSandbox, site: Path) -> None:
    reading = ("list", "pupils", "--from", "acme", "--filter", "number=1")
    printed, exported, kinds = await asyncio.gather(
        run(sandbox, site, *reading),
        run(sandbox, site, "export", "acme", "here", "--only", "pupils"),
        run(sandbox, site, "list", "--from", "acme"),
    )
    assert (printed.code, printed.out) == (0, f"{COLUMNS}\n1001,1,Pupil 1,Red\n"), printed.err
    assert exported.code == 0, exported.err
    assert (site.parent / "here" / "pupils.csv").exists()
    assert kinds.code == 0
    assert kinds.out.startswith("pupils  List the pupils")
