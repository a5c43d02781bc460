"""``lms list``: a table, CSV or JSON, and what happens when reading or writing fails."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import stat
import threading
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from rich.cells import cell_len

from acme_async import Acme
from acme_async.cli import PUPIL_LISTING
from acme_async.sandbox import AcmeSandbox
from lms_async import ConnectionFailed
from lms_async.cli.exit_codes import Exit
from lms_async.cli.listing.output import Output
from lms_async.cli.listing.run import run_list
from lms_async.cli.listing.table import fit
from lms_async.cli.reporting.cells import read_cell
from lms_async.cli.reporting.reporters import make_reporter
from tests.cli.listing.conftest import COLUMNS, Lms, add_pupils, environment_of

FORMULA = "=1+1\n\x1b[31m"


async def test_pipe_gets_csv(acme_lms: Lms) -> None:
    ran = await acme_lms.list()
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[:2] == [COLUMNS, "1000,0,Pupil 0,Red"]
    assert len(lines) == 4
    assert "3 rows" in ran.err


async def test_json_has_the_exact_texts(acme_lms: Lms, sandbox: AcmeSandbox) -> None:
    sandbox.pupils["0"]["name"] = FORMULA
    del sandbox.pupils["1"]["house"]
    ran = await acme_lms.list(json=True, columns=["name", "house"])
    assert "\x1b" not in ran.out
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert rows[0] == {"name": FORMULA, "house": "Red"}
    assert rows[1] == {"name": "Pupil 1", "house": ""}


async def test_csv_file_is_private_and_safe_in_a_spreadsheet(
    acme_lms: Lms, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    sandbox.pupils["0"]["name"] = FORMULA
    path = tmp_path / "pupils.csv"
    ran = await acme_lms.list(csv=path, width=80)
    assert (ran.code, ran.out) == (0, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text("utf-8")
    assert text.startswith(f"\ufeff{COLUMNS}\n")
    cell = text.splitlines()[1].split(",")[2]
    assert cell.startswith("'=")
    assert read_cell(cell) == FORMULA
    assert f"3 rows written to {path}" in ran.err


async def test_csv_replaces_only_its_own_files(
    acme_lms: Lms, sandbox: AcmeSandbox, tmp_path: Path
) -> None:
    path = tmp_path / "pupils.csv"
    assert (await acme_lms.list(csv=path)).code == 0
    add_pupils(sandbox, 5)
    assert (await acme_lms.list(csv=path)).code == 0
    assert len(path.read_text().splitlines()) == 6
    path.write_text(f"{COLUMNS}\n9,9,typed by hand,\n")
    ran = await acme_lms.list(csv=path)
    assert ran.code == 2
    assert "was not written by this command" in ran.err
    assert "by hand" in path.read_text()
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "empty.csv")
    (tmp_path / "empty.csv").touch()
    assert (await acme_lms.list(csv=link)).code == 2
    assert link.is_symlink()
    assert (await acme_lms.list(csv=tmp_path / "absent" / "x.csv")).code == 2


async def test_filters_and_columns(acme_lms: Lms) -> None:
    ran = await acme_lms.list(filters={"number": "2"}, columns=["name"])
    assert ran.out == "name\nPupil 2\n"


@pytest.mark.parametrize("width", [40, 80, 200])
async def test_table_fits_the_terminal(acme_lms: Lms, sandbox: AcmeSandbox, width: int) -> None:
    sandbox.pupils["0"].update(name="王小明" * 20, house="R\x1b[2J")
    ran = await acme_lms.list(width=width)
    lines = ran.out.splitlines()
    assert len(lines) == 4
    assert max(map(cell_len, lines)) <= width
    assert lines[0].split() == COLUMNS.split(",")
    assert "…" in lines[1] or width == 200
    assert "\x1b[2J" not in ran.out


async def test_table_has_the_same_widths_in_every_block(
    acme_lms: Lms, sandbox: AcmeSandbox
) -> None:
    add_pupils(sandbox, 501)
    sandbox.pupils["500"]["name"] = "Longer than every other name"
    lines = (await acme_lms.list(width=80)).out.splitlines()
    assert len(lines) == 502
    assert len({line.index("Red") for line in lines[1:]}) == 1


async def test_columns_that_do_not_fit_are_named(acme_lms: Lms) -> None:
    ran = await acme_lms.list(width=20)
    assert "house" not in ran.out
    assert "too narrow for house" in ran.err


def test_widest_columns_are_shortened_first() -> None:
    assert fit([4, 30, 10], 28) == [4, 10, 10]
    assert fit([4, 5], 80) == [4, 5]
    assert fit([50], 3) == [3]
    assert fit([6, 6, 6], 14) == [6, 6]


async def test_wrong_token_is_not_authorized(acme_lms: Lms, sandbox: AcmeSandbox) -> None:
    environment = environment_of(sandbox) | {"ACME_TOKEN": "wrong"}
    ran = await acme_lms.list(environment=environment)
    assert ran.code == 4
    assert "ACME_TOKEN" in ran.err
    assert not ran.out


async def test_connection_that_fails_is_unreachable(acme_lms: Lms) -> None:
    async def unreachable(client: Acme, filters: Mapping[str, str]) -> AsyncIterator[Any]:
        raise ConnectionFailed("refused")
        yield

    ran = await acme_lms.list(listing=attrs.evolve(PUPIL_LISTING, read=unreachable))
    assert ran.code == 5
    assert "Acme could not be reached" in ran.err


async def test_missing_variables_are_named(acme_lms: Lms) -> None:
    ran = await acme_lms.list(environment={})
    assert ran.code == 2
    assert "ACME_TOKEN" in ran.err


async def test_csv_and_json_exclude_each_other(acme_lms: Lms, tmp_path: Path) -> None:
    assert (await acme_lms.list(csv=tmp_path / "x.csv", json=True)).code == 2


async def test_csv_needs_a_file(acme_lms: Lms) -> None:
    ran = await acme_lms.list(csv=Path("-"))
    assert ran.code == 2
    assert "takes a file" in ran.err


async def _fails_after_rows(
    client: Acme, filters: Mapping[str, str]
) -> AsyncIterator[dict[str, str]]:
    for number in range(600):
        yield {"number": str(number)}
    await client.request("GET", "nothing")


async def test_a_list_that_breaks_off_is_not_saved(acme_lms: Lms, tmp_path: Path) -> None:
    listing = attrs.evolve(PUPIL_LISTING, read=_fails_after_rows)
    folder = tmp_path / "lists"
    folder.mkdir()
    ran = await acme_lms.list(listing=listing, csv=folder / "pupils.csv")
    assert ran.code == 5
    assert "was not written" in ran.err
    assert list(folder.iterdir()) == []
    ran = await acme_lms.list(listing=listing)
    assert ran.code == 5
    assert "list is not complete" in ran.err
    assert len(ran.out.splitlines()) == 501


async def _many(client: Acme, filters: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
    for number in range(20_000):
        yield {"number": str(number), "name": "x" * 20}


async def _list_into(acme_lms: Lms, writer: int, read: Any, err: io.StringIO | None = None) -> Exit:
    request = acme_lms.list_request(listing=attrs.evolve(PUPIL_LISTING, read=read))
    err = err or io.StringIO()
    return await run_list(request, make_reporter(io.StringIO(), err), Output(writer), err)


async def test_reader_that_pauses_gets_every_row(acme_lms: Lms) -> None:
    reader, writer = os.pipe()
    parts: list[bytes] = []
    told: list[bool] = []
    resumed = threading.Event()

    def slowly() -> None:
        told.append(resumed.wait(20))  # false if the event loop was blocked
        with os.fdopen(reader, "rb") as file:
            parts.append(file.read())

    thread = threading.Thread(target=slowly)
    thread.start()
    task = asyncio.create_task(_list_into(acme_lms, writer, _many))
    await asyncio.sleep(0.1)
    assert not task.done()  # the pipe is full, and other tasks run
    resumed.set()
    assert await task == 0
    os.close(writer)
    thread.join(5)
    assert told == [True]
    assert parts[0].count(b"\n") == 20_001


async def test_reader_that_ends_early_ends_the_list_quietly(acme_lms: Lms) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    rows = 0

    async def counted(client: Acme, filters: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
        nonlocal rows
        async for row in _many(client, filters):
            rows += 1
            yield row

    err = io.StringIO()
    assert await _list_into(acme_lms, writer, counted, err) == 0
    os.close(writer)
    assert "Error" not in err.getvalue()
    assert rows <= 500


async def test_interrupt_ends_the_list(acme_lms: Lms, tmp_path: Path) -> None:
    async def endless(client: Acme, filters: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(10)
        yield {}

    folder = tmp_path / "lists"
    folder.mkdir()
    listing = attrs.evolve(PUPIL_LISTING, read=endless)
    ran = await acme_lms.list(listing=listing, csv=folder / "pupils.csv")
    assert ran.code == 130
    assert "Interrupted" in ran.err
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
async def test_full_disk_is_reported(acme_lms: Lms) -> None:
    err = io.StringIO()
    descriptor = os.open("/dev/full", os.O_WRONLY)
    code = await _list_into(acme_lms, descriptor, _many, err)
    os.close(descriptor)
    assert code == 2
    assert "could not be written" in err.getvalue()
