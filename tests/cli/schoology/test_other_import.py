"""An import that finds the journal of another one names that import as it is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.kinds import KindOptions
from tests.cli.conftest import Import, file_of


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("first", [False, True])
async def test_journal_of_an_import_with_other_options(
    lms_import: Import, first: bool, dry_run: bool
) -> None:
    await lms_import(file_of(1), update_existing=first)
    ran = await lms_import(None, update_existing=not first, dry_run=dry_run)
    assert ran.code == Exit.BAD_INPUT
    word = "with" if first else "without"
    assert f"was written by an import of --kind people {word} --update-existing.\n" in ran.err
    assert "Use --restart to start over, or --results FILE" in ran.err
    assert "create_many" not in ran.err


async def test_journal_of_another_kind(lms_import: Import, people_csv: Path) -> None:
    await lms_import(file_of(2))
    options = KindOptions(keep_enrollments=False, notify=True)
    given: dict[str, Any] = {"results": people_csv.with_name("out.results.csv"), "yes": True}
    await lms_import("school_uid\nS00001\n", kind="deactivate", options=options, **given)
    ran = await lms_import("school_uid\nS00002\n", kind="reactivate", **given)
    assert "of --kind deactivate with --erase-enrollments and with --notify.\n" in ran.err
