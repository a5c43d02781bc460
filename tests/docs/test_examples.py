"""The examples of docs/sandbox.md and docs/limits.md, run as they stand."""

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
async def test_an_example_runs_as_it_stands(example: str) -> None:
    names: dict[str, Any] = {}
    exec("async def run():\n" + indent(example, "    "), names)  # noqa: S102 - our own page
    await names["run"]()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 4
