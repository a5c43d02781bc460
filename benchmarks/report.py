"""What a question found, as Markdown: shown, and kept in ``docs/benchmarks/``."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import attrs

FOLDER = Path(__file__).parent.parent / "docs" / "benchmarks"
_LIBRARIES = ("aiohttp", "attrs", "backoff", "cattrs", "oauthlib", "orjson")


@attrs.frozen
class Found:
    """An answer: a table, what must hold (each with whether it does), and what to know of it."""

    question: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    goals: Sequence[tuple[str, bool]] = ()
    notes: Sequence[str] = ()

    def publish(self) -> None:
        text = self._markdown()
        print(text)
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{self.question}.md").write_text(text, encoding="utf-8")

    def _markdown(self) -> str:
        lines = [
            f"# {self.title}",
            "",
            f"Written by `python -m benchmarks {self.question}` on {datetime.now(UTC):%Y-%m-%d}.",
            "",
            f"- Machine: {_machine()}",
            f"- Versions: {_versions()}",
            *(f"- {note}" for note in self.notes),
            "",
            _row(self.columns),
            _row(["---"] + ["---:"] * (len(self.columns) - 1)),
            *(_row(row) for row in self.rows),
            "",
            *(f"- {'met' if holds else '**MISSED**'}: {goal}" for goal, holds in self.goals),
        ]
        return "\n".join(lines).rstrip() + "\n"


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


def _versions() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return f"lms-async {version('lms-async')}, Python {platform.python_version()}, {libraries}"
