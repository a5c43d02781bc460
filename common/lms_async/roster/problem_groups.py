"""The problems of a source in groups, as people read them: first what others follow from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import attrs

from .problems import Problem, ReadingReport, Severity

#: How many problems of a group are shown.
_SHOWN = 3
_FILES = "Problems of whole files"
#: What each severity means for a reader, the worst first.
_HEADINGS: Mapping[Severity, str] = {
    Severity.REJECTED: "Rejected records of the source",
    Severity.WARNING: "Please check",
    Severity.ACCEPTED: "Read as they were meant",
}
_ORDER = (_FILES, *_HEADINGS.values())
#: Problems of a file: it is missing, cut or incomplete, or its columns have other names.
_OF_FILES = frozenset(
    "no_file no_rows no_column unknown_column no_manifest wrong_version manifest_disagrees"
    " encoding ragged".split()
)
#: Problems of rows that follow from records that were not read.
_CONSEQUENCES = frozenset({"orphan", "unknown_reference", "unused"})


@attrs.frozen(kw_only=True)
class ProblemGroup:
    """The problems of one file that have one code and severity.

    :param heading: what they mean for a reader.
    :param file: the name of the file, ``""`` for the whole source.
    :param name: the code of the problems.
    :param count: how many there are.
    :param first: the first ones. If they follow from other problems, one for each text.
    :param follows: whether they follow from other problems.
    """

    heading: str
    severity: Severity
    file: str
    name: str
    count: int
    first: list[Problem]
    follows: bool

    @property
    def more(self) -> int:
        """How many problems are not among the first ones."""
        return self.count - len(self.first)


def grouped(report: ReadingReport) -> list[ProblemGroup]:
    """Return the problems of a source by file and code.

    Problems of whole files come first, and then the others, the worst first. In each of these
    parts, problems that follow from others come last.
    """
    examples: dict[tuple[str, str, Severity], list[Problem]] = defaultdict(list)
    for problem in report.problems:
        examples[problem.file, problem.code, problem.severity].append(problem)
    lacking = {(one.file, one.column) for one in report.problems if one.code == "no_column"}
    groups = []
    for (file, code, severity), count in report.counts.items():
        if severity not in _HEADINGS:  # a refused source has no plan
            continue
        found = examples[file, code, severity]
        follows = code in _CONSEQUENCES or (
            code == "blank" and all((one.file, one.column) in lacking for one in found)
        )
        groups.append(
            ProblemGroup(
                heading=_FILES if code in _OF_FILES else _HEADINGS[severity],
                severity=severity,
                file=file,
                name=code,
                count=count,
                first=(_one_per_text(found) if follows else found)[:_SHOWN],
                follows=follows,
            )
        )
    return sorted(groups, key=lambda group: (_ORDER.index(group.heading), group.follows))


def _one_per_text(problems: Iterable[Problem]) -> list[Problem]:
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.text, problem)
    return list(first.values())
