"""The command in its own process: exit codes, signals and streams."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import lms_async
from lms_async.sandbox import Fault, Seen
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import (
    Ran,
    end_lms,
    environment_of,
    file_of,
    lms,
    load,
    read_results,
    reset_signals,
    save,
    start_lms,
)

FAST = ("--limit", "1000/0.01s")


@pytest.mark.parametrize(
    ("code", "content", "change"),
    [
        pytest.param(0, file_of(3), None, id="all done"),
        pytest.param(1, file_of(3).replace("1214", "", 1), None, id="some rejected"),
        pytest.param(2, "nothing,of,use\n1,2,3\n", None, id="bad input"),
        pytest.param(
            3,
            file_of(3),
            lambda sandbox, _: sandbox.faults.add(
                Fault.cut(after=True, method="POST"),
                Fault.error(404, method="GET", path="users", share=1.0),
            ),
            id="some unknown",
        ),
        pytest.param(
            4,
            file_of(3),
            lambda _, environment: environment.update(SCHOOLOGY_KEY="wrong"),
            id="not authorized",
        ),
        pytest.param(
            5,
            file_of(3),
            lambda _, environment: environment.update(SCHOOLOGY_BASE_URL="http://127.0.0.1:9/"),
            id="unreachable",
        ),
    ],
)
async def test_exit_codes(
    schoology_sandbox: SchoologySandbox,
    people_csv: Path,
    code: int,
    content: str,
    change: Callable[[SchoologySandbox, dict[str, str]], None] | None,
) -> None:
    save(people_csv, content)
    environment = environment_of(schoology_sandbox)
    if change is not None:
        change(schoology_sandbox, environment)
    ran = await lms(
        *("import", people_csv, "--to", "schoology", *FAST),
        environment=environment,
        folder=people_csv.parent,
    )
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--to", "schoolgy"], "Did you mean schoology?"),
        ([], "--to"),
        (["--to", "schoology", "--limit", "fast"], "--limit 15/5s"),
        (["--to", "schoology", "--limit", "0/5s"], "--limit 15/5s"),
        (["--to", "schoology", "--secret", "s"], "--secret"),
        (["--to", "schoology"], "Not set: SCHOOLOGY_KEY"),
    ],
)
async def test_wrong_usage_exits_2_and_says_why(
    people_csv: Path, arguments: list[str], told: str
) -> None:
    save(people_csv, file_of(1))
    ran = await lms("import", people_csv, *arguments, environment={}, folder=people_csv.parent)
    assert ran.code == 2
    assert told in ran.err


async def test_credentials_are_read_from_a_file(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    save(people_csv, file_of(3))
    given = environment_of(schoology_sandbox) | {"SCHOOLOGY_KEY": "not-the-one"}
    lines = [f"{name}='{value}'" for name, value in given.items()]
    save(people_csv.parent / ".env", "\n".join(lines))
    arguments = ("import", people_csv.name, "--to", "schoology", "--json", *FAST)
    ran = await lms(*arguments, environment={}, folder=people_csv.parent)
    assert ran.code == 4
    partly = {"SCHOOLOGY_KEY": schoology_sandbox.key}  # the secret and the host come from the file
    requests = len(schoology_sandbox.log)
    ran = await lms(*arguments, environment=partly, folder=people_csv.parent)
    assert ran.code == 2
    assert len(schoology_sandbox.log) == requests
    environment = environment_of(schoology_sandbox)  # everything is set, so the file is ignored
    ran = await lms(*arguments, environment=environment, folder=people_csv.parent)
    assert ran.code == 0
    assert json.loads(ran.out.splitlines()[-1])["counts"]["done"] == 3


async def _wait_for_posts(sandbox: SchoologySandbox, when: Callable[[list[Seen]], bool]) -> None:
    """Wait for a request at which ``when`` holds for all POSTs so far."""
    here = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(_: Seen) -> None:  # runs in the sandbox's thread
        if when([seen for seen in sandbox.log if seen.method == "POST"]):
            loop.call_soon_threadsafe(here.set)

    sandbox.before_each = look
    async with asyncio.timeout(20):
        await here.wait()
    sandbox.before_each = None


async def _interrupted_import(
    sandbox: SchoologySandbox,
    people_csv: Path,
    numbers: list[signal.Signals],
    when: Callable[[list[Seen]], bool],
) -> Ran:
    """Import 2,000 people at 2 requests per 0.2 s, and send the signals once ``when`` holds."""
    save(people_csv, file_of(2000))
    process = await start_lms(
        *("import", people_csv, "--to", "schoology", "--limit", "2/0.2s"),
        environment=environment_of(sandbox),
        folder=people_csv.parent,
    )
    await _wait_for_posts(sandbox, when)
    for number in numbers:
        process.send_signal(number)
        await asyncio.sleep(0.3)
    ran = await end_lms(process)
    told = read_results(people_csv.with_name("people.results.csv"))
    return Ran(ran.code, ran.out, ran.err, told)


@pytest.mark.sandbox(latency=(0.1, 0.0))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_interrupt_waits_for_requests_in_flight_and_skips_the_rest(
    schoology_sandbox: SchoologySandbox, people_csv: Path, number: signal.Signals
) -> None:
    ran = await _interrupted_import(
        schoology_sandbox, people_csv, [number], lambda posts: len(posts) >= 4
    )
    assert ran.code == 130
    assert list(ran.statuses) == list(range(2, 2002))  # complete, including rows that were not sent
    made = set(schoology_sandbox.school.creates)
    assert {told["key"] for told in ran.results if told["status"] == "done"} == made
    statuses = list(ran.statuses.values())
    assert statuses == ["done"] * len(made) + ["skipped"] * (2000 - len(made))
    assert 200 <= len(made) < 500  # requests in the queue were not sent
    assert "Ctrl-C again" in ran.err


async def test_second_interrupt_ends_at_once(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    schoology_sandbox.faults.add(Fault.hang(acts=True, skip=2, method="POST"))
    ran = await _interrupted_import(
        schoology_sandbox,
        people_csv,
        [signal.SIGINT, signal.SIGINT],
        lambda posts: len(posts) >= 4,
    )
    assert ran.code == 130
    assert list(ran.statuses) == list(range(2, 2002))
    by_status: dict[str, set[str]] = {}
    for told in ran.results:
        by_status.setdefault(told["status"], set()).add(told["key"])
    assert len(by_status["unknown"]) == 50  # only the batch that hung
    assert by_status["done"] | by_status["unknown"] == set(schoology_sandbox.school.creates)
    assert by_status["skipped"]


async def test_interrupt_before_the_first_row(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    schoology_sandbox.faults.add(Fault.hang())
    save(people_csv, file_of(3))
    process = await start_lms(
        *("import", people_csv, "--to", "schoology"),
        environment=environment_of(schoology_sandbox),
        folder=people_csv.parent,
    )
    await _wait_for_posts(schoology_sandbox, lambda _: True)
    process.send_signal(signal.SIGINT)
    ran = await end_lms(process)
    assert ran.code == 130
    assert "No row was sent" in ran.err
    assert load(people_csv.with_name("people.results.csv")) is None


async def test_import_continues_after_its_reader_is_gone(
    schoology_sandbox: SchoologySandbox, people_csv: Path
) -> None:
    save(people_csv, file_of(500))
    process = await start_lms(
        *("import", people_csv, "--to", "schoology", "--json", "--limit", "2/0.05s"),
        environment=environment_of(schoology_sandbox),
        folder=people_csv.parent,
    )
    assert process.stdout is not None
    await process.stdout.readline()
    process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]
    assert await asyncio.wait_for(process.wait(), 20) == 0
    assert len(schoology_sandbox.school.creates) == 500


async def test_sandbox_serves_until_interrupted(tmp_path: Path) -> None:
    process = await start_lms(
        "sandbox", "schoology", "--people", "7", environment={}, folder=tmp_path
    )
    assert process.stdout is not None
    said = [(await process.stdout.readline()).decode() for _ in range(5)]
    assert "sandbox with 7 people" in said[0]
    exported = dict(line.removeprefix("export ").strip().split("=", 1) for line in said[2:])
    save(tmp_path / "people.csv", file_of(3))
    arguments = ("import", "people.csv", "--to", "schoology")
    ran = await lms(*arguments, environment=exported, folder=tmp_path)
    assert ran.code == 0, ran.err
    port = exported["SCHOOLOGY_BASE_URL"].split(":")[2].split("/")[0]
    arguments = ("sandbox", "schoology", "--port", port)
    taken = await lms(*arguments, environment={}, folder=tmp_path)
    assert taken.code == 2
    assert f"Port {port} is not available" in taken.err
    process.send_signal(signal.SIGINT)
    assert (await end_lms(process)).code == 0


async def test_version(tmp_path: Path) -> None:
    ran = await lms("--version", environment={}, folder=tmp_path)
    assert (ran.code, ran.out) == (0, f"lms {lms_async.__version__}\n")


async def _python(code: str, folder: Path) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", code),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode, out.decode()


@pytest.mark.parametrize("extra", ["typer", "rich", "dotenv"])
async def test_missing_extra_is_named(tmp_path: Path, extra: str) -> None:
    code = f"import sys; sys.modules['{extra}'] = None; import lms_async.cli as c; c.run()"
    ended, said = await _python(code, tmp_path)
    assert ended == 1
    assert "pip install 'lms-async[cli]'" in said
    assert "Traceback" not in said


async def test_internal_error_does_not_look_like_rejected_rows(tmp_path: Path) -> None:
    code = (
        "import sys; from lms_async.cli import app; from lms_async.cli.commands import sandbox; "
        "sandbox.require_target = None; "
        "sys.argv = ['lms', 'sandbox', 'schoology']; sys.exit(app.main())"
    )
    ended, said = await _python(code, tmp_path)
    assert ended == 70
    assert "TypeError" in said


async def test_import_does_not_load_the_sandbox(tmp_path: Path) -> None:
    code = (
        "import sys; import lms_async.cli.app, schoology_async.cli; "
        "print([name for name in sys.modules if '.sandbox' in name and '.commands.' not in name])"
    )
    assert await _python(code, tmp_path) == (0, "[]\n")


async def test_interrupt_during_start(tmp_path: Path) -> None:
    """It prints no traceback and never exits with 1, which means rejected rows."""
    save(tmp_path / "a.csv", file_of(1))

    async def interrupted(after: float) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _START, "import", "a.csv", "--to", "schoology", "--dry-run"),
            cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            preexec_fn=reset_signals,
        )  # fmt: skip
        assert process.stdout is not None
        assert await process.stdout.readline() == b"started\n"
        await asyncio.sleep(after)
        with suppress(ProcessLookupError):  # it may have ended
            process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), 30)
        return process.returncode, err.decode()

    codes = set()
    for after in (0.0, 0.1, 0.3):
        code, err = await interrupted(after)
        codes.add(code)
        assert "Traceback" not in err
        assert "Aborted" not in err
    assert codes <= {130, 0}
    assert 130 in codes


#: Like the script ``lms``, but prints "started" when it installs its first signal handler.
_START = """
import os, signal, lms_command
before = signal.signal
def told(*given):
    ended = before(*given)
    os.write(1, b"started\\n")
    signal.signal = before
    return ended
signal.signal = told
lms_command.run()
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", ".", "--to", "schoology"),
        ("import", "..", "--to", "schoology"),
        ("import", "a.csv", "--to", "schoology", "--results", ""),
        ("import", "a.csv", "--to", "schoology", "--results", "."),
        ("import", "a.csv", "--to", "schoology", "--results", "/"),
        ("journal", "show", "."),
        ("journal", "show", ""),
        ("journal", "show", "/"),
    ],
)
async def test_folder_instead_of_a_file_is_reported(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    save(tmp_path / "a.csv", file_of(1))
    ran = await lms(
        *arguments,
        environment={"SCHOOLOGY_KEY": "k", "SCHOOLOGY_SECRET": "s"},
        folder=tmp_path,
    )
    assert ran.code == 2
    assert "is a folder" in ran.err
    assert "Traceback" not in ran.err
