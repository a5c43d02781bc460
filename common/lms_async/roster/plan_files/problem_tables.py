"""The problems of the source in a plan's file: all of them are counted, and the first are kept."""

from __future__ import annotations

import sqlite3

from ..problems import Problem, ReadingReport, Severity

TABLES = """
CREATE TABLE problem_counts (number INTEGER PRIMARY KEY, file TEXT, code TEXT, severity TEXT,
    problems INTEGER);
CREATE TABLE problems (number INTEGER PRIMARY KEY, file TEXT, line INTEGER, "column" TEXT,
    code TEXT, text TEXT, severity TEXT);
"""


def write_problems(connection: sqlite3.Connection, report: ReadingReport) -> None:
    """Write the problems of the source."""
    connection.executemany(
        "INSERT INTO problem_counts VALUES (NULL, ?, ?, ?, ?)",
        ((file, code, of.value, count) for (file, code, of), count in report.counts.items()),
    )
    connection.executemany(
        "INSERT INTO problems VALUES (NULL, ?, ?, ?, ?, ?, ?)",
        (
            (one.file, one.line, one.column, one.code, one.text, one.severity.value)
            for one in report.problems
        ),
    )


def read_problems(connection: sqlite3.Connection) -> ReadingReport:
    """Return the problems of the source. How much of each kind was read is not in the file."""
    report = ReadingReport()
    for file, code, severity, count in connection.execute(
        "SELECT file, code, severity, problems FROM problem_counts ORDER BY number"
    ):
        report.counts[file, code, Severity(severity)] = count
    report.problems = [
        Problem(file, line, column, code, text, Severity(severity))
        for file, line, column, code, text, severity in connection.execute(
            'SELECT file, line, "column", code, text, severity FROM problems ORDER BY number'
        )
    ]
    return report
