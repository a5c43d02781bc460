"""Temporary files of runs that were killed are deleted by the next run beside the same plan."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lms_async.roster import Plan
from lms_async.roster.comparing.working_set import WorkingSet
from lms_async.roster.plan_files.plan_writer import PlanWriter
from lms_async.roster.temporary import delete_abandoned, temporary_beside
from tests.roster.fake_target import ABLE
from tests.roster.plans import school, write
from tests.roster.test_plan_file import META
from tests.roster.test_planning import make
from tests.virtual import run

KILLED = """
import os, signal, sys
from pathlib import Path
from lms_async.roster.plan_files.plan_writer import PlanWriter
from lms_async.roster.comparing.working_set import WorkingSet
from lms_async.roster.temporary import temporary_beside
from tests.roster.fake_target import ABLE
from tests.roster.test_plan_file import META

path = Path(sys.argv[1])
with WorkingSet(temporary_beside(path, "set"), ABLE), PlanWriter(path, META):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def plan_again(path: Path) -> None:
    run(make(path, school()))


def apply(path: Path) -> None:
    run(Plan(path).apply(school(), journal=path.with_name("journals"), check_state=False))


def verify(path: Path) -> None:
    run(Plan(path).verify(school()))


def temporary(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir() if path.name.startswith("."))


@pytest.mark.parametrize("work", [plan_again, apply, verify])
def test_next_run_deletes_the_files_of_a_killed_run(
    tmp_path: Path, work: Callable[[Path], None]
) -> None:
    path = tmp_path / "[a].plan"
    write(path)
    subprocess.run([sys.executable, "-c", KILLED, path], check=False)  # noqa: S603
    (tmp_path / ".[a].plan.0123abcd.part").write_bytes(b"cut off" * 100)
    (tmp_path / ".b.plan.0123abcd.part").write_bytes(b"of another plan")
    assert temporary(tmp_path) == [".part", ".part", ".part", ".set"]
    work(path)
    assert temporary(tmp_path) == [".part"]


def test_files_of_a_run_that_is_under_way_are_kept(tmp_path: Path) -> None:
    path, code = tmp_path / "a.plan", "from lms_async.roster.temporary import *; " + DELETE
    with WorkingSet(temporary_beside(path, "set"), ABLE), PlanWriter(path, META):
        delete_abandoned(path)  # in the same process
        subprocess.run([sys.executable, "-c", code, path], check=True)  # noqa: S603
        assert temporary(tmp_path) == [".part", ".set"]
    delete_abandoned(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.plan"]


DELETE = "import sys; delete_abandoned(Path(sys.argv[1]))"
