"""Every command of ``docs/school-year.md`` is run by a test of this folder."""

from __future__ import annotations

import ast
from pathlib import Path

from .page import commands_of


def texts(path: Path) -> set[str]:
    """Return the string literals of a test file."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_each_command_of_the_page_is_run() -> None:
    run = set().union(*(texts(path) for path in Path(__file__).parent.glob("test_*.py")))
    # test_exports.py runs those with mapping files.
    commands = [command for command in commands_of() if "mapping" not in command]
    assert len(commands) > 40
    assert [command for command in commands if command not in run] == []
