"""Problems with the output change neither the rows sent, nor the results file, nor the exit
code."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lms_async.cli.reporting import streams
from lms_async.cli.wording import command_line, escaped_json, visible
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import environment_of, file_of, load, read_results, save
from tests.cli.terminal import in_terminal

FAST = ("--limit", "1000/0.01s")
LMS = (sys.executable, "-W", "error", "-m", "lms_async.cli")


async def in_shell(
    redirected: str,
    *arguments: object,
    folder: Path,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, bytes, bytes]:
    """Run ``lms`` with its output redirected by a shell."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCHOOLOGY")}
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f'"$@" {redirected}', "bash", *LMS, *map(str, arguments)),
        env=kept | dict(environment or {}),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode is not None
    return process.returncode, out, err


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("redirected", "as_json"),
    [
        (">&-", False),
        (">&-", True),
        ("2>&-", False),
        ("<&- >&- 2>&-", False),
        ("<&- >&- 2>&-", True),
        (">/dev/full 2>/dev/full", True),
        ("1</dev/null", False),
    ],
)
async def test_import_without_output(
    schoology_sandbox: SchoologySandbox, people_csv: Path, redirected: str, as_json: bool
) -> None:
    save(people_csv, file_of(120) + "S9,Ada,,1214,a@b.example\n")
    arguments = ("import", people_csv, "--to", "schoology", *FAST, *(["--json"] * as_json))
    code, out, err = await in_shell(
        redirected,
        *arguments,
        folder=people_csv.parent,
        environment=environment_of(schoology_sandbox),
    )
    assert code == 1, err
    assert b"Traceback" not in out + err
    told = read_results(people_csv.with_name("people.results.csv"))
    assert [row["status"] for row in told] == ["done"] * 120 + ["rejected"]
    assert set(schoology_sandbox.school.creates.values()) == {1}
    assert people_csv.with_name("people.journal").exists()
    if redirected == ">&-" and not as_json:
        assert b"Row 122 rejected" in err  # the other stream still works


@pytest.mark.parametrize("as_json", [False, True])
async def test_file_name_that_the_output_encoding_lacks(
    schoology_sandbox: SchoologySandbox, tmp_path: Path, as_json: bool
) -> None:
    save(tmp_path / "名单.csv", file_of(3) + "S9,Ada\n")
    arguments = ("import", "名单.csv", "--to", "schoology", *FAST, *(["--json"] * as_json))
    code, out, err = await in_shell(
        "",
        *arguments,
        folder=tmp_path,
        environment=environment_of(schoology_sandbox) | {"PYTHONIOENCODING": "cp1252"},
    )
    assert code == 1, err
    assert len(read_results(tmp_path / "名单.results.csv")) == 4
    if as_json:
        report = json.loads(out.decode("utf-8").splitlines()[-1])
        assert report["results"] == "名单.results.csv"
    else:
        assert b"\\u540d\\u5355.results.csv" in out


async def test_file_name_that_is_not_valid_text(
    schoology_sandbox: SchoologySandbox, tmp_path: Path
) -> None:
    name = os.fsdecode(b"a\xff\x1b[2J.csv")
    save(tmp_path / name, file_of(3) + "S9,Ada\n")
    arguments = ("import", name, "--to", "schoology", *FAST)
    environment = environment_of(schoology_sandbox)
    code, out, err = await in_shell("", *arguments, folder=tmp_path, environment=environment)
    assert code == 1, err
    assert b"\x1b" not in out + err
    (again,) = (line for line in out.decode().splitlines() if line.startswith("To send"))
    assert again.endswith(r"lms import $'a\xff\x1b[2J.csv' --to schoology --limit 1000/0.01s")
    code, out, err = await in_shell("", *arguments, "--json", folder=tmp_path)
    error = json.loads(out)
    assert error["exit_code"] == code == 2  # no credentials
    code, out, err = await in_shell(
        "", *arguments, "--json", folder=tmp_path, environment=environment
    )
    assert b"\x1b" not in out + err
    report = json.loads(out.decode().splitlines()[-1])
    assert report["results"] == os.fsdecode(b"a\xff\x1b[2J.results.csv")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--help",), 0),
        (("--version",), 0),
        (("import",), 2),  # a usage error
        (("columns", "schoology"), 0),
        (("columns", "none"), 2),
        (("journal", "show", "none.journal"), 2),
    ],
)
async def test_other_commands_without_output(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    for redirected in (">&- 2>&-", ">/dev/full 2>/dev/full"):
        ended, _, _ = await in_shell(redirected, *arguments, folder=tmp_path)
        assert ended == code


async def test_usage_error_escapes_control_characters_in_file_names(tmp_path: Path) -> None:
    """For example with `lms import *.csv` if one of the files has such a name."""
    names = ["a.csv", "b\x1b[2J\x9b.csv", os.fsdecode(b"c\xff.csv")]
    for given in (names, ["a.csv", "--limit", "\x1b[2J"], ["a.csv", "--\x1b[2J"]):
        code, out, err = await in_shell("", "import", *given, "--to", "schoology", folder=tmp_path)
        assert code == 2
        assert b"\x1b" not in out + err
        assert b"[2J" in err


async def test_sandbox_without_output(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ("sandbox", "schoology", "--port", str(port))
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", 'exec "$@" >&- 2>&-', "bash", *LMS, *arguments), cwd=tmp_path
    )
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                break
            await asyncio.sleep(0.05)
    writer.close()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 20) == 0


async def test_unread_pipe_does_not_delay_an_import(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    """The output exceeds the pipe's buffer while rows wait for their responses."""
    save(people_csv, file_of(100) + "S9,Ada\n" * 3000)
    reader, writer = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *(*LMS, "import", str(people_csv), "--to", "schoology", "--json", *FAST),
        env={**os.environ, **environment_of(schoology_sandbox)},
        cwd=people_csv.parent,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=writer,
    )
    os.close(writer)
    results = people_csv.with_name("people.results.csv")
    await until(lambda: (load(results) or "").count("\n") >= 3101)
    assert process.returncode is None  # all else is done; the process waits for the reader
    said = b""
    with open(reader, "rb") as pipe:  # noqa: ASYNC230, PTH123
        said = await asyncio.to_thread(pipe.read)
    assert await asyncio.wait_for(process.wait(), 20) == 1
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines[-1]["event"] == "report"
    assert sum(line["event"] == "row" for line in lines) == 3000  # late but complete


def test_output_is_dropped_if_it_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 0.02)
    monkeypatch.setattr(streams, "MOST_UNREAD", 200_000)
    reader, writer = os.pipe()
    try:
        output = streams.SteadyOutput(writer)
        for _ in range(100):
            assert output.write(b"x" * 9_999 + b"\n") == 10_000
        output.drain()
        os.set_blocking(reader, False)
        taken = b""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(reader, 1 << 20):
                taken += part
                output.drain()
        assert 200_000 <= len(taken) < 400_000  # the rest was dropped, in whole lines
        assert set(map(len, taken.splitlines())) == {9_999}
    finally:
        os.close(reader)
        os.close(writer)


async def test_closed_terminal_stops_the_import(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    """SIGHUP arrives twice, from the system and from the shell."""
    save(people_csv, file_of(8000))
    arguments = ("import", people_csv, "--to", "schoology", "--limit", "2/0.2s")
    async with in_terminal(
        *arguments, environment=environment_of(schoology_sandbox), folder=people_csv.parent
    ) as terminal:
        await until(lambda: schoology_sandbox.log.count("POST") >= 3)
        terminal.close()
        terminal.process.send_signal(signal.SIGHUP)
        with contextlib.suppress(ProcessLookupError):  # it may have ended after the first one
            terminal.process.send_signal(signal.SIGHUP)
        assert await terminal.exit_code() == 130
    told = read_results(people_csv.with_name("people.results.csv"))
    assert [int(row["row"]) for row in told] == list(range(2, 8002))
    assert {row["status"] for row in told} == {"done", "skipped"}
    done = {row["key"] for row in told if row["status"] == "done"}
    assert done == set(schoology_sandbox.school.creates)


async def test_nohup_keeps_an_import_running(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    save(people_csv, file_of(500))
    process = await asyncio.create_subprocess_exec(
        *("nohup", *LMS, "import", str(people_csv), "--to", "schoology", "--limit", "2/0.1s"),
        env={**os.environ, **environment_of(schoology_sandbox)},
        cwd=people_csv.parent,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await until(lambda: schoology_sandbox.log.count("POST") >= 3)
    process.send_signal(signal.SIGHUP)
    assert await asyncio.wait_for(process.wait(), 20) == 0
    assert len(schoology_sandbox.school.creates) == 500


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("名单 Zoë", "名单 Zoë"),
        ("a\x1b[2J\x7f\x9b\n\r\t", r"a\x1b[2J\x7f\x9b\n\r\t"),
        ("a\u202eb\u200b\u2028", r"a\u202eb\u200b\u2028"),
        ("a\udcff", r"a\udcff"),
    ],
)
def test_control_characters_are_shown_as_escapes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_escaped_json_parses_to_the_same_text() -> None:
    text = "名\x1b\x7f\x9b\u202e\u2028\udcff\U000e0041"
    line = escaped_json(json.dumps(text, ensure_ascii=False))
    assert line == r'"名\u001b\u007f\u009b\u202e\u2028\udcff\udb40\udc41"'
    assert json.loads(line) == text


async def test_printed_command_can_be_typed() -> None:
    words = ["a b", "it's", "$(x)`\\", os.fsdecode(b"\xff\x1b"), "n\nl'\\", "\u202eA"]
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", f"printf '%s\\0' {command_line(words)}"), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert [os.fsdecode(word) for word in out.split(b"\0")[:-1]] == words
