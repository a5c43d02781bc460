"""``lms mapping init --to managebac``, and an import with what it wrote."""

from __future__ import annotations

import io
import shutil
import tomllib
from pathlib import Path

import attrs
import pytest

from lms_async.cli.exit_codes import Exit
from lms_async.cli.importing.run import run_import
from lms_async.cli.mapping.initial import write_mapping
from lms_async.cli.mapping.options import MappingOptions, choose
from lms_async.cli.reporting.reporters import make_reporter
from lms_async.cli.target import find_kind, find_target
from manabac_async.sandbox import ManageBacSandbox
from tests.cli.conftest import import_request
from tests.cli.test_managebac import environment_of

EXPORTS = Path(__file__).parents[1] / "exports"
TARGET = find_target("managebac")


@attrs.frozen
class Case:
    """An export of another system.

    :param columns: the columns that are not proposed by their own names alone.
    :param first: the student_id, the names and the date of birth of the first student.
    """

    file: str
    columns: dict[str, str]
    first: tuple[str, str, str, str | None]
    count: int = 4
    options: MappingOptions = attrs.field(factory=MappingOptions)


CASES = [
    Case(
        "oneroster_users.csv",
        {"student_id": "sourcedId", "email": "email", "last_name": "familyName"},
        ("u-1001", "Farrow", "Quillington", None),
        options=MappingOptions(wheres=["role=student"]),
    ),
    Case(
        "powerschool_students.csv",
        {
            "student_id": "Student_Number",
            "email": "Student_Email",
            "graduating_year": "Sched_YearOfGraduation",
        },
        ("300101", "Peregrine", "Sotherby", "2010-04-17"),
    ),
    Case(
        "infinite_campus_students.csv",
        {"student_id": "student.studentNumber", "email": "contacts.email"},
        ("410001", "Ludovica", "Wexcombe", "2011-03-14"),
    ),
    Case(
        "skyward_students.csv",
        {"student_id": "Other ID", "email": "School Email", "graduating_year": "Grad Yr"},
        ("55001", "Ottilie", "Ravenscar", "2009-05-21"),
    ),
    Case(
        "isams_pupils.csv",
        {"student_id": "School ID", "email": "School Email Address", "nickname": "Preferred Name"},
        ("070112233441", "Briony", "Àlvarez-Thwaite", "2011-02-28"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
async def test_export_is_imported_as_it_is(
    managebac_sandbox: ManageBacSandbox, tmp_path: Path, case: Case
) -> None:
    path = Path(shutil.copy(EXPORTS / case.file, tmp_path))
    said = io.StringIO()
    reporter = make_reporter(said, said)
    written = await write_mapping(path, TARGET, find_kind(TARGET, "students"), {}, reporter)
    columns = tomllib.loads(written.read_text("utf-8"))["columns"]
    assert columns.items() >= case.columns.items()
    assert "identifier" not in columns

    target, kind, mapping = choose(None, None, written, case.options)
    request = import_request(
        path=path,
        target=target,
        kind=kind,
        mapping=mapping,
        environment=environment_of(managebac_sandbox),
        limit=(1000, 0.01),
    )
    summary = await run_import(request, reporter)
    assert summary.exit_code == Exit.DONE, said.getvalue()
    students = managebac_sandbox.school.students.values()
    assert len(students) == case.count
    student = managebac_sandbox.school.by_student_id(case.first[0])
    assert student is not None
    assert (
        *(student.fields.get(name) for name in ("first_name", "last_name", "birthday")),
    ) == case.first[1:]


def test_every_kind_says_which_column_has_the_schools_ids() -> None:
    for name in ("managebac", "managebac-v1"):
        for kind in find_target(name).kinds:
            assert {"person id", "section code"}.intersection(kind.meanings.values()), kind.name
