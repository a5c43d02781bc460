"""The work of a comparison grows with the number of records, not with its square."""

from __future__ import annotations

from pathlib import Path

from lms_async.roster.comparing.difference import difference
from lms_async.roster.comparing.working_set import WorkingSet
from tests.roster.school import ALL, VENDOR, person


def steps(path: Path, number: int) -> int:
    """Return how many thousands of instructions SQLite needs for this many records of a sort."""
    count = 0

    def add() -> int:
        nonlocal count
        count += 1
        return 0

    staying, leaving, twice = (
        [person(f"{sort}{n}") for n in range(number)] for sort in ("s", "l", "t")
    )
    with WorkingSet(path, VENDOR) as working_set:
        working_set.add_wanted([*staying, *twice])
        working_set.add_there([*staying, *leaving, *twice, *twice])
        working_set.connection.set_progress_handler(add, 1000)
        assert list(difference(working_set, ALL))
    return count


def test_four_times_the_records_need_about_four_times_the_work(tmp_path: Path) -> None:
    small, large = (steps(tmp_path / str(number), number) for number in (300, 1200))
    assert large < 6 * small
