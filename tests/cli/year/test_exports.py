"""The exports of five student information systems are imported as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from manabac_async.sandbox import ManageBacSandbox
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import read_results

from .conftest import Lms
from .page import commands_of

STUDENT, TEACHER = 1214, 1213


def run_export(lms: Lms, heading: str, name: str) -> None:
    """Write the mapping file of an export, and import the export."""
    init, import_ = (each for each in commands_of(heading) if f" {name}.csv" in each)
    lms(init)
    lms(import_)


@pytest.mark.parametrize(
    ("name", "people", "first"),
    [
        ("oneroster_users", 6, ("u-1001", "Farrow", "Quillington", "")),
        ("powerschool_students", 4, ("300101", "Peregrine", "Sotherby", "2010-04-17")),
        ("infinite_campus_students", 4, ("410001", "Ludovica", "Wexcombe", "2011-03-14")),
        ("skyward_students", 4, ("55001", "Ottilie", "Ravenscar", "2009-05-21")),
        ("isams_pupils", 4, ("070112233441", "Briony", "Àlvarez-Thwaite", "2011-02-28")),
    ],
)
def test_new_people_of_schoology(
    lms: Lms,
    schoology: SchoologySandbox,
    name: str,
    people: int,
    first: tuple[str, str, str, str],
) -> None:
    run_export(lms, "Exports into Schoology", name)
    school = schoology.school
    assert school.creates.total() == people
    account = school.by_school_uid(first[0])
    assert account is not None
    assert (account.name_first, account.name_last, account.birthday_date) == first[1:]
    assert account.role_id == STUDENT
    if name == "oneroster_users":
        teacher = school.by_school_uid("u-2001")
        assert teacher is not None
        assert teacher.role_id == TEACHER


def test_courses_classes_and_enrollments_of_oneroster(
    lms: Lms, schoology: SchoologySandbox
) -> None:
    lms("lms import buildings.csv --to schoology --kind buildings")
    lms("lms import grading-periods.csv --to schoology --kind grading-periods")
    for name in ("users", "courses", "classes", "enrollments"):
        run_export(lms, "Exports into Schoology", f"oneroster_{name}")
    lms("lms list enrollments --from schoology --csv enrollments-now.csv")
    fields = ("section_school_code", "school_uid", "admin")
    assert [
        tuple(row[field] for field in fields) for row in read_results(Path("enrollments-now.csv"))
    ] == [
        ("cl-1", "u-1001", "0"),
        ("cl-1", "u-2001", "1"),
        ("cl-2", "u-1002", "0"),
        ("cl-2", "u-2002", "1"),
    ]


def test_enrollments_that_ended_are_removed(lms: Lms, schoology: SchoologySandbox) -> None:
    lms("lms import buildings.csv --to schoology --kind buildings")
    lms("lms import grading-periods.csv --to schoology --kind grading-periods")
    for name in ("users", "courses", "classes", "enrollments"):
        run_export(lms, "Exports into Schoology", f"oneroster_{name}")
    first, *rows = Path("oneroster_enrollments.csv").read_text("utf-8").splitlines()
    statuses = ["tobedeleted", "active", "active", "active"]
    ended = [
        row.replace(",,", f",{status},", 1) for row, status in zip(rows, statuses, strict=True)
    ]
    Path("oneroster_ended.csv").write_text("\n".join([first, *ended]) + "\n", "utf-8")
    (command,) = commands_of("The same export every night")
    lms(command)
    lms("lms list enrollments --from schoology --csv enrollments-now.csv")
    assert [row["school_uid"] for row in read_results(Path("enrollments-now.csv"))] == [
        "u-2001",
        "u-1002",
        "u-2002",
    ]


@pytest.mark.parametrize(
    ("name", "students", "first"),
    [
        ("oneroster_users", 4, ("u-1001", "Quillington", None, None)),
        ("powerschool_students", 4, ("300101", "Sotherby", "2010-04-17", "Male")),
        ("infinite_campus_students", 4, ("410001", "Wexcombe", "2011-03-14", "Female")),
        ("skyward_students", 4, ("55001", "Ravenscar", "2009-05-21", "Female")),
        ("isams_pupils", 4, ("070112233441", "Àlvarez-Thwaite", "2011-02-28", "Female")),
    ],
)
def test_new_students_of_managebac(
    lms: Lms,
    managebac: ManageBacSandbox,
    name: str,
    students: int,
    first: tuple[str, str, str | None, str | None],
) -> None:
    run_export(lms, "Exports into ManageBac", name)
    assert len(managebac.school.students) == students
    student = managebac.school.by_student_id(first[0])
    assert student is not None
    found = [student.fields.get(field) for field in ("last_name", "birthday", "gender")]
    assert found == list(first[1:])
