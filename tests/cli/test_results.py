from __future__ import annotations

import contextlib
import csv
import io
import os
import pty
import re
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.files.rows import InputRow
from lms_async.cli.reporting import results as results_module
from lms_async.cli.reporting.cells import read_cell, write_cell
from lms_async.cli.reporting.results import ResultsFile, default_results_path
from lms_async.cli.wording import visible
from lms_async.outcome import RowError, Status
from tests.cli.conftest import load, read_results


def line(row: int, key: str) -> InputRow:
    return InputRow(row, (key,), {})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id\n1\n")
    return path


def test_row_is_on_disk_as_soon_as_it_is_known(tmp_path: Path, source: Path) -> None:
    results = ResultsFile(tmp_path / "r.csv", source=source)
    results.begin()
    results.write(line(2, "S1"), Status.DONE, id="45552")
    # Excel needs the byte-order mark to recognize UTF-8.
    header = b"\xef\xbb\xbfrow,key,status,id,error_code,error,earlier_run,change\n"
    assert results.path.read_bytes() == header + b"2,S1,done,45552,,,,\n"
    results.write(line(3, "Sé"), Status.REJECTED, error=RowError("409", "Taken,\nsorry."))
    results.close()
    assert results.path.read_text("utf-8").splitlines()[2:] == [
        '3,Sé,rejected,,409,"Taken, sorry.",,'
    ]


def test_ids_and_times_are_written_as_they_are(tmp_path: Path, source: Path) -> None:
    """The file has ids with their zeros. A spreadsheet that opens it directly hides the zeros.

    The documentation therefore says how to open it. Spreadsheets leave times in this form alone.
    """
    results = ResultsFile(tmp_path / "r.csv", source=source)
    results.begin()
    results.write(line(2, "00123"), Status.DONE, id="0045", earlier=1_000_000_000.0)
    results.close()
    assert results.path.read_text("utf-8-sig").splitlines()[1:] == [
        "2,00123,done,0045,,,2001-09-09T01:46:40Z,"
    ]


@pytest.mark.parametrize("key", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(tmp_path: Path, source: Path, key: str) -> None:
    results = ResultsFile(tmp_path / "r.csv", source=source)
    results.begin()
    results.write(line(2, key), Status.REJECTED, error=RowError("=9", "=HYPERLINK(1)"))
    results.close()
    written = results.path.read_text("utf-8").splitlines()[1].split(",")
    assert not {cell[:1] for cell in written} & set("=+-@\t\r")
    (told,) = read_results(results.path)
    assert read_cell(told["key"]) == key
    assert written[5] == "'=HYPERLINK(1)"


def test_earlier_results_are_kept_until_the_run_begins(tmp_path: Path, source: Path) -> None:
    path = tmp_path / "r.csv"
    earlier = "row,key,status,id,error_code,error\n2,S1,done,7,,\n"
    path.write_text(earlier)
    ResultsFile(path, source=source).close()
    assert path.read_text() == earlier
    again = ResultsFile(path, source=source)
    again.begin()
    again.close()
    assert path.read_text("utf-8-sig") == "row,key,status,id,error_code,error,earlier_run,change\n"
    assert path.read_bytes().count(b"\xef\xbb\xbf") == 1


def test_run_that_never_begins_leaves_no_file(tmp_path: Path, source: Path) -> None:
    ResultsFile(tmp_path / "r.csv", source=source).close()
    assert not (tmp_path / "r.csv").exists()


def test_unwritable_results_file_is_reported(tmp_path: Path, source: Path) -> None:
    with pytest.raises(CommandError, match="to a file, not to -"):
        ResultsFile(Path("-"), source=source)
    with pytest.raises(CommandError, match=r"is the input.*--results"):
        ResultsFile(source, source=source)
    (tmp_path / "link.csv").symlink_to(source)
    with pytest.raises(CommandError, match="is the input"):
        ResultsFile(tmp_path / "link.csv", source=source)
    os.link(source, tmp_path / "hard.csv")
    with pytest.raises(CommandError, match="is the input"):
        ResultsFile(tmp_path / "hard.csv", source=source)
    with pytest.raises(CommandError, match=r"could not be written: No such file"):
        ResultsFile(tmp_path / "none" / "r.csv", source=source)
    with pytest.raises(CommandError, match="is a folder"):
        ResultsFile(tmp_path, source=source)
    assert source.read_text() == "id\n1\n"


def test_full_disk_raises(tmp_path: Path, source: Path) -> None:
    results = ResultsFile(tmp_path / "r.csv", source=source)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, results._file.fileno())
    os.close(full)
    with pytest.raises(CommandError, match="could not be written"):
        results.begin()
    results.close()


def test_results_are_private_to_the_owner(tmp_path: Path, source: Path) -> None:
    results = ResultsFile(tmp_path / "r.csv", source=source)
    results.begin()
    results.close()
    assert stat.S_IMODE((tmp_path / "r.csv").stat().st_mode) == 0o600


def test_existing_results_file_becomes_private(tmp_path: Path, source: Path) -> None:
    (tmp_path / "r.csv").touch(mode=0o666)
    results = ResultsFile(tmp_path / "r.csv", source=source)
    results.begin()
    results.close()
    assert stat.S_IMODE((tmp_path / "r.csv").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", ["id,name\n1,Ada\n", "SCHOOLOGY_KEY=k\n", "row,key\n", "\ufeff1"]
)
def test_other_file_is_not_overwritten(tmp_path: Path, source: Path, content: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match=r"is not a results file.*\n.*--results"):
        ResultsFile(path, source=source)
    assert path.read_text() == content


def test_file_with_a_second_hard_link_is_not_overwritten(tmp_path: Path, source: Path) -> None:
    """Some backup programs make hard links. A write through one name changes the file under
    both."""
    path = tmp_path / "r.csv"
    path.write_text("row,key,status,id,error_code,error,earlier_run,change\n")
    os.link(path, tmp_path / "backup.csv")
    with pytest.raises(CommandError, match=r"hard link.*\n.*--results"):
        ResultsFile(path, source=source)
    path.unlink()
    ResultsFile(path, source=source).close()


@pytest.mark.parametrize("dangling", [False, True])
def test_symbolic_link_is_not_followed(tmp_path: Path, source: Path, dangling: bool) -> None:
    target = tmp_path / "target.txt"
    if not dangling:
        target.write_text("precious")
    (tmp_path / "r.csv").symlink_to(target)
    with pytest.raises(CommandError, match=r"is a symbolic link.*\n.*--results"):
        ResultsFile(tmp_path / "r.csv", source=source)
    assert load(target) == (None if dangling else "precious")


def test_link_made_after_the_check_is_not_followed(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_module, "_check_replaceable", lambda *_: None)
    target = tmp_path / "target.txt"
    target.write_text("precious")
    (tmp_path / "r.csv").symlink_to(target)
    with pytest.raises(CommandError, match="could not be written"):
        ResultsFile(tmp_path / "r.csv", source=source)
    assert load(target) == "precious"


@pytest.mark.parametrize("kind", ["device", "pipe", "socket", "terminal"])
def test_results_are_only_written_to_plain_files(tmp_path: Path, source: Path, kind: str) -> None:
    path = tmp_path / "r.csv"
    with contextlib.ExitStack() as stack:
        if kind == "device":
            path = Path("/dev/full")
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "terminal":
            ours, theirs = pty.openpty()
            stack.callback(os.close, ours)
            stack.callback(os.close, theirs)
            path = Path(os.ttyname(theirs))
        else:
            listening = stack.enter_context(socket.socket(socket.AF_UNIX))
            listening.bind(str(path))
        with pytest.raises(CommandError, match=r"is a device or a pipe.*\n.*--results"):
            ResultsFile(path, source=source)


@given(st.text(st.one_of(st.sampled_from("=+-@＝,;|\t\r\n\\'\" ax1"), st.characters())))
def test_cell_is_text_in_any_spreadsheet_and_reads_back(text: str) -> None:
    cell = write_cell(text)
    assert read_cell(cell) == text
    assert visible(cell) == cell
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(["2", cell, "done"])
    for separator in ",;\t|":
        for part in file.getvalue().split(separator):
            assert re.match(r"[\s\"]*[=+\-@＝＋－＠]", part) is None


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("S1", "S1"),
        ("o'Neil; d-1, e@x.example", "o'Neil; d-1, e@x.example"),
        ("a;=1+1;b", "a;'=1+1;b"),
        ("a\t=1", r"a\t=1"),
        ('a| "=1', "a| \"'=1"),
        ("'=1", "''=1"),
        ("\x1b[2J\u202e", r"\x1b[2J\u202e"),
        ("DOMAIN\\ada", r"DOMAIN\\ada"),
        ("\udcff", r"\udcff"),
    ],
)
def test_written_cell(text: str, cell: str) -> None:
    assert write_cell(text) == cell
    assert read_cell(cell) == text


def test_default_results_path_is_beside_the_input() -> None:
    assert default_results_path(Path("a/people.csv")) == Path("a/people.results.csv")
    assert default_results_path(Path("a.csv"), "parents") == Path("a.parents.results.csv")
    assert default_results_path(Path("parents.csv"), "parents") == Path("parents.results.csv")
