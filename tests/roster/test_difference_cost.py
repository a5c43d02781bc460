"""The work of a comparison grows with the number of records, not with its square."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from lms_async.roster.comparing import difference as comparing
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


def test_only_records_that_differ_are_compared_field_by_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor shows blank fields that the source does not have."""
    compared = []
    by_field = comparing._fields_that_differ

    def noted(wanted: dict[str, str], there: dict[str, str]) -> object:
        compared.append(there["name"])
        return by_field(wanted, there)

    monkeypatch.setattr(comparing, "_fields_that_differ", noted)
    with WorkingSet(tmp_path / "set", VENDOR) as working_set:
        working_set.add_wanted([person("p1", name="Ada"), person("p2", name="Bea")])
        for key, name in (("p1", "Ada"), ("p2", "Beatrice")):
            shown = person(key, name=name)
            working_set.add_there([attrs.evolve(shown, fields={**shown.fields, "mail": ""})])
        list(difference(working_set, ALL))
    assert compared == ["Beatrice"]
