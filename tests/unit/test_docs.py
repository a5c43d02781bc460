"""What the documentation names exists."""

from __future__ import annotations

import re
from operator import attrgetter
from pathlib import Path

import pytest

from schoology_async import Schoology

ROOT = Path(__file__).parents[2]


def rows(name: str, columns: int) -> list[list[str]]:
    """The rows of a page's first table of so many columns."""
    page = (ROOT / "docs" / name).read_text("utf-8")
    cells = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    return [row for row in cells if len(row) == columns][2:]


def test_the_table_of_operations_names_methods_and_tests_that_exist() -> None:
    table = rows("schoology.md", 4)
    tests = (ROOT / "tests/wire/test_schoology_users.py").read_text("utf-8")
    client = Schoology("key", "secret")
    assert len(table) == 16
    for _, _, method, test in table:
        assert callable(attrgetter(method.strip("`"))(client))
        assert f"async def {test.strip('`')}(" in tests


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
