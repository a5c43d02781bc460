"""Write the result of a question as Markdown and a picture to ``docs/benchmarks/``."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import attrs

from .picture import Picture, save

FOLDER = Path(__file__).parent.parent / "docs" / "benchmarks"
_LIBRARIES = ("aiohttp", "attrs", "backoff", "cattrs", "oauthlib", "orjson")
#: Starts the line of a page that is copied to the README.
IN_SHORT = "In short: "


@attrs.frozen
class Found:
    """A result: a table, the goals and whether they are met, and notes.

    ``short`` is one sentence for the README. ``picture`` is shown below the table, with room for
    ``bars`` bars. ``peers`` are other packages whose versions are listed.
    """

    question: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[tuple[str, bool]] = ()
    notes: Sequence[str] = ()
    full: bool = False
    short: str = ""
    picture: Picture | None = None
    bars: int = 0
    peers: Sequence[str] = ()

    def publish(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        if self.picture is not None:
            path = FOLDER / f"{self.question}.svg"
            save(path, self.title, self.picture, rows=self.bars or len(self.rows))
        text = self._markdown()
        print(text, flush=True)
        (FOLDER / f"{self.question}.md").write_text(text, encoding="utf-8")

    def _markdown(self) -> str:
        command = f"python -m benchmarks {'--full ' if self.full else ''}{self.question}"
        lines = [
            f"# {self.title}",
            "",
            f"Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}.",
            "",
            f"- Machine: {_machine()}",
            f"- Versions: {_versions(self.peers)}",
            *(f"- {note}" for note in self.notes),
            "",
            _row(self.columns),
            _row(["---" if self._is_text(place) else "---:" for place in range(len(self.columns))]),
            *(_row(row) for row in self.rows),
            "",
        ]
        if self.picture is not None:
            lines += [f"![{self.title}]({self.question}.svg)", ""]
        if self.goals:
            lines += [f"- {'met' if holds else '**MISSED**'}: {goal}" for goal, holds in self.goals]
            lines.append("")
        if self.short:
            lines += [IN_SHORT + self.short, ""]
        return "\n".join(lines).rstrip() + "\n"

    def _is_text(self, place: int) -> bool:
        return place == 0 or not all(_is_number(row[place]) for row in self.rows)


def _is_number(cell: str) -> bool:
    return not cell or cell[0].isdigit() or cell[0] in "+-−–"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _machine() -> str:
    return f"{os.cpu_count()} × {_processor()}, {platform.system()} {platform.release()}"


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _versions(peers: Sequence[str]) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in (*_LIBRARIES, *peers))
    return f"lms-async {version('lms-async')}, Python {platform.python_version()}, {libraries}"
