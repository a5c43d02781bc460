"""The scripts and settings in ``docs/schedules.md``, run as cron and systemd would run them."""

from __future__ import annotations

import asyncio
import configparser
import fcntl
import re
import shlex
import sys
from pathlib import Path

import pytest
import typer.main

from lms_async.cli.app import app
from lms_async.cli.exit_codes import Exit
from schoology_async.sandbox import SchoologySandbox

PAGE = (Path(__file__).parents[2] / "docs" / "schedules.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
SCRIPT, ROSTER_SCRIPT = [text for language, text in BLOCKS if language == "sh"]
UNITS = [text for language, text in BLOCKS if language == "ini"]


def write_program(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    path.chmod(0o700)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the script, and with a ``mail`` that writes to a file."""
    folder = tmp_path / "lms"
    write_program(folder / "import.sh", SCRIPT.replace("/srv/lms", str(folder)))
    write_program(folder / "roster.sh", ROSTER_SCRIPT.replace("/srv/lms", str(folder)))
    # The program takes the arguments -s SUBJECT ADDRESS.
    write_program(folder / "bin/mail", f'#!/bin/sh\n(echo "$2"; cat) > {folder}/mail\n')
    return folder


async def run_script(folder: Path, name: str = "import.sh") -> int:
    """Run a script with the environment that cron gives."""
    environment = {"PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": str(folder), "SHELL": "/bin/sh"}
    process = await asyncio.create_subprocess_exec(
        str(folder / name), env=environment, cwd="/", stdin=asyncio.subprocess.DEVNULL
    )
    return await asyncio.wait_for(process.wait(), 30)


@pytest.mark.parametrize(
    ("code", "subject"),
    [
        (0, None),
        (1, "lms: some rows were rejected"),
        (5, "lms: the vendor is unavailable, the next run continues"),
        (70, "lms: failed with exit code 70"),
    ],
)
async def test_script_mails_the_log_unless_all_rows_are_done(
    folder: Path, code: int, subject: str | None
) -> None:
    write_program(folder / "venv/bin/lms", f"#!/bin/sh\necho out; echo err >&2; exit {code}\n")
    assert await run_script(folder) == code
    mail = folder / "mail"
    if subject is None:
        assert not mail.exists()
    else:
        assert mail.read_text() == f"{subject}\nout\nerr\n"


@pytest.mark.parametrize(
    ("plan", "apply", "verify", "subject", "ran", "code"),
    [
        (0, 0, 0, None, "plan apply verify", 0),
        (6, 0, 0, "applied, but removals were left out", "plan apply verify", 6),
        (6, 6, 0, "nothing was changed, a person has to look at the plan", "plan apply", 6),
        (0, 1, 0, "some changes were rejected", "plan apply", 1),
        (0, 3, 0, "some changes are unknown, the next run compares them", "plan apply", 3),
        (0, 0, 1, "the vendor does not show some changes", "plan apply verify", 1),
        (5, 0, 0, "the vendor is unavailable, the next run continues", "plan", 5),
        (2, 0, 0, "plan failed with exit code 2", "plan", 2),
    ],
)
async def test_roster_script_mails_the_log_unless_all_is_done(
    folder: Path, plan: int, apply: int, verify: int, subject: str | None, ran: str, code: int
) -> None:
    lms = (
        f'#!/bin/sh\necho "$1"\ncase $1 in plan) exit {plan} ;; apply) exit {apply} ;; '
        f"verify) exit {verify} ;; esac\n"
    )
    write_program(folder / "venv/bin/lms", lms)
    assert await run_script(folder, "roster.sh") == code
    assert (folder / "roster.log").read_text().split() == ran.split()
    mail = folder / "mail"
    if subject is None:
        assert not mail.exists()
    else:
        assert mail.read_text().splitlines() == [f"lms: {subject}", *ran.split()]


@pytest.mark.parametrize(
    ("name", "subject"),
    [("import", "lms: import not started"), ("roster", "lms: roster not started")],
)
async def test_scripts_do_not_start_twice(folder: Path, name: str, subject: str) -> None:
    write_program(folder / "venv/bin/lms", "#!/bin/sh\necho started > started\n")
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert await run_script(folder, f"{name}.sh") == Exit.BAD_INPUT
    assert (folder / "mail").read_text().startswith(subject)
    assert not (folder / "started").exists()


async def test_import_works_in_the_environment_of_cron(
    folder: Path, schoology_sandbox: SchoologySandbox
) -> None:
    lms = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -W error -m lms_async.cli "$@"\n'
    write_program(folder / "venv/bin/lms", lms)
    (folder / ".env").write_text(
        f"SCHOOLOGY_KEY={schoology_sandbox.key}\nSCHOOLOGY_SECRET={schoology_sandbox.secret}\n"
        f"SCHOOLOGY_BASE_URL={schoology_sandbox.base_url}\n"
    )
    (folder / "people.csv").write_text(
        "school_uid,name_first,name_last,role_id,username,Größe\nS1,Zoë,Łuk,1214,zoe,1\n", "utf-8"
    )
    # The message about the column names it, although the system's language is not set.
    assert await run_script(folder) == Exit.BAD_INPUT
    assert "Größe" in (folder / "mail").read_text("utf-8")
    (folder / "people.csv").write_text(
        "school_uid,name_first,name_last,role_id,username\nS1,Zoë,Łuk,1214,zoe\n", "utf-8"
    )
    assert await run_script(folder) == Exit.DONE, (folder / "import.log").read_text("utf-8")
    account = schoology_sandbox.school.by_school_uid("S1")
    assert account is not None
    assert (account.name_first, account.name_last) == ("Zoë", "Łuk")


def test_units_are_complete_and_name_each_other() -> None:
    names = dict.fromkeys(re.findall(r"`/etc/systemd/system/([\w.-]+)`", PAGE))
    units = {}
    for name, text in zip(names, UNITS, strict=True):
        units[name] = configparser.ConfigParser(interpolation=None)
        units[name].optionxform = str  # type: ignore[assignment,method-assign]
        units[name].read_string(text)
    service, timer = units["lms-import.service"], units["lms-import.timer"]
    assert service["Unit"]["OnFailure"] in units
    assert units["lms-roster.service"]["Service"]["ExecStart"] == "/srv/lms/roster.sh"
    assert service["Service"]["WorkingDirectory"] == "/srv/lms"
    assert timer["Timer"]["OnCalendar"]
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_commands_have_only_options_that_exist() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    # An import also has an example for systemd, which runs the script of the roster.
    for name, examples in (("import", 3), ("plan", 2), ("apply", 2)):
        options = {option for param in commands[name].params for option in param.opts}
        lines = re.findall(rf"lms(?:\.exe)? {name} (.*--.*)", PAGE)
        assert len(lines) == examples
        for line in lines:
            assert set(re.findall(r"--[a-z-]+", line)) <= options
    options = {option for param in commands["import"].params for option in param.opts}
    assert set(re.findall(r"--(?:yes|max-removals|restart|dry-run)", PAGE)) <= options


def test_every_exit_code_is_explained() -> None:
    assert set(map(int, re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE))) == set(map(int, Exit))
