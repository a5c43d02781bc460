"""The examples of docs/sandbox.md, run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
async def test_an_example_runs_as_it_stands(example: str) -> None:
    names: dict[str, Any] = {}
    exec("async def run():\n" + indent(example, "    "), names)  # noqa: S102 - our own page
    await names["run"]()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2
