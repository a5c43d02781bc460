"""The OneRoster bundle of an invented district, and the same district a day later."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import attrs

from lms_async.roster import Entry, OneRosterSource, ReadingReport, RosterMapping
from lms_async.roster.comparing.desired import Desired
from tests.roster.bundles import School

#: The day for which plans are made.
AS_OF = date(2026, 10, 1)
#: The terms of all sections. They never end, since targets compare their ends with today.
FALL, SPRING = ("2020-08-01", "2050-01-31"), ("2050-02-01", "2099-07-31")
_SCHOOLS = 20
#: In the bundle of the next day, one of so many people has another name, and one of so many
#: students of a section has moved to the next section.
RENAMED, MOVED = 50, 150

Row = list[str]


@attrs.frozen
class Size:
    """How many of each there are."""

    people: int
    sections: int
    enrollments: int

    @property
    def courses(self) -> int:
        return self.sections * 3 // 10

    def __str__(self) -> str:
        return (
            f"{self.people:,} people, {self.courses:,} courses, {self.sections:,} sections and "
            f"{self.enrollments:,} enrollments"
        )


def write(folder: Path, size: Size) -> None:
    """Write the bundle into ``folder``."""
    School(size.people, size.sections, size.enrollments, _SCHOOLS, "1.2").write(folder)
    _rewrite(folder / "academicSessions.csv", _with_dates)


def write_next_day(folder: Path, size: Size) -> None:
    """Write the bundle of the next day into ``folder``."""
    write(folder, size)
    _rewrite(folder / "users.csv", _renamed)
    _rewrite(folder / "enrollments.csv", lambda at, row: _moved(at, row, size.sections))


def entries(folder: Path, mapping: RosterMapping) -> Iterator[Entry]:
    """Yield what a vendor should have, given the bundle in ``folder``."""
    report = ReadingReport()
    return Desired(mapping, AS_OF, report).entries(OneRosterSource(folder).read(report))


def _rewrite(path: Path, changed: Callable[[int, Row], Row]) -> None:
    """Change the rows of a file. The columns keep their places."""
    new = path.with_suffix(".new")
    with path.open(newline="", encoding="utf-8") as old, new.open("w", newline="") as file:
        reader, writer = csv.reader(old), csv.writer(file)
        writer.writerow(next(reader))
        writer.writerows(changed(at, row) for at, row in enumerate(reader))
    new.replace(path)


def _with_dates(at: int, row: Row) -> Row:
    row[5:7] = {"year": (FALL[0], SPRING[1]), "fall": FALL, "spring": SPRING}[row[0]]
    return row


def _renamed(at: int, row: Row) -> Row:
    if at % RENAMED == 0:
        row[7] = "Renamed"
    return row


def _moved(at: int, row: Row, sections: int) -> Row:
    if at % MOVED == 0 and row[6] == "student":
        number = int(row[3].removeprefix("class-"))
        row[3] = f"class-{(number + 1) % sections}"
    return row
