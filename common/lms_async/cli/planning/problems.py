"""Say what is wrong in a source. No line has a value of a person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from ...roster import ReadingReport
from ...roster.problem_groups import ProblemGroup, grouped
from ..wording import counted


def problem_lines(report: ReadingReport) -> list[str]:
    """Return the number of problems by file and code, with the first of each."""
    lines = []
    for heading, found in groupby(grouped(report), attrgetter("heading")):
        groups = list(found)
        total = sum(group.count for group in groups)
        lines.append(f"{heading} ({counted(total, 'problem')}):")
        for group in groups:
            lines += _lines(group)
    return lines


def _lines(group: ProblemGroup) -> Iterator[str]:
    yield f"{group.count:>9,}  {f'{group.file}: ' if group.file else ''}{group.name}"
    for problem in group.first:
        yield f"           {problem}"
    if group.more:
        yield f"           and {counted(group.more, 'other')}"
