"""Which source is opened for a path."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

import pytest

from lms_async import InvalidInput
from lms_async.roster import (
    CsvSource,
    Deleted,
    OneRosterSource,
    RosterMapping,
    SourceRefused,
    SourceSettings,
    Term,
    open_source,
)

from . import reading
from .bundles import write_texts, zip_folder
from .csv_school import FILES, STAFF, write


def test_one_roster_files_are_recognized_in_a_folder_and_a_zip_file(tmp_path: Path) -> None:
    folder = write_texts(tmp_path / "school", **reading.FILES)

    for path in (folder, tmp_path, str(folder), zip_folder(folder)):
        source = open_source(path, RosterMapping())
        assert isinstance(source, OneRosterSource)
    assert reading.read(source)[0] == reading.read(folder)[0]


def test_the_mapping_decides_which_files_are_read(tmp_path: Path) -> None:
    folder = write(write_texts(tmp_path, **reading.FILES), FILES)
    mapping = RosterMapping(source=SourceSettings(files=(STAFF,)))

    assert isinstance(open_source(folder, mapping), CsvSource)
    assert isinstance(open_source(folder), OneRosterSource)
    records, _ = reading.read(open_source(folder / "staff.csv", mapping))
    assert list(reading.people(records)) == ["t1"]


def test_the_encoding_of_the_mapping_is_also_that_of_one_roster_files(tmp_path: Path) -> None:
    folder = write_texts(tmp_path, **reading.FILES)
    users = (folder / "users.csv").read_text("utf-8").replace("Ben", "Zoë")
    (folder / "users.csv").write_bytes(users.encode("cp1252"))

    mapping = RosterMapping(source=SourceSettings(encoding="cp1252"))
    records, _ = reading.read(open_source(folder, mapping))
    assert reading.people(records)["p2"].given_name == "Zoë"
    with pytest.raises(SourceRefused, match="not UTF-8"):
        reading.read(open_source(folder))


def test_the_date_format_of_the_mapping_is_also_that_of_one_roster_files(tmp_path: Path) -> None:
    folder = write_texts(tmp_path, **reading.FILES)
    terms = (folder / "academicSessions.csv").read_text("utf-8").replace("2027-06-11", "6/11/2027")
    (folder / "academicSessions.csv").write_text(terms, "utf-8")

    def ends(date_format: str | None) -> list[date | None]:
        mapping = RosterMapping(source=SourceSettings(date_format=date_format))
        records, _ = reading.read(open_source(folder, mapping))
        return [term.ends for term in cast("list[Term]", reading.of_kind(records, "terms"))]

    assert date(2027, 6, 11) in ends("MM/DD/YYYY")
    assert date(2027, 11, 6) in ends("DD/MM/YYYY")
    _, report = reading.read(folder)
    (unclear,) = (problem for problem in report.problems if problem.code == "date")
    assert 'date_format = "MM/DD/YYYY"' in unclear.text
    with pytest.raises(InvalidInput, match="date_format"):
        SourceSettings(date_format="MM/DD")


def test_the_mapping_can_say_that_bulk_files_with_a_filled_status_are_complete(
    tmp_path: Path,
) -> None:
    folder = write_texts(tmp_path, **reading.FILES)
    users = (folder / "users.csv").read_text("utf-8")
    users = users.replace("p1,,", "p1,active,2026-09-01").replace("p2,,", "p2,tobedeleted,")
    (folder / "users.csv").write_text(users, "utf-8")

    mapping = RosterMapping(source=SourceSettings(bulk_files_are_complete=True))
    records, report = reading.read(open_source(folder, mapping))
    assert report.coverage["people"].whole
    codes = {problem.code for problem in report.problems}
    assert "deleted_in_bulk" in codes
    assert "delta_values" not in codes
    assert list(reading.people(records)) == ["p1", "p3"]
    assert Deleted(plural="people", key="p2") in records

    _, report = reading.read(open_source(folder))
    assert not report.coverage["people"].whole
    (problem,) = (problem for problem in report.problems if problem.code == "delta_values")
    assert "bulk_files_are_complete = true" in problem.text


def test_other_files_without_a_mapping_are_refused(tmp_path: Path) -> None:
    write(tmp_path, FILES)

    for path in (tmp_path, tmp_path / "staff.csv"):
        with pytest.raises(InvalidInput, match="no OneRoster files") as why:
            open_source(path)
        assert "[[source.files]]" in why.value.hint


def test_a_path_that_does_not_exist_or_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not exist"):
        open_source(tmp_path / "none")
    (tmp_path / "school.zip").write_bytes(b"PK\3\4")
    with pytest.raises(InvalidInput, match="intact zip file"):
        open_source(tmp_path / "school.zip")
