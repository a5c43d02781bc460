"""Read the commands of ``docs/school-year.md``."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "school-year.md"
_ROW = re.compile(r"^\|.*?\| `(lms [^`]+)`", re.MULTILINE)


def commands_of(heading: str | None = None) -> list[str]:
    """Return the commands in the page's tables, in their order.

    :param heading: the heading of the part that has them. ``None`` takes the whole page.
    """
    text = PAGE.read_text("utf-8")
    if heading is not None:
        text = re.split(r"^#", text.split(f"# {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    return _ROW.findall(text)
