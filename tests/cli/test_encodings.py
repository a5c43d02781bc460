"""Text that is not UTF-8 is rejected with suggested encodings, until ``--encoding`` names one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.files.encodings import checked_name
from lms_async.cli.files.table import Table
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import HEADER, Import, environment_of, lms, save

POLISH = ["Łukasz Żółć", "Břetislav Dvořák", "Žofie Šťastná", "Gőz Ágnes"]
RUSSIAN = ["Иван Петров", "Мария Сидорова", "Алёна", "Дмитрий"]
FRENCH = ["Zoë Müller", "José", "François", "Ångström"]
CHINESE = ["王小明", "陳美玲", "林志豪", "張雅婷"]


def file_in(encoding: str, names: list[str]) -> bytes:
    rows = [f"S{n},{name},{name},1214,s{n}@x.example" for n, name in enumerate(names)]
    return "\n".join([HEADER, *rows, ""]).encode(encoding)


def opened(path: Path, content: bytes, encoding: str | None = None) -> Table:
    path.write_bytes(content)
    return Table.open(path, encoding=encoding, again="lms import a.csv --to x")


@pytest.mark.parametrize(
    ("encoding", "named", "names"),
    [
        ("gbk", "gb18030", ["王小明", "李雷", "韩梅梅", "张伟"]),
        ("cp1250", "cp1250", POLISH),
        ("cp1251", "cp1251", RUSSIAN),
        ("cp1252", "cp1252", FRENCH),
        ("shift_jis", "cp932", ["山田太郎", "鈴木花子", "佐藤", "田中"]),
        ("big5", "big5hkscs", CHINESE),
        ("mac_roman", "mac_roman", FRENCH),
        ("euc_kr", "cp949", ["김민수", "이영희", "박철수"]),
        ("cp1253", "cp1253", ["Γιώργος", "Μαρία", "Ελένη"]),
        ("koi8_r", "koi8_r", RUSSIAN),
        ("cp1250", "cp1250", POLISH[:1]),  # a single row is too short for reliable detection
        ("cp1252", "cp1252", FRENCH[1:2]),
    ],
)
def test_likely_encodings_are_suggested_with_a_sample(
    tmp_path: Path, encoding: str, named: str, names: list[str]
) -> None:
    content = file_in(encoding, names)
    with pytest.raises(CommandError) as why:
        opened(tmp_path / "a.csv", content)
    said = "\n".join(why.value.lines)
    assert "a.csv, line 2 is not UTF-8" in said
    (line,) = (line for line in why.value.lines if f"--encoding {named} " in line)
    letters = {mark for name in names for mark in name if not mark.isascii()}
    shown = [mark for mark in line.split("(")[0] if not mark.isascii()]
    assert set(shown) <= letters
    assert shown == sorted(shown)
    assert len(shown) == min(12, len(letters))
    assert re.search(r"^ *lms import a.csv --to x --encoding NAME$", said, re.MULTILINE)
    for name in names:
        for part in name.split():
            assert len(part) < 2 or part not in said  # no name is shown
    read = opened(tmp_path / "a.csv", content, checked_name(encoding))
    assert [cells[1] for _, cells in read.rows()] == names
    read = opened(tmp_path / "a.csv", content, checked_name(named))
    assert [cells[1] for _, cells in read.rows()] == names


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf_16_and_32_are_read_with_and_without_a_mark(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    content = mark.encode(encoding) + file_in(encoding, CHINESE)
    read = opened(tmp_path / "a.csv", content, checked_name(encoding))
    assert read.header == tuple(HEADER.split(","))
    assert [cells[1] for _, cells in read.rows()] == CHINESE


@pytest.mark.parametrize(
    "name", ["none", "", "rot13", "hex", "base64", "zlib", "bz2", "idna", "punycode",
             "unicode_escape", "raw-unicode-escape", "undefined", "ü", "a b", "utf-8\0"],
)  # fmt: skip
def test_invalid_encoding_name_is_rejected(name: str) -> None:
    with pytest.raises(CommandError, match="--encoding"):
        checked_name(name)


@pytest.mark.parametrize(
    ("content", "encoding", "told"),
    [
        (file_in("utf-8", POLISH), "cp1250", "is UTF-8 text.*Remove --encoding"),
        (file_in("utf-8-sig", POLISH), "cp1250", "is UTF-8, not.*byte-order mark.*Remove"),
        (file_in("utf-16", POLISH), "cp1250", "is UTF-16, not.*byte-order mark"),
        (file_in("cp1250", POLISH), "utf-8", "line 2 is not UTF-8 text"),
        (file_in("cp1250", POLISH), "ascii", "line 2: some bytes are not ascii"),
        (b"id,name\n1,a\n2,\x81\n", "cp1252", "line 3: some bytes are not cp1252"),
        (b"id,name\r\n1,a\r\n2,\x81\r\n", "cp1252", "line 3: "),
        (b"id,name\r1,a\r2,\x81\r", "cp1252", "line 3: "),
        (b"a" * 70_000 + b"\n2,\xff\xff\n", "shift_jis", "line 2: "),
        (file_in("cp1250", POLISH), "utf-16", "line 1: "),
        (file_in("utf-16-le", POLISH)[:-1], "utf-16-le", "line 6|line 5"),
    ],
)
def test_wrong_encoding_is_rejected(
    tmp_path: Path, content: bytes, encoding: str, told: str
) -> None:
    with pytest.raises(CommandError, match=told):
        opened(tmp_path / "a.csv", content, checked_name(encoding))


def test_ascii_file_may_be_read_in_any_encoding(tmp_path: Path) -> None:
    content = b"id,name\n1,Ada\n"
    for encoding in ("utf-8", "cp1252", "gbk", "ascii"):
        read = opened(tmp_path / "a.csv", content, checked_name(encoding))
        assert list(read.rows()) == [(2, ["1", "Ada"])]


@pytest.mark.parametrize("encoding", ["gbk", "cp1250"])
async def test_import_starts_only_with_the_right_encoding(
    lms_import: Import, schoology_sandbox: SchoologySandbox, encoding: str
) -> None:
    names = ["王小明"] if encoding == "gbk" else ["Łukasz"]
    ran = await lms_import(file_in(encoding, names))
    assert ran.code == 2
    assert "--encoding" in ran.err
    assert len(schoology_sandbox.log) == 0
    ran = await lms_import(None, encoding=encoding)
    assert ran.code == 0
    account = schoology_sandbox.school.by_school_uid("S0")
    assert account is not None
    assert account.name_last == names[0]


async def test_suggested_command_works(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    save(people_csv, file_in("cp1251", RUSSIAN))
    arguments = ("import", people_csv.name, "--to", "schoology")
    environment, folder = environment_of(schoology_sandbox), people_csv.parent
    ran = await lms(*arguments, environment=environment, folder=folder)
    assert ran.code == 2
    assert "--encoding cp1251 " in ran.err
    (proposed,) = (line.strip() for line in ran.err.splitlines() if "NAME" in line)
    assert proposed.split()[0] == "lms"
    proposed = proposed.replace("NAME", "cp1251")
    ran = await lms(*proposed.split()[1:], environment=environment, folder=folder)
    assert ran.code == 0
    account = schoology_sandbox.school.by_school_uid("S0")
    assert account is not None
    assert account.name_last == RUSSIAN[0]
    ran = await lms(*arguments, "--encoding", "rot13", environment=environment, folder=folder)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_common_encodings_are_suggested_without_a_detector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    with pytest.raises(CommandError) as why:
        opened(tmp_path / "a.csv", file_in("cp1250", POLISH))
    assert "cp1250 " in "\n".join(why.value.lines)


def test_gbk_names_that_are_valid_utf_8_are_recognized(tmp_path: Path) -> None:
    """In GBK, some pairs of bytes are also valid UTF-8. Such a file is no mixture of encodings."""
    names = ["王小明", "李雷", "张伟", "刘洋", "一", "韩梅梅"]
    assert len("一".encode("gbk").decode()) == 1  # another letter in UTF-8
    content = file_in("gbk", names)
    with pytest.raises(CommandError) as why:
        opened(tmp_path / "a.csv", content)
    said = "\n".join(why.value.lines)
    assert "line 6 is. The file mixes two encodings, or the whole file is" in said
    assert re.search(r"--encoding gb18030 .*王", said)
    assert "cp1252" not in said  # the line that is valid UTF-8 can't be cp1252
    read = opened(tmp_path / "a.csv", content, "gb18030")
    assert [cells[1] for _, cells in read.rows()] == names


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (file_in("utf-8", FRENCH) + "S9,Zoë,Zoë,1214,z@x.example\n".encode("cp1252"), "cp1252"),
        (file_in("cp1252", FRENCH) + "S9,Zoë,Zoë,1214,z@x.example\n".encode(), "cp1252"),
        (file_in("utf-8", ["李四"]) + "S9,王,王,1214,z@x.example\n".encode("gbk"), "gb18030"),
        (file_in("gbk", ["李四"] * 9) + "S9,王五,王五,1214,z@x.example\n".encode(), "gb18030"),
        (file_in("utf-8", POLISH) + "S9,Ł,Ł,1214,z@x.example\n".encode("mac_latin2"), "mac_latin2"),
    ],
)
def test_mixed_encodings_are_rejected_with_any_encoding(
    tmp_path: Path, content: bytes, encoding: str
) -> None:
    """Read in the named encoding, the names in the other lines would be damaged."""
    for given in (None, encoding):
        with pytest.raises(CommandError, match="mixes two encodings") as why:
            opened(tmp_path / "a.csv", content, given)
        assert "--encoding" not in "\n".join(why.value.lines)


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("utf-7", FRENCH), ("hz", ["王小明"]), ("iso2022_jp", ["山田太郎"]),
     ("iso2022_kr", ["김민수"])],
)  # fmt: skip
def test_seven_bit_encodings_are_recognized(
    tmp_path: Path, encoding: str, names: list[str]
) -> None:
    content = file_in(encoding, names)
    assert content.isascii()
    with pytest.raises(CommandError, match=r"a\.csv, line \d: .*" + encoding) as why:
        opened(tmp_path / "a.csv", content)
    assert f"  lms import a.csv --to x --encoding {encoding}" in why.value.lines
    read = opened(tmp_path / "a.csv", content, checked_name(encoding))
    assert [cells[1] for _, cells in read.rows()] == names
    read = opened(tmp_path / "a.csv", content, "utf-8")  # accepted if the user asks for it
    assert len(list(read.rows())) == len(names)


@pytest.mark.parametrize(
    "cell", ["+49-30-12345", "+1-212-555-0100", "a+b-c", "C++-x", "+120-5", "Bio+Chem-x", "~{x"]
)
def test_text_that_only_looks_like_a_seven_bit_encoding_is_read(tmp_path: Path, cell: str) -> None:
    read = opened(tmp_path / "a.csv", f"id,phone\n1,{cell}\n".encode())
    assert list(read.rows()) == [(2, ["1", cell])]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("euc_jp", ["山田太郎", "鈴木花子", "佐藤", "田中"]),
        ("cp874", ["สมชาย", "สมหญิง", "วิชัย"]),
        ("cp1254", ["Şükrü", "İğne", "Çağla", "Işıl"]),
        ("cp1255", ["דוד", "שרה כהן", "משה לוי"]),
    ],
)
def test_encoding_of_a_small_file_is_suggested(
    tmp_path: Path, encoding: str, names: list[str]
) -> None:
    with pytest.raises(CommandError) as why:
        opened(tmp_path / "a.csv", file_in(encoding, names))
    assert f"--encoding {encoding} " in "\n".join(why.value.lines)
