"""CSV files of a small school, as text, and what they contain."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lms_async.roster import CsvFile, CsvSource, Org, Term

from .bundles import unindented

ORGS = (Org(id="N", name="North School", type="school"),)
TERMS = (
    Term(id="S1", title="S1", type="semester", starts=date(2026, 8, 17), ends=date(2027, 1, 15)),
)
FILES = {
    "students.csv": """
        Student ID,First,Last,Email,Grade,Born,School,Status,G ID,G First,G Last
        p1,Ada,Ekpo,ada@school.example,09,2012-03-14,N,Active,g1,Femi,Ekpo
        p2,Ben,Ito,ben@school.example,10,2011-05-06,N,Active,,,
        p3,Chi,Ekpo,chi@school.example,10,2011-05-06,N,active,g1,Femi,Ekpo
        p4,Dai,Abel,dai@school.example,10,2011-05-06,N,Left,,,
    """,
    "staff.csv": """
        Staff ID,First,Last,Email
        t1,Eve,Lund,eve@school.example
    """,
    "schedule.csv": """
        Section,Course,Course Name,Term,Student,Teacher
        k1,c1,Algebra,S1,p1,t1
        k1,c1,Algebra,S1,p2,t1
        k2,c1,Algebra,S1,p3,
    """,
}
STUDENTS = CsvFile(
    file="students.csv",
    kind="people",
    columns={
        "id": "Student ID",
        "given_name": "First",
        "family_name": "Last",
        "email": "Email",
        "grades": "Grade",
        "birth_date": "Born",
        "org_ids": "School",
    },
    constants={"role": "student"},
    where={"Status": ["Active"]},
)
STAFF = CsvFile(
    file="staff.csv",
    kind="people",
    columns={"id": "Staff ID", "given_name": "First", "family_name": "Last", "email": "Email"},
    constants={"role": "teacher", "org_ids": "N"},
)
GUARDIANS = CsvFile(
    file="students.csv",
    kind="people",
    columns={"id": "G ID", "given_name": "G First", "family_name": "G Last"},
    constants={"role": "guardian"},
    where={"Status": ["Active"]},
)
COURSES = CsvFile(
    file="schedule.csv", kind="courses", columns={"id": "Course", "title": "Course Name"}
)
SECTIONS = CsvFile(
    file="schedule.csv",
    kind="sections",
    columns={"id": "Section", "course_id": "Course", "term_ids": "Term"},
    constants={"org_id": "N"},
)
SEATS = CsvFile(
    file="schedule.csv",
    kind="enrollments",
    columns={"section_id": "Section", "person_id": "Student"},
    constants={"role": "student"},
)
TEACHERS = CsvFile(
    file="schedule.csv",
    kind="enrollments",
    columns={"section_id": "Section", "person_id": "Teacher"},
    constants={"role": "teacher", "primary": "true"},
)
RELATIONSHIPS = CsvFile(
    file="students.csv",
    kind="relationships",
    columns={"person_id": "Student ID", "other_id": "G ID"},
    where={"Status": ["Active"]},
)
DESCRIBED = (STUDENTS, STAFF, GUARDIANS, COURSES, SECTIONS, SEATS, TEACHERS, RELATIONSHIPS)


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files whose text may be indented, and return ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(unindented(text), encoding="utf-8")
    return folder


def school(folder: Path, **changed: str) -> CsvSource:
    """Return the school, with files changed by name without ``.csv``."""
    files = FILES | {f"{name}.csv": text for name, text in changed.items()}
    return CsvSource(write(folder, files), files=DESCRIBED, orgs=ORGS, terms=TERMS)


def one_file(folder: Path, text: str, described: CsvFile) -> CsvSource:
    """Return a source with one file."""
    return CsvSource(write(folder, {described.file: text}), files=[described])
