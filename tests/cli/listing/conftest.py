from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import pytest_asyncio

from acme_async.cli import PUPIL_LISTING, AcmeTarget
from acme_async.sandbox import AcmeSandbox
from lms_async.cli.listing.export import ExportRequest, run_export
from lms_async.cli.listing.output import Output
from lms_async.cli.listing.run import ListRequest, run_list
from lms_async.cli.reporting.reporters import make_reporter
from tests.cli.conftest import Ran

FAST = (1000, 0.01)
COLUMNS = "id,number,name,house"


def environment_of(sandbox: AcmeSandbox) -> dict[str, str]:
    return {"ACME_TOKEN": sandbox.token, "ACME_BASE_URL": sandbox.base_url}


def add_pupils(sandbox: AcmeSandbox, count: int) -> None:
    for number in range(count):
        sandbox.pupils[str(number)] = {
            "id": 1000 + number,
            "number": str(number),
            "name": f"Pupil {number}",
            "house": "Red",
        }


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[AcmeSandbox]:
    async with AcmeSandbox(limit=(10_000, 1.0)) as sandbox:
        add_pupils(sandbox, 3)
        yield sandbox


@attrs.frozen
class Lms:
    """Runs ``lms list`` and ``lms export`` in this process."""

    sandbox: AcmeSandbox
    folder: Path

    def list_request(self, **options: Any) -> ListRequest:
        given = {
            "target": AcmeTarget(),
            "listing": PUPIL_LISTING,
            "environment": environment_of(self.sandbox),
            "limit": FAST,
        }
        return ListRequest(**{**given, **options})

    async def list(self, *, width: int | None = None, **options: Any) -> Ran:
        err = io.StringIO()
        printed = self.folder / "printed"
        with printed.open("wb") as file:
            code = await run_list(
                self.list_request(**options),
                make_reporter(io.StringIO(), err),
                Output(file.fileno(), width),
                err,
            )
        return Ran(code, printed.read_text("utf-8"), err.getvalue())

    async def export(self, folder: Path, **options: Any) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        given: Mapping[str, Any] = {
            "target": AcmeTarget(),
            "listings": [PUPIL_LISTING],
            "environment": environment_of(self.sandbox),
            "limit": FAST,
        }
        request = ExportRequest(folder=folder, **{**given, **options})
        code = await run_export(request, make_reporter(out, err), out, err)
        return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture
def acme_lms(sandbox: AcmeSandbox, tmp_path: Path) -> Lms:
    return Lms(sandbox, tmp_path)
