"""Read the commands of ``docs/school-year.md``."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "school-year.md"
_ROW = re.compile(r"^\|.*?\| `(lms [^`]+)`", re.MULTILINE)


def commands_of() -> list[str]:
    """Return the commands in the page's tables, in their order."""
    return _ROW.findall(PAGE.read_text("utf-8"))
