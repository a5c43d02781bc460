"""What is wrong in a source, by file, line and column, and how much of a source was read.

No text contains a value of a person. The file, line and column say where to look.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

import attrs

from ..errors import InvalidInput

#: How many problems with the same code are kept for each file. All of them are counted.
_KEPT_PER_CODE = 20
#: Above this share of rows that refer to something unknown, nothing may be removed.
_MOST_ORPHANS = 0.05


class Severity(StrEnum):
    """What a problem leads to."""

    #: The value is read as it was meant.
    ACCEPTED = "accepted"
    #: The value is read, and somebody should look at it.
    WARNING = "warning"
    #: The row is not read.
    REJECTED = "rejected"
    #: The source is not read.
    REFUSED = "refused"


@attrs.frozen
class Problem:
    """Something that a source should not contain.

    :param file: the name of the file, ``""`` for the whole source.
    :param line: the line on which the row starts, ``0`` for the whole file.
    :param column: the name of the column, ``""`` for the whole row.
    :param code: a short name of the problem, such as ``unknown_person``.
    """

    file: str
    line: int
    column: str
    code: str
    text: str
    severity: Severity

    def __str__(self) -> str:
        places = [
            self.file,
            f"line {self.line}" if self.line else "",
            f"column {self.column}" if self.column else "",
        ]
        where = ", ".join(place for place in places if place)
        return f"{where}: {self.text}" if where else self.text


class SourceRefused(InvalidInput):
    """The source cannot be read, so that there is nothing to compare.

    :param problem: why.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class Mode(StrEnum):
    """What the absence of a record from a source means."""

    #: The source lists every record: one that is missing has left.
    BULK = "bulk"
    #: The source lists changes: one that is missing has not changed.
    DELTA = "delta"
    #: The source has no records of this kind, which means nothing.
    ABSENT = "absent"


@attrs.define
class Coverage:
    """How much of one kind of record was read.

    :param rows: the number of rows, without blank ones.
    :param rejected: the number of rows that were not read, orphans included.
    :param orphans: the number of rows that refer to a record that is not in the source.
    :param gaps: codes of the reasons why records may be missing by mistake.
    """

    mode: Mode = Mode.ABSENT
    rows: int = 0
    rejected: int = 0
    orphans: int = 0
    gaps: set[str] = attrs.field(factory=set)

    @property
    def reasons(self) -> list[str]:
        """Why a record that is missing must not count as one that has left, as sorted codes."""
        found = set(self.gaps)
        if self.mode is not Mode.BULK:
            found.add(str(self.mode))
        elif not self.rows:
            found.add("no_rows")
        if self.rejected > self.orphans:
            found.add("rejected_rows")
        if self.orphans > self.rows * _MOST_ORPHANS:
            found.add("many_orphans")
        return sorted(found)

    @property
    def whole(self) -> bool:
        """Whether a record that is missing has left."""
        return not self.reasons


class ReadingReport:
    """Collects the problems of a source and the coverage of each kind while it is read.

    Both are complete when the source was read to its end.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        #: The number of problems by file, code and severity, those not in ``problems`` included.
        self.counts: Counter[tuple[str, str, Severity]] = Counter()
        #: By kind, such as ``people``.
        self.coverage: dict[str, Coverage] = {}

    def of(self, kind: str) -> Coverage:
        """Return the coverage of a kind. It is absent until its source says otherwise."""
        found = self.coverage.get(kind)
        if found is None:
            found = self.coverage[kind] = Coverage()
        return found

    def add(
        self, severity: Severity, file: str, line: int, column: str, code: str, text: str
    ) -> None:
        """Count a problem, and keep it if there are few like it."""
        counted = (file, code, severity)
        self.counts[counted] += 1
        if self.counts[counted] <= _KEPT_PER_CODE:
            self.problems.append(Problem(file, line, column, code, text, severity))

    def refuse(self, file: str, line: int, column: str, code: str, text: str) -> SourceRefused:
        """Add the problem, and return the error to raise."""
        self.add(Severity.REFUSED, file, line, column, code, text)
        return SourceRefused(Problem(file, line, column, code, text, Severity.REFUSED))

    def total(self, severity: Severity) -> int:
        """Return the number of problems of this severity."""
        return sum(count for (_, _, of), count in self.counts.items() if of is severity)
