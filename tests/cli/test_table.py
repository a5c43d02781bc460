"""Files as they come: what is read from them, and what is said of those that can't be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lms_async.cli.exits import CannotStart, Exit
from lms_async.cli.table import Table


def table(path: Path, content: bytes | str) -> Table:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Table.open(path)


def fault(path: Path, content: bytes | str) -> str:
    with pytest.raises(CannotStart) as why:
        list(table(path, content).rows())
    assert why.value.exit_code == Exit.BAD_INPUT
    return "\n".join(why.value.lines)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        pytest.param("id,name\n1,Zoë\n", "", id="UTF-8"),
        pytest.param("\ufeffid,name\n1,Zoë\n", "", id="byte-order mark"),
        pytest.param("id,name\r\n1,Zoë\r\n", "", id="Windows line ends"),
        pytest.param("id,name\r1,Zoë\r", "", id="old Mac line ends"),
        pytest.param("id,name\n1,Zoë", "", id="no line end at the end"),
        pytest.param(" id , name\n1,Zoë\n", "", id="spaces around names"),
        pytest.param('"id","name"\n"1","Zoë"\n', "", id="all quoted"),
        pytest.param("id;name\n1;Zoë\n", "semicolons", id="semicolons"),
        pytest.param("id\tname\n1\tZoë\n", "tabs", id="tabs"),
        pytest.param("id|name\n1|Zoë\n", "bars", id="bars"),
        pytest.param("\ufeffsep=;\r\nid;name\r\n1;Zoë\r\n", "semicolons", id="sep= for Excel"),
        pytest.param('"sep=^"\nid^name\n1^Zoë\n', "^", id="sep= of another mark"),
        pytest.param("sep=,\nid,name\n1,Zoë\n", "", id="sep= of the usual mark"),
        pytest.param("id,name\n1,Zoë\n".encode("cp1252"), "Windows-1252", id="Windows-1252"),
    ],
)
def test_the_same_table_in_many_forms(tmp_path: Path, content: bytes | str, note: str) -> None:
    read = table(tmp_path / "a.csv", content)
    assert read.header == ("id", "name")
    assert list(read.rows()) == [(2, ["1", "Zoë"])]
    assert list(read.rows()) == [(2, ["1", "Zoë"])]  # as often as needed
    assert note in " ".join(read.notes)
    assert bool(read.notes) is bool(note)


def test_the_delimiter_is_the_headers_and_not_the_cells(tmp_path: Path) -> None:
    read = table(tmp_path / "a.csv", 'id,"a;b;c"\n"1;2;3;4;5",x\n')
    assert read.header == ("id", "a;b;c")
    assert list(read.rows()) == [(2, ["1;2;3;4;5", "x"])]


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    content = 'id,name\n1,"two\nlines\nand three"\n\n2,b\n,  \n3,c\n'
    assert [number for number, _ in table(tmp_path / "a.csv", content).rows()] == [2, 4, 6]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("", ["is empty"], id="empty"),
        pytest.param("\ufeff", ["is empty"], id="a byte-order mark alone"),
        pytest.param("\n1,2\n", ["row 1 is blank", "name the columns"], id="blank header"),
        pytest.param("id,\0name\n1,2\n", ["row 1", "NUL"], id="NUL in the header"),
        pytest.param(
            'id,name\n1,a\n2,"b"c\n3,d\n',
            ["row 3 ", "from line 3", "stray or missing quote"],
            id="stray quote",
        ),
        pytest.param(
            'id,name\n1,"a\nb"\n2,"b\n3,d\n',
            ["row 3 ", "from line 4", "stray or missing quote"],
            id="quote not closed",
        ),
        pytest.param('id,"name\n1,2\n', ["row 1 ", "quote"], id="quote in the header"),
        pytest.param(
            'sep=,\nid,name\n1,"2\n', ["row 2 (from line 3", "line 3)"], id="sep= and quote"
        ),
        pytest.param(b"PK\x03\x04\x14\0", ["is a workbook", "CSV UTF-8"], id="workbook"),
        pytest.param("id,name\n".encode("utf-16"), ["UTF-16", "CSV UTF-8"], id="UTF-16"),
        pytest.param(
            b"id,name\n1,Zo\xc3\xab\n2,Zo\xeb\n",
            ["line 3", "not UTF-8", "line 2 is", "CSV UTF-8"],
            id="UTF-8 and Windows-1252 mixed",
        ),
        pytest.param(
            b"\xef\xbb\xbfid,name\n2,Zo\xeb\n", ["line 2", "not UTF-8"], id="marked as UTF-8"
        ),
        pytest.param(b"id,name\n1,\x81\n", ["line 2", "neither"], id="no text at all"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | str, told: list[str]) -> None:
    said = fault(tmp_path / "a.csv", content)
    assert all(part in said for part in ["a.csv", *told]), said


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="does not exist"):
        Table.open(tmp_path / "none.csv")
    with pytest.raises(CannotStart, match="is a folder"):
        Table.open(tmp_path)


@pytest.mark.parametrize("taken", [1, 2])
@pytest.mark.parametrize(
    "later", ["id,name\n1,a\n", "id,name\n1,a\n2,b\n3,c\n", "id,name\n9,z\n2,b\n"]
)
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, later: str, taken: int) -> None:
    """It is cut, or added to, or written anew in place, as exports do."""
    path = tmp_path / "a.csv"
    path.write_text("id,name\n1,a\n2,b\n", encoding="utf-8")
    os.utime(path, ns=(0, 0))
    rows = Table.open(path).rows()
    for _ in range(taken):
        next(rows)
    path.write_text(later, encoding="utf-8")
    with pytest.raises(CannotStart, match="was changed while it was read"):
        list(rows)


def test_a_file_that_is_gone_between_two_readings(tmp_path: Path) -> None:
    read = table(tmp_path / "a.csv", "id,name\n1,a\n")
    read.path.unlink()
    with pytest.raises(CannotStart, match="can't be read"):
        list(read.rows())


def test_a_file_that_changes_between_two_readings(tmp_path: Path) -> None:
    read = table(tmp_path / "a.csv", "id,name\n1,a\n")
    list(read.rows())
    os.utime(read.path, ns=(0, 0))
    with pytest.raises(CannotStart, match="was changed while it was read"):
        list(read.rows())
