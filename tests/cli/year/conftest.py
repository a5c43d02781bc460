"""Run the commands of a school year, as they are typed, against the sandboxes."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from lms_async.cli.app import main
from lms_async.limits import registry
from manabac_async.sandbox import ManageBacSandbox
from manabac_async.sandbox import School as ManageBacSchool
from schoology_async.sandbox import SchoologySandbox

from .page import commands_of

#: Runs a command in the folder of the files, and returns what it printed.
Lms = Callable[..., str]

HERE = Path(__file__).parent
EXPORTS = HERE.parent / "exports"
#: Typed after each command that has the option, so that the tests do not wait.
_FAST = ["--limit", "10000/1s"]
_COMMANDS_WITH_LIMIT = {"import", "list", "export"}


@pytest.fixture
def lms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Lms:
    """Run ``lms`` in this process. Nobody is at a terminal."""
    monkeypatch.chdir(tmp_path)
    on_the_page = commands_of()

    def run(command: str, exit_code: int = 0) -> str:
        assert command in on_the_page, f"docs/school-year.md does not have: {command}"
        words = shlex.split(command)
        if words[1] in _COMMANDS_WITH_LIMIT:
            words += _FAST
        monkeypatch.setattr(sys, "argv", words)
        # A new process does not know the requests of the commands before.
        monkeypatch.setattr(registry, "_used", {})
        ended = main()
        said = "".join(capfd.readouterr())
        assert ended == exit_code, said
        return said

    return run


@pytest.fixture
def schoology(
    schoology_sandbox: SchoologySandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SchoologySandbox:
    """An empty account, its credentials in the environment, and the files of the year."""
    for folder in (HERE / "schoology", EXPORTS):
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    # Schoology does not list the sections of past grading periods. So these are not in the past.
    _write_grading_periods(tmp_path / "grading-periods.csv", "2025-26", days_from_now=-30)
    _write_grading_periods(tmp_path / "grading-periods-2026.csv", "2026-27", days_from_now=330)
    monkeypatch.setenv("SCHOOLOGY_KEY", schoology_sandbox.key)
    monkeypatch.setenv("SCHOOLOGY_SECRET", schoology_sandbox.secret)
    monkeypatch.setenv("SCHOOLOGY_BASE_URL", schoology_sandbox.base_url)
    return schoology_sandbox


def _write_grading_periods(path: Path, year: str, *, days_from_now: int) -> None:
    start = date.today() + timedelta(days=days_from_now)
    lines = ["title,start,end"]
    for number in (1, 2):
        end = start + timedelta(days=140)
        lines.append(f"{year} Semester {number},{start},{end}")
        start = end + timedelta(days=1)
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def managebac(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ManageBacSandbox:
    """A school with programs, terms, subjects and year groups, but no people and classes."""
    for folder in (HERE / "managebac", EXPORTS):
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    managebac_sandbox.school = ManageBacSchool.seeded()
    monkeypatch.setenv("MANAGEBAC_TOKEN", managebac_sandbox.token)
    monkeypatch.setenv("MANAGEBAC_BASE_URL", managebac_sandbox.base_url)
    return managebac_sandbox
