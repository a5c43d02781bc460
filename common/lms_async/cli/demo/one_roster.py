"""Write a district as the folder of OneRoster 1.1 files that its own system exports."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from ..kinds import Row
from .district import District

_DISTRICT, _TERM = "district", "year"
#: The columns of each file after sourcedId, status and dateLastModified.
_COLUMNS = {
    "orgs": "name,type,identifier,parentSourcedId",
    "academicSessions": "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "classes": "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,"
    "termSourcedIds,subjects,subjectCodes,periods",
    "users": "enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password",
    "enrollments": "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
}


def write_export(district: District, folder: Path, today: date) -> None:
    """Write the files, or replace them.

    :param today: a day of the only term.
    """
    folder.mkdir(exist_ok=True)
    files = {
        "orgs": _orgs(district),
        "academicSessions": _terms(today),
        "courses": _courses(district),
        "classes": _classes(district),
        "users": _users(district),
        "enrollments": _enrollments(district),
    }
    for name, rows in files.items():
        columns = ("sourcedId", "status", "dateLastModified", *_COLUMNS[name].split(","))
        _write(folder / f"{name}.csv", columns, rows)
    properties = {"manifest.version": "1.0", "oneroster.version": "1.1"}
    properties |= {f"file.{name}": "bulk" for name in files}
    _write(
        folder / "manifest.csv",
        ("propertyName", "value"),
        ({"propertyName": name, "value": value} for name, value in properties.items()),
    )


def cut_off(path: Path) -> None:
    """Keep only the first half of a file, as if the transfer to this machine had stopped."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _orgs(district: District) -> Iterator[Row]:
    yield {"sourcedId": _DISTRICT, "name": "Riverside District", "type": "district"}
    for code, name in district.schools.items():
        yield {
            "sourcedId": code,
            "name": name,
            "type": "school",
            "identifier": code,
            "parentSourcedId": _DISTRICT,
        }


def _terms(today: date) -> Iterator[Row]:
    ends = today + timedelta(days=200)
    yield {
        "sourcedId": _TERM,
        "title": "School year",
        "type": "schoolYear",
        "startDate": (today - timedelta(days=100)).isoformat(),
        "endDate": ends.isoformat(),
        "schoolYear": str(ends.year),
    }


def _courses(district: District) -> Iterator[Row]:
    for course in district.courses.values():
        yield {
            "sourcedId": course.id,
            "schoolYearSourcedId": _TERM,
            "title": course.title,
            "courseCode": course.id,
            "orgSourcedId": course.school,
        }


def _classes(district: District) -> Iterator[Row]:
    for section in district.sections.values():
        yield {
            "sourcedId": section.id,
            "title": section.title,
            "courseSourcedId": section.course,
            "classCode": section.id,
            "classType": "scheduled",
            "schoolSourcedId": district.courses[section.course].school,
            "termSourcedIds": _TERM,
        }


def _users(district: District) -> Iterator[Row]:
    for person in district.people.values():
        yield {
            "sourcedId": person.id,
            "enabledUser": "true",
            "orgSourcedIds": person.school,
            "role": person.role,
            "givenName": person.given_name,
            "familyName": person.family_name,
            "email": person.email,
            "agentSourcedIds": ",".join(person.guardians),
        }


def _enrollments(district: District) -> Iterator[Row]:
    for number, ((section, person), role) in enumerate(district.enrollments.items()):
        yield {
            "sourcedId": f"E-{number}",
            "classSourcedId": section,
            "schoolSourcedId": district.courses[district.sections[section].course].school,
            "userSourcedId": person,
            "role": role,
        }


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
