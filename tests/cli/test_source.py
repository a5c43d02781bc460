"""Rows from standard input or a pipe."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
from pathlib import Path

import pytest

from lms_async.cli.exit_codes import CommandError
from lms_async.cli.files.source import copied, is_stream
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Import, end_lms, environment_of, file_of, read_results, save
from tests.cli.test_output import FAST, LMS, in_shell, until


def names_in(*folders: Path) -> set[str]:
    return {path.name for folder in folders for path in folder.iterdir()}


TO = ("--to", "schoology", *FAST)


@pytest.mark.parametrize(
    ("path", "redirected"),
    [
        ("-", "< people.csv"),
        ("-", "< <(cat people.csv)"),
        ("/dev/stdin", "< people.csv"),
        ("/dev/stdin", "< <(cat people.csv)"),
        ("", "<(cat people.csv)"),
        ("pipe", "& cat people.csv > pipe; wait $!"),
    ],
)
async def test_import_from_a_stream(
    schoology_sandbox: SchoologySandbox, people_csv: Path, path: str, redirected: str
) -> None:
    folder = people_csv.parent
    save(people_csv, file_of(60))
    os.mkfifo(folder / "pipe")
    environment = environment_of(schoology_sandbox) | {"TMPDIR": str(folder / "tmp")}
    (folder / "tmp").mkdir()
    before = names_in(Path("/dev"))
    arguments = ("import", *TO, "--results", "r.csv", *([path] if path else []))
    for _ in range(2):
        code, out, err = await in_shell(
            redirected, *arguments, folder=folder, environment=environment
        )
        assert code == 0, err
        assert [row["status"] for row in read_results(folder / "r.csv")] == ["done"] * 60
        assert set(schoology_sandbox.school.creates.values()) == {1}
    assert b"60 of the done rows" in out  # the journal recognizes the stream's rows
    assert (folder / "r.journal").exists()
    assert not names_in(folder / "tmp")
    assert names_in(Path("/dev")) == before


@pytest.mark.parametrize(
    ("path", "redirected", "told"),
    [
        ("-", "< people.csv", b"--results FILE.csv"),
        ("/dev/stdin", "< people.csv", b"Add --results"),
        ("-", "<&- --results r.csv", b"Standard input is closed"),
        ("-", "< /dev/null --results r.csv", b"is empty"),
        ("/dev/null", "--results r.csv", b"is empty"),
        ("-", "< /dev/zero --results r.csv", b"is a device"),
        ("/dev/zero", "--results r.csv", b"is a device"),
        ("people.csv", "--results /dev/stdout", b"/dev/stdout is a"),
        ("people.csv", "--results /dev/stdout > log", b"/dev/stdout is a"),
        ("people.csv", "--results /dev/fd/1 > log", b"/dev/fd/1 is a"),
        ("people.csv", "--results /dev/null", b"is a device"),
        ("people.csv", "--results -", b"Results must go to a file"),
    ],
)
async def test_unusable_stream_is_reported(
    schoology_sandbox: SchoologySandbox, people_csv: Path, path: str, redirected: str, told: bytes
) -> None:
    folder = people_csv.parent
    save(people_csv, file_of(3))
    before = names_in(Path("/dev"), folder)
    code, _, err = await in_shell(
        redirected,
        *("import", *TO, path),
        folder=folder,
        environment=environment_of(schoology_sandbox),
    )
    assert code == 2, err
    assert told in err
    assert b"Traceback" not in err
    assert len(schoology_sandbox.log) == 0
    assert names_in(Path("/dev"), folder) - before <= {"log"}


async def test_dry_run_of_a_stream_needs_no_results(people_csv: Path) -> None:
    save(people_csv, file_of(3))
    arguments = ("import", "-", "--to", "schoology", "--dry-run")
    code, out, err = await in_shell("< people.csv", *arguments, folder=people_csv.parent)
    assert code == 0, err
    assert b"3 would be sent" in out


async def test_copy_of_a_stream_is_private(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = asyncio.create_task(asyncio.to_thread(pipe.write_bytes, b"id\n" * 1_000_000))
    with await copied(pipe) as source:
        await writing
        for _ in range(2):
            with source.open() as file:
                assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600
                assert os.fstat(file.fileno()).st_nlink == 0
                assert file.read() == b"id\n" * 1_000_000


def handles(pid: int, number: signal.Signals) -> bool:
    """Return whether a process already has a handler for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    return bool(int(status.split("SigCgt:")[1].split()[0], 16) >> (number - 1) & 1)


async def test_waiting_for_a_stream_can_be_interrupted(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(*LMS, "import", "-", *TO, "--results", "r.csv"),
        cwd=tmp_path,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    await until(lambda: handles(process.pid, signal.SIGTERM))
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 20) == 130
    ran = await end_lms(process)
    assert "No row was sent" in ran.err


async def test_missing_stream_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="none could not be read: No such file"):
        await copied(tmp_path / "none")


def test_is_stream(tmp_path: Path) -> None:
    save(tmp_path / "a.csv", file_of(1))
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    assert not is_stream(tmp_path / "a.csv")
    assert not is_stream(tmp_path / "link.csv")
    assert not is_stream(tmp_path / "none.csv")
    assert is_stream(Path("-"))
    assert is_stream(Path("/dev/../dev/fd/63"))


async def test_error_for_many_rows_with_one_key_is_short(
    lms_import: Import, people_csv: Path
) -> None:
    content = file_of(0) + "S1,Ada,Okafor,1214,a@b.example\n" * 10_000
    ran = await lms_import(content)
    assert set(ran.statuses.values()) == {"rejected"}
    assert ran.results[0]["error"] == ("rows 2, 3, 4, 5, 6 and 9,995 more have the same school_uid")
    assert people_csv.with_name("people.results.csv").stat().st_size < 1_000_000
