"""People whose ids lost zeros in a spreadsheet are not read, so nobody is created twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_async.roster.sources.tables.lost_zeros import find_lost_zeros

from .bundles import write_texts
from .csv_school import FILES as CSV_FILES
from .csv_school import school
from .reading import FILES, people, problems, read


def test_person_whose_id_has_more_zeros_in_enrollments_is_rejected(tmp_path: Path) -> None:
    users, seats = FILES["users"], FILES["enrollments"]
    files = FILES | {
        "users": users.replace("p1,", "1007,").replace("p2,", "001008,"),
        "enrollments": seats.replace("p1,", "001007,").replace("p2,", "001008,"),
    }
    records, report = read(write_texts(tmp_path, **files))
    assert set(people(records)) == {"001008", "p3"}
    assert "users.csv 2 sourcedId lost_zeros rejected" in problems(report)
    assert "zeros" in next(one.text for one in report.problems if one.code == "other_zeros")
    assert not report.of("people").whole


def test_person_whose_id_has_more_zeros_in_the_agents_of_others_is_rejected(tmp_path: Path) -> None:
    users = FILES["users"].replace("p3,,,true", "1007,,,true").replace(",p3,", ",001007,")
    _, report = read(write_texts(tmp_path, **FILES | {"users": users}))
    assert "users.csv 4 sourcedId lost_zeros rejected" in problems(report)


def test_person_whose_id_has_more_zeros_in_another_csv_file_is_rejected(tmp_path: Path) -> None:
    schedule = CSV_FILES["schedule.csv"].replace("t1", "001007")
    staff = CSV_FILES["staff.csv"].replace("t1", "1007")
    records, report = read(school(tmp_path, schedule=schedule, staff=staff))
    assert "1007" not in people(records)
    assert "staff.csv 2 Staff ID lost_zeros rejected" in problems(report)


@pytest.mark.parametrize(
    ("ids", "references", "here", "elsewhere"),
    [
        (["1007", "1008"], ["001007", "1008"], {"1007"}, set()),
        (["001007"], ["1007"], set(), {"001007"}),
        # Both are people.
        (["1007", "001007"], ["1007", "001007"], set(), set()),
        (["1007"], ["x007", "2007", "p1"], set(), set()),
        (["0"], ["000"], {"0"}, set()),
        (["0101"], ["101", "00101"], {"0101"}, set()),
        ([], ["1"], set(), set()),
    ],
)
def test_ids_with_other_zeros(
    ids: list[str], references: list[str], here: set[str], elsewhere: set[str]
) -> None:
    found = find_lost_zeros(ids, lambda: references)
    assert (found.here, found.elsewhere) == (here, elsewhere)


def test_references_are_read_only_if_ids_are_numbers() -> None:
    find_lost_zeros(["p1"], lambda: pytest.fail("the references were read"))
