"""Run ``lms import`` into a sandbox of ManageBac with a small school."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lms_async.cli.importing.run import run_import
from lms_async.cli.kinds import KindOptions
from lms_async.cli.reporting.reporters import make_reporter
from manabac_async.cli import target
from manabac_async.sandbox import ManageBacSandbox, School
from tests.cli.conftest import Ran, import_request, read_results
from tests.managebac.rosters import filled

Run = Callable[..., Awaitable[Ran]]


@pytest.fixture
def school(managebac_sandbox: ManageBacSandbox) -> School:
    return filled(managebac_sandbox)


@pytest.fixture
def run(managebac_sandbox: ManageBacSandbox, school: School, tmp_path: Path) -> Run:
    """Run ``lms import`` in this process, with the given rows."""
    path = tmp_path / "rows.csv"

    async def run(
        kind: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        dry_run: bool = False,
        restart: bool = False,
        **options: Any,
    ) -> Ran:
        listed = list(rows)
        names = list(dict.fromkeys(name for row in listed for name in row))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(listed)
        out, err = io.StringIO(), io.StringIO()
        request = import_request(
            path=path,
            target=target,
            kind=kind,
            options=KindOptions(**options),
            environment={
                "MANAGEBAC_TOKEN": managebac_sandbox.token,
                "MANAGEBAC_BASE_URL": managebac_sandbox.base_url,
            },
            limit=(1000, 0.01),
            yes=True,
            dry_run=dry_run,
            restart=restart,
        )
        summary = await run_import(request, make_reporter(out, err))
        results = request.results_path
        told = read_results(results) if results.is_file() else []
        return Ran(summary.exit_code, out.getvalue(), err.getvalue(), told, summary)

    return run


def writes(sandbox: ManageBacSandbox) -> int:
    """Count the requests that change something."""
    return sum(seen.method != "GET" for seen in sandbox.log)
