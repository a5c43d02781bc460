"""``lms export``: files that are complete or absent, and that ``lms import`` takes back."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import attrs
import pytest

from acme_async import Acme
from acme_async.cli import PUPIL_LISTING, AcmeTarget
from acme_async.sandbox import AcmeSandbox
from lms_async.cli.kinds import Listing
from lms_async.sandbox import Fault
from tests.cli.listing.conftest import COLUMNS, Lms, add_pupils, environment_of


async def _houses(client: Acme, filters: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
    yield {"name": "Red"}
    await client.request("GET", "houses")


HOUSES = Listing(name="houses", does="List houses.", columns=("name",), read=_houses)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def test_files_are_private_and_the_readme_names_the_commands(
    acme_lms: Lms, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "export"
    ran = await acme_lms.export(folder)
    assert ran.code == 0, ran.err
    assert modes(folder) == {"pupils.csv": 0o600, "README.txt": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    text = (folder / "pupils.csv").read_text("utf-8")
    assert text.startswith(f"\ufeff{COLUMNS}\n1000,0,Pupil 0,Red\n")
    readme = (folder / "README.txt").read_text()
    assert "lms import pupils.csv --to acme --kind pupils\n" in readme
    assert "add --update-existing" in readme
    assert "pupils.csv: 3 rows" in ran.out


async def test_later_export_replaces_its_files_and_no_others(
    acme_lms: Lms, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    await acme_lms.export(folder)
    add_pupils(sandbox, 5)
    assert (await acme_lms.export(folder)).code == 0
    assert len((folder / "pupils.csv").read_text().splitlines()) == 6
    for name in ("pupils.csv", "README.txt"):
        (folder / name).write_text("mine\n")
        ran = await acme_lms.export(folder)
        assert ran.code == 2
        assert "does not replace it" in ran.err
        assert (folder / name).read_text() == "mine\n"
        (folder / name).unlink()


async def test_empty_listing_has_a_file_and_no_command(
    acme_lms: Lms, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    sandbox.pupils.clear()
    assert (await acme_lms.export(tmp_path / "export")).code == 0
    assert (tmp_path / "export" / "pupils.csv").read_text("utf-8") == f"\ufeff{COLUMNS}\n"
    assert "lms import" not in (tmp_path / "export" / "README.txt").read_text()


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_kind_that_may_not_be_read_is_reported_and_the_others_go_on(
    acme_lms: Lms, sandbox: AcmeSandbox, tmp_path: Path, status: int
) -> None:
    sandbox.faults.add(Fault.error(status, path="houses", share=1.0))
    target = AcmeTarget(listings=(HOUSES, PUPIL_LISTING))
    folder = tmp_path / "export"
    ran = await acme_lms.export(folder, target=target, listings=target.listings)
    assert ran.code == 1
    assert "houses not exported" in ran.err
    assert str(status) in ran.err
    assert set(modes(folder)) == {"pupils.csv", "README.txt"}


async def test_failure_stops_the_export_and_leaves_complete_files_only(
    acme_lms: Lms, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    sandbox.faults.add(Fault.error(400, path="houses", share=1.0))
    target = AcmeTarget(listings=(PUPIL_LISTING, HOUSES, attrs.evolve(PUPIL_LISTING, name="late")))
    folder = tmp_path / "export"
    ran = await acme_lms.export(folder, target=target, listings=target.listings)
    assert ran.code == 5
    assert "not complete" in ran.err
    assert set(modes(folder)) == {"pupils.csv"}


async def test_wrong_token_exports_nothing(
    acme_lms: Lms, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    environment = environment_of(sandbox) | {"ACME_TOKEN": "wrong"}
    ran = await acme_lms.export(tmp_path / "export", environment=environment)
    assert ran.code == 4
    assert list((tmp_path / "export").iterdir()) == []
