"""Rows of CSV files that refer to rows that the mapping leaves out, or that have no record."""

from __future__ import annotations

from pathlib import Path

import attrs

from lms_async.roster import CsvSource

from .csv_school import (
    COURSES,
    DESCRIBED,
    FILES,
    GUARDIANS,
    ORGS,
    RELATIONSHIPS,
    TERMS,
    school,
    write,
)
from .reading import of_kind, problems, read, with_line


def test_enrollments_and_relationships_of_people_who_are_left_out_are_left_out_too(
    tmp_path: Path,
) -> None:
    schedule = with_line(FILES["schedule.csv"], "k1,c1,Algebra,S1,p4,t1")
    students = FILES["students.csv"].replace("N,Left,,,", "N,Left,g1,Femi,Ekpo")
    source = school(tmp_path, schedule=schedule, students=students)
    everybody = attrs.evolve(RELATIONSHIPS, where={})
    files = [everybody if one is RELATIONSHIPS else one for one in DESCRIBED]
    source = CsvSource(tmp_path, files=files, orgs=ORGS, terms=TERMS)
    records, report = read(source)
    assert len(of_kind(records, "enrollments")) == 4
    assert len(of_kind(records, "relationships")) == 2
    for kind, rows in (("enrollments", 6), ("relationships", 2)):
        coverage = report.of(kind)
        assert (coverage.rows, coverage.rejected, coverage.whole) == (rows, 0, True)
    told = [one for one in report.problems if one.code == "refers_to_left_out"]
    assert [one.file for one in told] == ["schedule.csv", "students.csv"]
    assert all(": 1." in one.text for one in told)


def test_sections_of_a_course_that_is_left_out_are_left_out_with_their_enrollments(
    tmp_path: Path,
) -> None:
    schedule = with_line(FILES["schedule.csv"], "k9,c9,Lunch,S1,p1,t1")
    courses = attrs.evolve(COURSES, where={"Course Name": ["Algebra"]})
    files = [courses if one is COURSES else one for one in DESCRIBED]
    folder = write(tmp_path, {**FILES, "schedule.csv": schedule})
    records, report = read(CsvSource(folder, files=files, orgs=ORGS, terms=TERMS))
    assert [one.id for one in of_kind(records, "sections")] == ["k1", "k2"]  # type: ignore[union-attr]
    assert all(coverage.rejected == 0 for coverage in report.coverage.values())
    assert len(of_kind(records, "enrollments")) == 4


def test_row_without_a_guardian_does_not_share_the_email_of_the_guardian_column(
    tmp_path: Path,
) -> None:
    guardians = attrs.evolve(GUARDIANS, columns={**GUARDIANS.columns, "email": "Email"})
    text = """
        Student ID,First,Last,Email,Grade,Born,School,Status,G ID,G First,G Last
        p1,Ada,Ekpo,home@school.example,09,2012-03-14,N,Active,,,
        p2,Ben,Ito,ben@school.example,09,2012-03-14,N,Active,,,
    """
    folder = write(tmp_path, {**FILES, "students.csv": text})
    files = [guardians if one is GUARDIANS else one for one in DESCRIBED]
    _, report = read(CsvSource(folder, files=files, orgs=ORGS, terms=TERMS))
    assert not any("shared_email" in one for one in problems(report))
