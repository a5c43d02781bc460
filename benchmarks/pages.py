"""Write the generated parts of README.md and docs/benchmarks.md, between two markers."""

from __future__ import annotations

import re
from pathlib import Path

from .report import FOLDER, IN_SHORT

ROOT = FOLDER.parent.parent
BEGIN, END = "<!-- written by make bench-full -->", "<!-- end -->"
#: The questions summarized in the README, and the one whose picture is shown there.
_SUMMED = ("people", "read", "evening", "memory", "loop")
_PICTURED = "evening"


def write() -> None:
    """Update both pages from the results."""
    _put(ROOT / "README.md", _summary())
    _put(ROOT / "docs" / "benchmarks.md", _goals())


def _put(page: Path, lines: list[str]) -> None:
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text("\n".join([before + BEGIN, *lines, END + after]), encoding="utf-8")


def _summary() -> list[str]:
    lines = [
        f"- {text[text.index(IN_SHORT) + len(IN_SHORT) :].splitlines()[0]}"
        for question in _SUMMED
        if IN_SHORT in (text := _page(question))
    ]
    picture = f"docs/benchmarks/{_PICTURED}.svg"
    if (ROOT / picture).exists():
        title = _page(_PICTURED).partition("\n")[0].lstrip("# ")
        lines += ["", f"![{title}]({picture})"]
    return lines


def _goals() -> list[str]:
    lines = ["| question | wanted, and reached | |", "| --- | --- | --- |"]
    for path in sorted(FOLDER.glob("*.md")):
        for held, goal in re.findall(
            r"^- (met|\*\*MISSED\*\*): (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            lines.append(f"| [{path.stem}](benchmarks/{path.name}) | {goal} | {held} |")
    return lines


def _page(question: str) -> str:
    path = FOLDER / f"{question}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""
