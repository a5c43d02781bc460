"""The problems of a source in groups, as people read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import attrs

from .problems import Problem, ReadingReport, Severity

#: How many problems of a group are shown.
_SHOWN = 3
#: What each severity means for a reader, the worst first.
_HEADINGS: Mapping[Severity, str] = {
    Severity.REJECTED: "Rejected records of the source",
    Severity.WARNING: "Please check",
    Severity.ACCEPTED: "Read as they were meant",
}


@attrs.frozen(kw_only=True)
class ProblemGroup:
    """The problems of one file that have one code and severity.

    :param heading: what the severity means.
    :param file: the name of the file, ``""`` for the whole source.
    :param name: the code in words.
    :param count: how many there are.
    :param first: the first ones.
    """

    heading: str
    file: str
    name: str
    count: int
    first: list[Problem]

    @property
    def more(self) -> int:
        """How many problems are not among the first ones."""
        return self.count - len(self.first)


def grouped(report: ReadingReport) -> list[ProblemGroup]:
    """Return the problems of a source by severity, file and code, the worst first."""
    first: dict[tuple[str, str, Severity], list[Problem]] = defaultdict(list)
    for problem in report.problems:
        first[problem.file, problem.code, problem.severity].append(problem)
    return [
        ProblemGroup(
            heading=heading,
            file=file,
            name=code.replace("_", " "),
            count=count,
            first=first[file, code, severity][:_SHOWN],
        )
        for severity, heading in _HEADINGS.items()
        for (file, code, of), count in report.counts.items()
        if of is severity
    ]
