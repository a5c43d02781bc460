"""``lms roster init`` with files that are not UTF-8."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.roster import open_source
from tests.cli.roster_init.conftest import Init, small
from tests.roster.reading import people, read

STUDENTS = "Student ID;First;Last\n1001;Zo\xeb;Quagmire\n"


def one_roster(folder: Path) -> Path:
    path = small(folder) / "users.csv"
    path.write_bytes(path.read_text("utf-8").replace("Wilhelmina", "Zo\xeb").encode("cp1252"))
    return folder


def other(folder: Path) -> Path:
    folder.mkdir()
    (folder / "students.csv").write_bytes(STUDENTS.encode("cp1252"))
    (folder / "students-2.csv").write_bytes(STUDENTS.replace("1001", "1002").encode("utf-8"))
    return folder


@pytest.mark.parametrize("export", [one_roster, other])
async def test_encoding_is_written_into_the_mapping(
    init: Init, tmp_path: Path, export: Callable[[Path], Path]
) -> None:
    folder = export(tmp_path / "export")
    with pytest.raises(CommandError, match="not UTF-8") as why:
        await init(folder)
    assert f"lms roster init {folder} --to schoology --encoding NAME" in str(why.value)

    written = await init(folder, encoding="cp1252")
    records, _ = read(open_source(folder, written.mapping))
    assert {one.given_name for one in people(records).values()} == {"Zo\xeb"}
