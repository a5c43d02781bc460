"""What rows of CSV files with the same id become."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from lms_async.roster import CsvFile, CsvSource, ReadingReport, Relationship
from lms_async.roster.sources.tables import repeats
from lms_async.roster.sources.tables.text import TextFile

from .bundles import School
from .csv_school import FILES, ORGS, STUDENTS, one_file, school, write
from .reading import of_kind, people, problems, read, with_line


def test_rows_with_the_same_id_name_the_field_that_differs(tmp_path: Path) -> None:
    columns = {"id": "Code", "title": "Name", "org_id": "Campus"}
    described = CsvFile(file="courses.csv", kind="courses", columns=columns)
    text = """
        Code,Name,Campus
        ALG,Algebra,N
        ART,Art,N
        ALG,Algebra,S
    """
    records, report = read(one_file(tmp_path, text, described))

    assert len(of_kind(records, "courses")) == 1
    for problem, other in zip(report.problems, ("another row", "line 2"), strict=True):
        assert f"{other} has the same id and another value of Campus (N and S)." in problem.text
        assert "leave org_id out of the mapping" in problem.text
    del columns["org_id"]
    records, report = read(one_file(tmp_path, text, attrs.evolve(described, columns=columns)))
    assert len(of_kind(records, "courses")) == 2
    assert problems(report) == ["courses.csv 4 - same_row_twice accepted"]


def test_values_of_people_with_the_same_id_are_not_named(tmp_path: Path) -> None:
    _, report = read(school(tmp_path, staff=with_line(FILES["staff.csv"], "t1,Gus,Nagy,")))

    found = [one.text for one in report.problems if one.code == "same_id"]
    assert len(found) == 2
    for text in found:
        assert "another value of First." in text
        assert "Eve" not in text
        assert "Gus" not in text


def test_a_guardian_may_have_a_row_for_each_child(tmp_path: Path) -> None:
    text = """
        Student ID,Guardian ID,First,Last,Relation
        p1,g1,Femi,Ekpo,parent
        p1,g1,Femi,Ekpo,Emergency contact
        p3,g1,Femi,Ekpo,relative
        p2,g1,Femi,Ekpo,Mother
    """
    write(tmp_path, {**FILES, "guardians.csv": text})
    people_of = {"id": "Guardian ID", "given_name": "First", "family_name": "Last"}
    pairs = {"person_id": "Student ID", "other_id": "Guardian ID", "kind": "Relation"}
    guardians = CsvFile(
        file="guardians.csv", kind="people", columns=people_of, constants={"role": "guardian"}
    )
    related = CsvFile(file="guardians.csv", kind="relationships", columns=pairs)
    source = CsvSource(tmp_path, files=[STUDENTS, guardians, related], orgs=ORGS)
    records, report = read(source)

    assert "g1" in people(records)
    assert [(one.person_id, one.kind) for one in records if isinstance(one, Relationship)] == [
        ("p1", "parent"),
        ("p3", "relative"),
        ("p2", "guardian"),
    ]
    assert problems(report) == [
        "students.csv 0 - left_out accepted",
        "guardians.csv 3 Relation unknown_word warning",
        "guardians.csv 3 - same_record_twice accepted",
        "guardians.csv 5 Relation unknown_word warning",
    ]


def test_ids_with_the_same_hash_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = CsvFile(file="courses.csv", kind="courses", columns={"id": "Code", "title": "Name"})
    source = one_file(tmp_path, "Code,Name\nA,Art\nB,Biology\nB,Botany\nC,Chemistry", described)
    monkeypatch.setattr(
        repeats, "hash", lambda value: 1 if isinstance(value, str) else hash(value), raising=False
    )

    records, report = read(source)

    assert [record.id for record in of_kind(records, "courses")] == ["A", "C"]
    assert [problem.line for problem in report.problems] == [3, 4]


def test_a_large_file_with_different_ids_is_read_twice_after_its_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: Counter[str] = Counter()
    rows = TextFile.rows

    def counted(text: TextFile, report: ReadingReport) -> Iterator[tuple[int, list[str]]]:
        readings[text.file.name] += 1
        return rows(text, report)

    monkeypatch.setattr(TextFile, "rows", counted)
    folder = School(people=400, sections=100, enrollments=30_000).write(tmp_path / "bundle")

    read(folder)

    assert readings["enrollments.csv"] == 3
