"""The result of each row or change, and the file that keeps them after the end of an import."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from lms_async import Outcome, Status

from .database import Step
from .files import new_private

#: The places where a cell becomes a formula: its beginning, and after a separator.
_FORMULA = re.compile(r"(?:^|(?<=[,;|\t\r\n]))(?=[\s\"']*[=+\-@＝＋－＠])|^(?=[\t\r\n])")
#: The result of a row that is still to be sent, or was not sent because of another one.
NOT_SENT = "not sent"
#: The result of a change if Schoology's records are needed to know it.
NOT_KNOWN = "not known"
_COLUMNS = ("result", "schoology_id", "reason")


@frozen
class Line:
    """The result of one row or change.

    :param place: which one it is: a cell for each of the columns of its kind of import.
    """

    place: tuple[str, ...]
    result: str
    schoology_id: str
    reason: str


def line(place: tuple[str, ...], outcome: Outcome[Any]) -> Line:
    """Return the line of an outcome."""
    return Line(place, result_of(outcome.status), outcome.id or "", _reason(outcome))


def result_of(status: Status) -> str:
    """Return the word for a status."""
    return NOT_SENT if status is Status.SKIPPED else str(status)


def _reason(outcome: Outcome[Any]) -> str:
    error = outcome.error
    if error is None or error.code == "not_sent":
        return ""
    by_field = "; ".join(f"{name}: {text}" for name, text in error.fields.items())
    return by_field or error.message or error.code


def header(columns: tuple[str, ...]) -> str:
    """Return the first row of the CSV file.

    :param columns: those that say which row or change it is.
    """
    return _to_csv([(*columns, *_COLUMNS)])


def to_csv(lines: Iterable[Line]) -> str:
    """Write lines as CSV. No cell becomes a formula in a spreadsheet."""
    return _to_csv((*one.place, one.result, one.schoology_id, one.reason) for one in lines)


def _to_csv(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(
        [_FORMULA.sub("'", cell) for cell in row] for row in rows
    )
    return text.getvalue()


async def write_file(path: Path, columns: tuple[str, ...], lines: AsyncIterator[Line]) -> None:
    """Write the results file of an import. It appears when it is complete."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)  # of a worker that was killed
    try:
        with new_private(part) as file:
            file.write(header(columns).encode())
            async for one in lines:
                file.write(to_csv([one]).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read_file(path: Path) -> Iterator[Line]:
    """Yield the lines of a results file."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for *place, result, schoology_id, reason in reader:
            yield Line(tuple(place), result, schoology_id, reason)


def counted(lines: Iterable[Line], columns: tuple[str, ...]) -> list[Step]:
    """Count lines by result, and by the columns "kind" and "action" if they have these."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in lines:
        cells = dict(zip(columns, one.place, strict=True))
        result = Status.SKIPPED if one.result == NOT_SENT else one.result
        found[cells.get("kind", ""), cells.get("action", "")][result] += 1
    return [Step(kind, action, counts) for (kind, action), counts in found.items()]


def is_problem(line: Line, *, is_final: bool) -> bool:
    """Return whether a person should look at this line.

    While an import runs, ``unknown`` rows only wait for a response.
    """
    return line.result == Status.REJECTED or (is_final and line.result != Status.DONE)
