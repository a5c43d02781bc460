"""The result of each row: from the journals while an import runs, from a file afterwards."""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from pathlib import Path

from attrs import astuple, fields, frozen

from lms_async import Outcome, RowError, Status
from lms_async.jobs import Stores
from schoology_async import Schoology

from . import people_csv
from .database import Import, State
from .files import Files, new_private

#: The places where a cell becomes a formula: its beginning, and after a separator.
_FORMULA = re.compile(r"(?:^|(?<=[,;|\t\r\n]))(?=[\s\"']*[=+\-@＝＋－＠])|^(?=[\t\r\n])")
#: The result of a row that is still to be sent.
NOT_SENT = "not sent"


@frozen
class Line:
    """The result of one row."""

    row: int
    school_uid: str
    result: str
    schoology_id: str
    reason: str


def offline_client() -> Schoology:
    """Return a client that can plan jobs and read their results, for which nothing is sent.

    So the web application needs no credentials of Schoology.
    """
    return Schoology("none", "none")


async def lines(one: Import, files: Files, stores: Stores) -> AsyncIterator[Line]:
    """Yield the results of an import as far as they are known. Nothing is sent."""
    path = files.upload(one.id)
    if one.state == State.FINISHED or not path.exists():  # it may finish at this moment
        for line in _read(files.results(one.id)):
            yield line
        return
    async with (
        offline_client() as client,
        aclosing(one.plan.results(client, people_csv.rows(path), store=stores)) as outcomes,
    ):
        numbered = people_csv.numbered_rows(path)
        async for outcome in outcomes:
            row, _ = next(numbered)
            yield _line(row, outcome)


def _line(row: int, outcome: Outcome[dict[str, str]]) -> Line:
    key = outcome.item.get("school_uid", "")
    if outcome.status is Status.SKIPPED:
        return Line(row, key, NOT_SENT, "", "")
    reason = "" if outcome.error is None else _reason(outcome.error)
    return Line(row, key, outcome.status, outcome.id or "", reason)


def _reason(error: RowError) -> str:
    by_field = "; ".join(f"{name}: {text}" for name, text in error.fields.items())
    return by_field or error.message or error.code


def to_csv(given: Iterable[Line]) -> str:
    """Write lines as CSV. No cell becomes a formula in a spreadsheet."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(
        [_FORMULA.sub("'", str(cell)) for cell in astuple(line)] for line in given
    )
    return text.getvalue()


HEADER = ",".join(f'"{one.name}"' for one in fields(Line)) + "\r\n"


async def write_file(one: Import, files: Files, stores: Stores) -> Counter[str]:
    """Write the results file of an import, and return its rows by result."""
    path = files.results(one.id)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)  # of a worker that was killed
    counts: Counter[str] = Counter()
    with new_private(part) as file:
        file.write(HEADER.encode())
        async for line in lines(one, files, stores):
            counts[line.result] += 1
            file.write(to_csv([line]).encode())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return counts


def _read(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for row, *others in reader:
            yield Line(int(row), *others)


def is_problem(line: Line, *, is_final: bool) -> bool:
    """Return whether a person should look at this row.

    While an import runs, ``unknown`` rows only wait for a response.
    """
    return line.result == Status.REJECTED or (is_final and line.result != Status.DONE)
