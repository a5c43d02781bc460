"""``lms export``, ``lms import`` into an empty account, ``lms export``: equal."""

from __future__ import annotations

from pathlib import Path

from acme_async.cli import AcmeTarget
from acme_async.sandbox import AcmeSandbox
from tests.cli.listing.conftest import add_pupils, environment_of
from tests.cli.listing.round_trip import export_import_export


async def test_acme(sandbox: AcmeSandbox, tmp_path: Path) -> None:
    add_pupils(sandbox, 150)
    async with AcmeSandbox(limit=(10_000, 1.0)) as empty:
        first, second = await export_import_export(
            AcmeTarget(), environment_of(sandbox), environment_of(empty), tmp_path
        )
    assert len(first["pupils"]) == 150
    assert first == second
