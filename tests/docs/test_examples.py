"""Run the examples in README.md, docs/sandbox.md and docs/limits.md unchanged."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "".join((DOCS / name).read_text("utf-8") for name in ("sandbox.md", "limits.md"))
README = (DOCS.parent / "README.md").read_text("utf-8")
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
EXAMPLES = [text for text in CODE.findall(PAGES) if not text.startswith("async def test_")]


@pytest.mark.parametrize("example", EXAMPLES)
async def test_example_runs_unchanged(example: str) -> None:
    names: dict[str, Any] = {}
    exec("async def run():\n" + indent(example, "    "), names)  # noqa: S102 - our own page
    await names["run"]()


def test_program_in_the_readme_runs_unchanged(tmp_path: Path) -> None:
    (program,) = [text for text in CODE.findall(README) if "asyncio.run(" in text]
    path = tmp_path / "program.py"
    path.write_text(program, "utf-8")
    ran = subprocess.run([sys.executable, path], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr
    assert "1214 Student" in ran.stdout


def test_all_examples_are_found() -> None:
    assert len(EXAMPLES) == 4
