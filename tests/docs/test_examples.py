"""Run the examples in docs/sandbox.md and docs/limits.md unchanged."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "".join((DOCS / name).read_text("utf-8") for name in ("sandbox.md", "limits.md"))
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGES, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
async def test_example_runs_unchanged(example: str) -> None:
    names: dict[str, Any] = {}
    exec("async def run():\n" + indent(example, "    "), names)  # noqa: S102 - our own page
    await names["run"]()


def test_all_examples_are_found() -> None:
    assert len(EXAMPLES) == 4
