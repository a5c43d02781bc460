"""``lms import`` takes back what ``lms list`` and ``lms export`` wrote."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import attrs
import pytest

from acme_async.cli import PUPIL_LISTING, AcmeTarget
from acme_async.sandbox import AcmeSandbox
from lms_async.cli.exit_codes import Exit
from lms_async.cli.importing.run import run_import
from lms_async.cli.reporting.reporters import make_reporter
from tests.cli.conftest import Ran, import_request
from tests.cli.listing.conftest import FAST, Lms, environment_of

#: Texts that a spreadsheet, a terminal or a CSV reader could take for something else.
ODD_NAMES = ["=1+1", "+44 20 7946", "-5", "@ada", "'=quoted", r"C:\new", 'a "b", c', "two\nlines"]


@attrs.frozen
class Import:
    sandbox: AcmeSandbox

    async def __call__(self, path: Path, **options: Any) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        given: dict[str, Any] = {
            "target": AcmeTarget(),
            "path": path,
            "environment": environment_of(self.sandbox),
            "limit": FAST,
        }
        request = import_request(**{**given, **options})
        summary = await run_import(request, make_reporter(out, err))
        return Ran(summary.exit_code, out.getvalue(), err.getvalue())


@pytest.fixture
def acme_import(sandbox: AcmeSandbox) -> Import:
    return Import(sandbox)


def names(sandbox: AcmeSandbox) -> list[str]:
    return [pupil["name"] for pupil in sandbox.pupils.values()]


def set_names(sandbox: AcmeSandbox) -> None:
    sandbox.pupils.clear()
    for number, name in enumerate(ODD_NAMES):
        sandbox.pupils[str(number)] = {"id": 1000 + number, "number": str(number), "name": name}


async def test_export_import_export_is_equal(
    acme_lms: Lms, acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    set_names(sandbox)
    await acme_lms.export(tmp_path / "first")
    sandbox.pupils.clear()
    ran = await acme_import(tmp_path / "first" / "pupils.csv")
    assert ran.code == 0, ran.err
    assert names(sandbox) == ODD_NAMES
    assert "Not imported: id." in ran.err
    await acme_lms.export(tmp_path / "second")
    first, second = ((tmp_path / name / "pupils.csv").read_bytes() for name in ("first", "second"))
    assert first == second


async def test_list_printed_to_a_file_can_be_imported(
    acme_lms: Lms, acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    set_names(sandbox)
    (tmp_path / "pupils.csv").write_text((await acme_lms.list()).out)
    sandbox.pupils.clear()
    assert (await acme_import(tmp_path / "pupils.csv")).code == 0
    assert names(sandbox) == ODD_NAMES


async def test_columns_can_be_deleted_and_moved_but_not_the_id(
    acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    path = tmp_path / "pupils.csv"
    sandbox.pupils.clear()
    path.write_text("name,id,number\n'=1,77,1\n")
    assert (await acme_import(path)).code == 0
    assert names(sandbox) == ["=1"]


async def test_columns_of_the_kind_can_be_added(
    acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    listing = attrs.evolve(PUPIL_LISTING, columns=("id", "number", "name"))
    path = tmp_path / "pupils.csv"
    sandbox.pupils.clear()
    path.write_text("id,number,name,house,\n1,1,'=A,Red,\n")  # a spreadsheet added the last comma
    ran = await acme_import(path, target=AcmeTarget(listings=(listing,)))
    assert ran.code == 0, ran.err
    assert sandbox.pupils["1"]["name"] == "=A"
    assert sandbox.pupils["1"]["house"] == "Red"


@pytest.mark.parametrize(
    "header", ["number,name", "number,name,house"], ids=["part", "all fields, without the id"]
)
async def test_cells_of_a_file_made_by_hand_stay_as_they_are(
    acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path, header: str
) -> None:
    path = tmp_path / "pupils.csv"
    sandbox.pupils.clear()
    path.write_text(header + "\n" + r"1,'=a\nb" + (",Red\n" if "house" in header else "\n"))
    assert (await acme_import(path)).code == 0
    assert names(sandbox) == [r"'=a\nb"]


async def test_another_unknown_column_is_still_refused(
    acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    path = tmp_path / "pupils.csv"
    sandbox.pupils.clear()
    path.write_text("id,number,name,house,colour\n1,1,'=A,Red,blue\n")
    ran = await acme_import(path)
    assert ran.code == 2
    assert '"colour"' in ran.err
    ran = await acme_import(path, ignored=["id", " colour"])
    assert ran.code == 0, ran.err
    assert names(sandbox) == ["=A"]


async def test_a_column_that_is_mapped_is_imported(
    acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    path = tmp_path / "pupils.csv"
    path.write_text("id,number,name,house\nS7,1,A,Red\n")
    sandbox.pupils.clear()
    ran = await acme_import(path, maps=["number=id"], ignored=["number"])
    assert ran.code == 0, ran.err
    assert list(sandbox.pupils) == ["S7"]
    assert "Not imported" not in ran.err


async def test_condition_on_a_column_that_is_not_imported(
    acme_lms: Lms, acme_import: Import, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    set_names(sandbox)
    await acme_lms.export(tmp_path)
    sandbox.pupils.clear()
    ran = await acme_import(tmp_path / "pupils.csv", wheres=["id=1003"])
    assert ran.code == Exit.DONE, ran.err
    assert names(sandbox) == [ODD_NAMES[3]]
