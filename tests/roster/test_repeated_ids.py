"""What rows of CSV files with the same id become."""

from __future__ import annotations

from pathlib import Path

import attrs

from lms_async.roster import CsvFile, CsvSource, Relationship

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
