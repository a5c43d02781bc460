from __future__ import annotations

from pathlib import Path

import pytest

from lms_async.cli.exits import CannotStart
from lms_async.cli.results import Results, beside
from lms_async.cli.rows import Line
from lms_async.outcome import RowError, Status


def line(row: int, key: str) -> Line:
    return Line(row, (key,), {})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id\n1\n")
    return path


def test_a_row_is_on_disk_as_soon_as_it_is_known(tmp_path: Path, source: Path) -> None:
    results = Results(tmp_path / "r.csv", source=source)
    results.begin()
    results.write(line(2, "S1"), Status.DONE, id="45552")
    assert results.path.read_bytes() == (
        b"row,key,status,id,error_code,error,earlier_run\n2,S1,done,45552,,,\n"
    )
    results.write(line(3, "Sé"), Status.REJECTED, error=RowError("409", "Taken,\nsorry."))
    results.close()
    assert results.path.read_text("utf-8").splitlines()[2:] == [
        '3,Sé,rejected,,409,"Taken, sorry.",'
    ]


@pytest.mark.parametrize("key", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(tmp_path: Path, source: Path, key: str) -> None:
    results = Results(tmp_path / "r.csv", source=source)
    results.begin()
    results.write(line(2, key), Status.REJECTED, error=RowError("=9", "=HYPERLINK(1)"))
    results.close()
    written = results.path.read_text("utf-8").splitlines()[1].split(",")
    assert not {cell[:1] for cell in written} & set("=+-@\t\r")
    assert written[5] == "'=HYPERLINK(1)"


def test_what_an_earlier_run_wrote_is_kept_until_this_one_begins(
    tmp_path: Path, source: Path
) -> None:
    path = tmp_path / "r.csv"
    path.write_text("of an earlier run")
    Results(path, source=source).close()
    assert path.read_text() == "of an earlier run"
    again = Results(path, source=source)
    again.begin()
    again.close()
    assert path.read_text() == "row,key,status,id,error_code,error,earlier_run\n"


def test_a_run_that_never_began_leaves_no_file(tmp_path: Path, source: Path) -> None:
    Results(tmp_path / "r.csv", source=source).close()
    assert not (tmp_path / "r.csv").exists()


def test_a_file_that_cannot_be_written(tmp_path: Path, source: Path) -> None:
    with pytest.raises(CannotStart, match="into a file, not to -"):
        Results(Path("-"), source=source)
    with pytest.raises(CannotStart, match=r"is the input.*--results"):
        Results(source, source=source)
    (tmp_path / "link.csv").symlink_to(source)
    with pytest.raises(CannotStart, match="is the input"):
        Results(tmp_path / "link.csv", source=source)
    with pytest.raises(CannotStart, match=r"can't be written: No such file"):
        Results(tmp_path / "none" / "r.csv", source=source)
    with pytest.raises(CannotStart, match=r"can't be written: Is a directory"):
        Results(tmp_path, source=source)
    assert source.read_text() == "id\n1\n"


def test_a_full_disk(source: Path) -> None:
    results = Results(Path("/dev/full"), source=source)
    with pytest.raises(CannotStart, match="No space left"):
        results.begin()
    results.close()


def test_the_default_stands_beside_the_input() -> None:
    assert beside(Path("a/people.csv")) == Path("a/people.results.csv")
