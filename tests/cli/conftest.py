from __future__ import annotations

import asyncio
import csv
import io
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from lms_async.cli.importing.request import ImportRequest
from lms_async.cli.importing.run import run_import
from lms_async.cli.kinds import Kind, KindOptions
from lms_async.cli.mapping.field_mapping import FieldMapping
from lms_async.cli.mapping.options import MappingOptions, with_options
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.reporting.summary import Summary
from lms_async.cli.target import Target, find_kind, find_target
from schoology_async.sandbox import SchoologySandbox

HEADER = "school_uid,name_first,name_last,role_id,primary_email"
TARGET = find_target("schoology")
_MAPPING_OPTIONS = [field.name for field in attrs.fields(MappingOptions)]


def row(number: int) -> str:
    """A valid row of :data:`HEADER`. Its names are easy to find where they must not appear."""
    return f"S{number:05},Wilhelmina,Quagmire{number},1214,w{number}@secret.example"


def file_of(count: int, start: int = 1) -> str:
    return "\n".join([HEADER, *(row(number) for number in range(start, start + count))]) + "\n"


def environment_of(sandbox: SchoologySandbox) -> dict[str, str]:
    return {
        "SCHOOLOGY_KEY": sandbox.key,
        "SCHOOLOGY_SECRET": sandbox.secret,
        "SCHOOLOGY_BASE_URL": sandbox.base_url,
    }


def read_results(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def save(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def load(path: Path) -> str | None:
    """Return the text of a file, or ``None`` if it does not exist."""
    return path.read_text("utf-8") if path.exists() else None


@attrs.frozen
class Ran:
    """The result of a run of the command."""

    code: int
    out: str
    err: str
    results: list[dict[str, str]] = attrs.field(factory=list)
    summary: Summary | None = None

    @property
    def statuses(self) -> dict[int, str]:
        return {int(row["row"]): row["status"] for row in self.results}


Import = Callable[..., Awaitable[Ran]]


def import_request(
    *, target: Target, kind: str | Kind | None = None, update_existing: bool = False, **given: Any
) -> ImportRequest:
    """Return a request as the command makes it."""
    found = kind if isinstance(kind, Kind) else find_kind(target, kind)
    typed = {name: given.pop(name) for name in _MAPPING_OPTIONS if name in given}
    base = given.pop("mapping", FieldMapping())
    given["mapping"] = with_options(base, MappingOptions(**typed), found)
    given.setdefault("options", KindOptions(update_existing=update_existing))
    return ImportRequest(target=target, kind=found, **given)


@pytest.fixture
def people_csv(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


@pytest.fixture
def lms_import(schoology_sandbox: SchoologySandbox, people_csv: Path) -> Import:
    """Run ``lms import`` in this process, with a file of the given content and the sandbox."""

    async def run(content: str | bytes | None, *, json: bool = False, **options: Any) -> Ran:
        if content is not None:
            save(people_csv, content)
        out, err = io.StringIO(), io.StringIO()
        given: dict[str, Any] = {
            "path": people_csv,
            "target": TARGET,
            "environment": environment_of(schoology_sandbox),
            "limit": (1000, 0.01),
        }
        order = import_request(**{**given, **options})
        summary = await run_import(order, make_reporter(out, err, json=json))
        results = order.results_path
        told = read_results(results) if results.is_file() else []
        return Ran(summary.exit_code, out.getvalue(), err.getvalue(), told, summary)

    return run


async def start_lms(
    *arguments: object, environment: Mapping[str, str], folder: Path
) -> asyncio.subprocess.Process:
    """Start ``lms`` in its own process, with warnings as errors."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHOOLOGY")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "lms_async.cli", *map(str, arguments)),
        env=kept | dict(environment),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def end_lms(process: asyncio.subprocess.Process) -> Ran:
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode())


async def lms(*arguments: object, environment: Mapping[str, str], folder: Path) -> Ran:
    return await end_lms(await start_lms(*arguments, environment=environment, folder=folder))


def reset_signals() -> None:
    """Handle signals by default in a new process, also if the tests run under nohup."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
