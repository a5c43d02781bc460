"""Which files are read, and what is reported about those that cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from lms_async.cli.exit_codes import CommandError, Exit
from lms_async.cli.files.table import Table


def table(path: Path, content: bytes | str) -> Table:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Table.open(path)


def fault(path: Path, content: bytes | str) -> str:
    with pytest.raises(CommandError) as why:
        list(table(path, content).rows())
    assert why.value.exit_code == Exit.BAD_INPUT
    return "\n".join(why.value.lines)


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "id,name\n")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "note"),
    [
        pytest.param("id,name\n1,Zoë\n", "", id="UTF-8"),
        pytest.param("\ufeffid,name\n1,Zoë\n", "", id="byte-order mark"),
        pytest.param("id,name\r\n1,Zoë\r\n", "", id="Windows line ends"),
        pytest.param("id,name\r1,Zoë\r", "", id="old Mac line ends"),
        pytest.param("id,name\n1,Zoë", "", id="no final line end"),
        pytest.param(" id , name\n1,Zoë\n", "", id="spaces around names"),
        pytest.param('"id","name"\n"1","Zoë"\n', "", id="all quoted"),
        pytest.param("id;name\n1;Zoë\n", "semicolons", id="semicolons"),
        pytest.param("id\tname\n1\tZoë\n", "tabs", id="tabs"),
        pytest.param("id|name\n1|Zoë\n", "bars", id="bars"),
        pytest.param("\ufeffsep=;\r\nid;name\r\n1;Zoë\r\n", "semicolons", id="sep= for Excel"),
        pytest.param('"sep=^"\nid^name\n1^Zoë\n', "^", id="sep= with another mark"),
        pytest.param("sep=,\nid,name\n1,Zoë\n", "", id="sep= with a comma"),
        pytest.param("id\tname\r\n1\tZoë\r\n".encode("utf-16"), "tabs", id="Excel Unicode text"),
        pytest.param(b"\xfe\xff" + "id,name\n1,Zoë\n".encode("utf-16-be"), "", id="UTF-16 BE"),
        pytest.param("sep=;\nid;name\n1;Zoë\n".encode("utf-16"), "semicolons", id="UTF-16, sep="),
        pytest.param("id,name\n1,Zoë\n".encode("utf-32"), "", id="UTF-32"),
        pytest.param("\u200eid,na\ufeffme\u200b\n1,Zoë\n", "", id="invisible marks in names"),
    ],
)
def test_table_is_read_in_many_formats(tmp_path: Path, content: bytes | str, note: str) -> None:
    read = table(tmp_path / "a.csv", content)
    assert read.header == ("id", "name")
    assert list(read.rows()) == [(2, ["1", "Zoë"])]
    assert list(read.rows()) == [(2, ["1", "Zoë"])]  # it can be read again
    assert note in " ".join(read.notes)
    assert bool(read.notes) is bool(note)


def test_delimiter_is_found_in_the_header(tmp_path: Path) -> None:
    read = table(tmp_path / "a.csv", 'id,"a;b;c"\n"1;2;3;4;5",x\n')
    assert read.header == ("id", "a;b;c")
    assert list(read.rows()) == [(2, ["1;2;3;4;5", "x"])]


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    content = 'id,name\n1,"two\nlines\nand three"\n\n2,b\n,  \n3,c\n'
    assert [number for number, _ in table(tmp_path / "a.csv", content).rows()] == [2, 4, 6]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("", ["is empty"], id="empty"),
        pytest.param("\ufeff", ["is empty"], id="only a byte-order mark"),
        pytest.param(b"\xff\xfe", ["is empty"], id="only a UTF-16 byte-order mark"),
        pytest.param("\u200b\n1\n", ["row 1 is blank"], id="invisible header"),
        pytest.param("\n1,2\n", ["row 1 is blank", "the column names"], id="blank header"),
        pytest.param("id,\0name\n1,2\n", ["row 1", "NUL"], id="NUL in the header"),
        pytest.param("\0" * 5000, ["row 1", "NUL"], id="only NUL"),
        pytest.param("id\n" + "a" * 1_000_000, ["row 2", "131,072 characters"], id="a long cell"),
        pytest.param(
            "a" * 1_000_000 + "\n1", ["row 1", "131,072 characters"], id="a long column name"
        ),
        pytest.param(
            "id,name\n1,\ud800\n".encode("utf-8", "surrogatepass"), ["line 2"], id="surrogate"
        ),
        pytest.param(
            "\ufeffid,name\n1,\ud800\n".encode("utf-16-le", "surrogatepass"),
            ["line 2", "not UTF-16"],
            id="surrogate in UTF-16",
        ),
        pytest.param(
            'id,name\n1,a\n2,"b"c\n3,d\n',
            ["row 3 ", "starts in line 3", "quotation mark is missing"],
            id="stray quote",
        ),
        pytest.param(
            'id,name\n1,"a\nb"\n2,"b\n3,d\n',
            ["row 3 ", "starts in line 4", "quotation mark is missing"],
            id="quote not closed",
        ),
        pytest.param('id,"name\n1,2\n', ["row 1 ", "quotation mark"], id="quote in the header"),
        pytest.param(
            'sep=,\nid,name\n1,"2\n', ["row 2 (starts in line 3", "line 3)"], id="sep= and quote"
        ),
        pytest.param(b"PK\x03\x04\x14\0", ["is a damaged zip archive"], id="damaged zip"),
        pytest.param(zipped("xl/workbook.xml"), ["Excel workbook", "CSV UTF-8"], id="xlsx"),
        pytest.param(zipped("content.xml", "mimetype"), ["OpenDocument"], id="ods"),
        pytest.param(
            zipped("manifest.csv", "users.csv", "orgs.csv"),
            ["zip archive of OneRoster", '"users.csv"', "Unzip", "users.csv for the people"],
            id="OneRoster",
        ),
        pytest.param(
            zipped("export/manifest.csv", "export/classes.csv"),
            ["zip archive of OneRoster", "one of them"],
            id="OneRoster in a folder, without people",
        ),
        pytest.param(zipped("a\x1b.csv"), ['"a�.csv"', "Unzip", "that file"], id="zip of one CSV"),
        pytest.param(zipped("a.txt"), ["without a CSV file"], id="zip of something else"),
        pytest.param(zipped(), ["without a CSV file"], id="empty zip"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", ["workbook (.xls)"], id="xls"),
        pytest.param(gzip.compress(b"id,name\n"), ["gzip", "gunzip"], id="gzip"),
        pytest.param(b"\x28\xb5\x2f\xfd\x04", ["zstd", "unzstd"], id="zstd"),
        pytest.param(b"\n<!DOCTYPE html>\n<table>", ["web page", "CSV UTF-8"], id="html"),
        pytest.param(b'\xef\xbb\xbf<?xml version="1.0"?>', ["XML", "CSV UTF-8"], id="xml"),
        pytest.param(b'[{"school_uid": "S1"}]', ["JSON", "CSV"], id="json"),
        pytest.param(b'{"users": []}', ["JSON", "CSV"], id="json object"),
        pytest.param(b"PAR1\x15", ["Parquet", "CSV"], id="parquet"),
        pytest.param(b"\x89PNG\r\n", ["picture", "CSV"], id="png"),
        pytest.param(
            b"id,name\n1,Zo\xc3\xab\n2,Zo\xeb\n",
            ["line 3", "not UTF-8", "line 2 is", "mixes", "CSV UTF-8"],
            id="UTF-8 and Windows-1252 mixed",
        ),
        pytest.param(
            "id,name\n1,Zoë\n".encode("utf-16-le"),
            ["without a byte-order mark", "--encoding utf-16-le"],
            id="UTF-16 LE without mark",
        ),
        pytest.param(
            "id,name\n1,名单\n".encode("utf-16-be"), ["--encoding utf-16-be"], id="UTF-16 BE"
        ),
        pytest.param(
            "学号,姓名\n1,小明\n".encode("utf-16-le"),
            ["--encoding utf-16-le"],
            id="few plain letters",
        ),
        pytest.param(
            "id,name\n1,Zoë\n".encode("utf-32-le"), ["--encoding utf-32-le"], id="UTF-32 LE"
        ),
        pytest.param(
            "id,name\n1,Zoë\n".encode("utf-32-be"), ["--encoding utf-32-be"], id="UTF-32 BE"
        ),
        pytest.param(
            "id,name\n1,Zoë\n".encode("utf-16")[:-1], ["line 2", "not UTF-16"], id="cut UTF-16"
        ),
        pytest.param(
            b"\xef\xbb\xbfid,name\n2,Zo\xeb\n", ["line 2", "not UTF-8"], id="marked as UTF-8"
        ),
        pytest.param(b"id,name\n1,\x81\xff\x8d\n", ["line 2", "not UTF-8"], id="no text"),
    ],
)
def test_unreadable_file_is_explained(
    tmp_path: Path, content: bytes | str, told: list[str]
) -> None:
    said = fault(tmp_path / "a.csv", content)
    assert all(part in said for part in ["a.csv", *told]), said


def test_missing_file_and_folder_are_reported(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="does not exist"):
        Table.open(tmp_path / "none.csv")
    with pytest.raises(CommandError, match="is a folder"):
        Table.open(tmp_path)


@pytest.mark.parametrize("taken", [1, 2])
@pytest.mark.parametrize(
    "later", ["id,name\n1,a\n", "id,name\n1,a\n2,b\n3,c\n", "id,name\n9,z\n2,b\n"]
)
def test_file_that_changes_while_it_is_read_raises(tmp_path: Path, later: str, taken: int) -> None:
    """The file is shortened, extended or rewritten in place, as export programs do."""
    path = tmp_path / "a.csv"
    path.write_text("id,name\n1,a\n2,b\n", encoding="utf-8")
    os.utime(path, ns=(0, 0))
    rows = Table.open(path).rows()
    for _ in range(taken):
        next(rows)
    path.write_text(later, encoding="utf-8")
    with pytest.raises(CommandError, match="changed while it was being read"):
        list(rows)


def test_file_deleted_between_two_readings_raises(tmp_path: Path) -> None:
    read = table(tmp_path / "a.csv", "id,name\n1,a\n")
    (tmp_path / "a.csv").unlink()
    with pytest.raises(CommandError, match="could not be read"):
        list(read.rows())


def test_file_changed_between_two_readings_raises(tmp_path: Path) -> None:
    read = table(tmp_path / "a.csv", "id,name\n1,a\n")
    list(read.rows())
    os.utime(tmp_path / "a.csv", ns=(0, 0))
    with pytest.raises(CommandError, match="changed while it was being read"):
        list(read.rows())
