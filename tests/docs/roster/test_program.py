"""The Python programs about the roster, in ``docs/roster.md`` and ``README.md``."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .tutorial import DOCS, PAGE

CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
(PROGRAM,) = CODE.findall(PAGE.read_text("utf-8"))


def test_program_runs_unchanged(tmp_path: Path) -> None:
    folder = shutil.copytree(DOCS / "roster", tmp_path / "roster")
    (folder / "program.py").write_text(PROGRAM, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "program.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("people create") == 40
    assert ran.stdout.endswith("135 changes verified, 0 different\n")


def test_lines_of_the_readme_are_those_of_the_program() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    (lines,) = [text for text in CODE.findall(readme) if "made = await plan(" in text]
    program = " ".join(PROGRAM.split())
    for part in ("open_source(", "await plan(", "async for change", ".apply(", ".verify("):
        (line,) = [line for line in lines.splitlines() if part in line]
        assert line.split("(")[0].strip() in program, line
