"""Export from one account, import into an empty one, and export that one."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import Path

from lms_async.cli.exit_codes import Exit
from lms_async.cli.importing.run import run_import
from lms_async.cli.listing.choosing import exported_listings
from lms_async.cli.listing.export import ExportRequest, run_export
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.target import Target, find_kind
from tests.cli.conftest import import_request

#: The rows of each file, without what only one account has, such as the vendor's ids.
Files = Mapping[str, list[list[str]]]
FAST = (10_000, 1.0)


async def export_import_export(
    target: Target,
    full: Mapping[str, str],
    empty: Mapping[str, str],
    folder: Path,
    *,
    only: Collection[str] = (),
) -> tuple[Files, Files]:
    """Return what the first and the second export contain.

    :param full: the environment of the account that has records.
    :param empty: the environment of the account that the files are imported into.
    :param only: the kinds to export and to import; empty for all.
    """
    await _export(target, full, folder / "full", only)
    for listing in exported_listings(target, only):
        path = folder / "full" / f"{listing.name}.csv"
        if listing.imported_as is None or not _rows(path):
            continue
        printed = io.StringIO()
        kind = find_kind(target, listing.imported_as)
        request = import_request(target=target, kind=kind, path=path, environment=empty, limit=FAST)
        summary = await run_import(request, make_reporter(printed, printed))
        # Rows that exist in both accounts, such as the owner of the account, are rejected.
        assert summary.exit_code in (Exit.DONE, Exit.REJECTED), printed.getvalue()
    await _export(target, empty, folder / "empty", only)
    return _files(target, folder / "full", only), _files(target, folder / "empty", only)


async def _export(
    target: Target, environment: Mapping[str, str], folder: Path, only: Collection[str]
) -> None:
    printed = io.StringIO()
    request = ExportRequest(
        target=target,
        listings=exported_listings(target, only),
        folder=folder,
        environment=environment,
        limit=FAST,
    )
    code = await run_export(request, make_reporter(printed, printed), printed, printed)
    assert code == 0, printed.getvalue()


def _files(target: Target, folder: Path, only: Collection[str]) -> Files:
    files = {}
    for listing in exported_listings(target, only):
        if listing.imported_as is not None:
            fields = find_kind(target, listing.imported_as).fields
            kept = [name for name in listing.columns if name in fields]
            rows = _rows(folder / f"{listing.name}.csv")
            files[listing.name] = sorted([row[name] for name in kept] for row in rows)
    return files


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
