"""Say what is wrong in a source. No line has a value of a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...roster import Problem, ReadingReport, Severity
from ..wording import counted

#: How many problems of one file and code are shown.
_EXAMPLES = 3
#: What each severity means for a reader, the worst first.
_HEADINGS = {
    Severity.REJECTED: "Rejected records of the source",
    Severity.WARNING: "Please check",
    Severity.ACCEPTED: "Read as they were meant",
}


def problem_lines(report: ReadingReport) -> list[str]:
    """Return the number of problems by file and code, with the first of each."""
    examples: dict[tuple[str, str, Severity], list[Problem]] = defaultdict(list)
    for problem in report.problems:
        examples[problem.file, problem.code, problem.severity].append(problem)
    lines = []
    for severity, heading in _HEADINGS.items():
        found = {of: count for of, count in report.counts.items() if of[2] is severity}
        if found:
            lines.append(f"{heading} ({counted(sum(found.values()), 'problem')}):")
            for of, count in found.items():
                lines += _group(of[0], of[1], count, examples[of])
    return lines


def _group(file: str, code: str, count: int, examples: list[Problem]) -> Iterator[str]:
    yield f"{count:>9,}  {f'{file}: ' if file else ''}{code.replace('_', ' ')}"
    for problem in examples[:_EXAMPLES]:
        yield f"           {problem}"
    if count > _EXAMPLES:
        yield f"           and {counted(count - _EXAMPLES, 'other')}"
