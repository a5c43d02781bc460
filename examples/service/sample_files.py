"""Files to try the service with: invented people, and an invented school as OneRoster files."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from schoology_async.sandbox import SchoologySandbox

#: The settings of the roster of a sandbox, as ``lms roster init`` writes them.
ROSTER_SETTINGS = """\
[roles]
student = "Student"
teacher = "Teacher"

[enrollment_roles]
student = "member"
teacher = "admin"
"""


def sample_people(count: int) -> str:
    """Return a CSV file of invented people. A few rows have mistakes."""
    lines = ["school_uid,name_first,name_last,role_id,primary_email"]
    for number in range(count):
        mail = "not an address" if number % 250 == 100 else f"pupil{number}@school.example"
        lines.append(f"S{number:05},Ada,Example-{number},1214,{mail}")
    return "\r\n".join(lines) + "\r\n"


def add_school(sandbox: SchoologySandbox) -> None:
    """Add the school of :func:`write_roster` to a sandbox, which needs it before people."""
    school = sandbox.school
    school.buildings.add(str(school.school_id), title="Hill School", building_code="HILL")


#: The other columns of OneRoster, which are empty in the file.
_EMPTY_COLUMNS = {
    "orgs": ("parentSourcedId",),
    "academicSessions": ("parentSourcedId",),
    "courses": ("schoolYearSourcedId", "grades", "subjects"),
    "classes": ("grades", "location", "subjects", "periods"),
    "users": ("middleName", "identifier", "sms", "phone", "agentSourcedIds"),
    "enrollments": ("primary", "beginDate", "endDate"),
}


def write_roster(path: Path, *, students: int, sections: int, prefix: str = "P") -> None:
    """Write a OneRoster zip file of a school year that goes on today.

    :param students: how many students there are. Each is in one section.
    :param sections: how many sections there are, each with a teacher.
    :param prefix: how the ids of people begin.
    """
    today = date.today()
    year = (today - timedelta(days=60), today + timedelta(days=200))
    people = [
        *((f"{prefix}{at}", "student", f"{9 + at % 4:02}") for at in range(students)),
        *((f"{prefix}T{at}", "teacher", "") for at in range(sections)),
    ]
    tables: dict[str, tuple[str, Sequence[Sequence[object]]]] = {
        "orgs": (
            "sourcedId,name,type,identifier",
            [("hill", "Hill School", "school", "HILL")],
        ),
        "academicSessions": (
            "sourcedId,title,type,startDate,endDate,schoolYear",
            [("year", "School year", "schoolYear", *year, year[1].year)],
        ),
        "courses": (
            "sourcedId,title,courseCode,orgSourcedId",
            [("math", "Mathematics", "MATH", "hill")],
        ),
        "classes": (
            "sourcedId,title,courseSourcedId,classCode,classType,schoolSourcedId,termSourcedIds",
            [
                (f"class{at}", f"Mathematics {at}", "math", f"M{at}", "scheduled", "hill", "year")
                for at in range(sections)
            ],
        ),
        "users": (
            "sourcedId,givenName,familyName,role,grades,email,username,enabledUser,orgSourcedIds",
            [
                (uid, "Ada", f"Example-{uid}", *more, f"{uid}@hill.example", uid, "true", "hill")
                for uid, *more in people
            ],
        ),
        "enrollments": (
            "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role",
            [
                (f"e{uid}", f"class{at % sections}", "hill", uid, role)
                for at, (uid, role, _) in enumerate(people)
            ],
        ),
    }
    manifest = [("manifest.version", "1.0"), ("oneroster.version", "1.1")]
    manifest += [(f"file.{name}", "bulk") for name in tables]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (header, rows) in {
            "manifest": ("propertyName,value", manifest),
            **tables,
        }.items():
            empty = _EMPTY_COLUMNS.get(name, ())
            lines = [
                ",".join([header, *empty]),
                *(",".join([*map(str, row), *("" for _ in empty)]) for row in rows),
            ]
            archive.writestr(f"{name}.csv", "\r\n".join(lines) + "\r\n")
