"""A small school in OneRoster files, and ``lms`` commands that keep it in a Schoology sandbox."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import attrs
import pytest

from lms_async.cli.app import main
from schoology_async.sandbox import SchoologySandbox
from tests.cli.conftest import Ran, environment_of
from tests.roster.bundles import write_texts

FAST = ("--limit", "1000/0.01s")
PLAN = ("plan", "bundle", "--mapping", "roster.toml", "--to", "schoology")
#: Words that must not be on the screen. Names and addresses of the bundle have one of them.
PRIVATE = ("Wilhelmina", "Quagmire", "secret.example")
MAPPING = """
removals = ["people", "enrollments"]

[roles]
student = "Student"
teacher = "Teacher"

[enrollment_roles]
student = "member"
teacher = "admin"

[buildings]
N = "North"

[guard]
min_records = 4
max_removed_share = 0.5
max_source_shrink = 0.9
"""
ORGS = """
    sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
    n,,,North School,school,N,
"""
SESSIONS = """
    sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
    y,,,2026-2027,schoolYear,2020-08-17,2099-06-11,,2027
"""
COURSES = """
    sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes
    c1,,,y,Algebra,A,,n,,
"""
CLASSES = """
    sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
    k1,,,Algebra 1,,c1,A1,scheduled,,n,y,,,
"""
USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
)
SEATS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate\n"
)


def write_bundle(folder: Path, students: int, *, more: str = "") -> None:
    """Write a school with so many students, a teacher, and one section that has all of them.

    :param more: more lines of enrollments.
    """
    users, seats = [], []
    for number in range(students + 1):
        role = "student" if number else "teacher"
        users.append(
            f"p{number},,,true,n,{role},,,Wilhelmina,Quagmire{number},,,"
            f"w{number}@secret.example,,,,,"
        )
        seats.append(f"e{number},,,k1,n,p{number},{role},,,")
    write_texts(
        folder / "bundle",
        orgs=ORGS,
        academicSessions=SESSIONS,
        courses=COURSES,
        classes=CLASSES,
        users=USERS + "\n".join(users),
        enrollments=SEATS + "\n".join(seats) + f"\n{more}",
    )


@attrs.frozen
class Lms:
    """Runs commands in this process and in the folder, without a terminal."""

    folder: Path
    sandbox: SchoologySandbox
    monkeypatch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Ran:
        words = list(map(str, arguments))
        if words[:2] != ["plan", "show"]:
            words += FAST
        self.monkeypatch.setattr(sys, "argv", ["lms", *words])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO())
        code = main()
        return Ran(code, *self.capfd.readouterr())

    def plan(self, *options: object) -> Ran:
        return self(*PLAN, *options)

    def replace_in_mapping(self, old: str, new: str) -> None:
        path = self.folder / "roster.toml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    @property
    def writes(self) -> int:
        """How many requests were not only reads."""
        return sum(seen.method != "GET" and seen.path != "multiget" for seen in self.sandbox.log)


@pytest.fixture
def roster_lms(
    schoology_sandbox: SchoologySandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Lms:
    school = schoology_sandbox.school
    school.buildings.add(str(school.school_id), title="North", building_code="North")
    write_bundle(tmp_path, 6)
    (tmp_path / "roster.toml").write_text(MAPPING)
    monkeypatch.chdir(tmp_path)
    for name, value in environment_of(schoology_sandbox).items():
        monkeypatch.setenv(name, value)
    return Lms(tmp_path, schoology_sandbox, monkeypatch, capfd)
