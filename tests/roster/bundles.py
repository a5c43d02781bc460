"""OneRoster bundles of invented schools: small ones as text, and realistic ones of any size."""

from __future__ import annotations

import csv
import random
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import attrs

GIVEN = "Ada Ben Chloé Dai Eve Femi Gül Hana Ivo Jun Kai Léa Mia Noa Oto Pia Rui Søren Tia Zoë"
FAMILY = "Abel Boone Cruz Diaz Ekpo Fuchs Gray Haas Ito Jäger Kuhn Lund Mori Nagy Ochoa Park Quist"
SUBJECTS = "Algebra Biology Chemistry Drama English French Geography History Latin Music Physics"
_HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,"
    "parentSourcedId,schoolYear",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,"
    "orgSourcedId,subjects,subjectCodes",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
    "location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
    "users": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
    "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,"
    "role,primary,beginDate,endDate",
}
_USERS_1_2 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,"
    "resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredLastName,"
    "primaryOrgSourcedId,pronouns"
)
_ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId"
)
_DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex"


@attrs.frozen
class School:
    """An invented district. The same numbers give the same files.

    :param people: of these, three quarters are students and one in fourteen is a teacher.
    :param enrollments: of these, one a section is its teacher's.
    """

    people: int = 100
    sections: int = 10
    enrollments: int = 300
    schools: int = 2
    version: str = "1.1"

    def write(self, folder: Path) -> Path:
        """Write the files into ``folder``, and return it."""
        folder.mkdir(parents=True, exist_ok=True)
        headers = dict(_HEADERS)
        files = {
            "orgs": self._orgs(),
            "academicSessions": self._terms(),
            "courses": self._courses(),
            "classes": self._classes(),
            "users": self._users(),
            "enrollments": self._enrollments(),
        }
        if self.version == "1.2":
            headers["users"] = _USERS_1_2
            headers |= {"roles": _ROLES, "demographics": _DEMOGRAPHICS}
            files |= {
                "users": self._users_1_2(),
                "roles": self._roles(),
                "demographics": self._demographics(),
            }
        for name, rows in files.items():
            _write(folder / f"{name}.csv", headers[name].split(","), rows)
        stated = [(f"file.{name}", "bulk") for name in files]
        _write(
            folder / "manifest.csv",
            ["propertyName", "value"],
            [("manifest.version", "1.0"), ("oneroster.version", self.version), *stated],
        )
        return folder

    @property
    def students(self) -> int:
        return self.people * 3 // 4

    @property
    def teachers(self) -> int:
        return max(self.people // 14, 1)

    @property
    def courses(self) -> int:
        return max(self.sections * 3 // 10, 1)

    def _school(self, number: int) -> str:
        return f"school-{number % self.schools}"

    def _orgs(self) -> Iterator[Sequence[object]]:
        yield "district", "", "", "Riverside District", "district", "RD", ""
        for at in range(self.schools):
            yield f"school-{at}", "", "", f"School {at}", "school", f"S{at}", "district"

    def _terms(self) -> Iterator[Sequence[object]]:
        year = ("2026-08-17", "2027-06-11")
        yield "year", "", "", "2026-2027", "schoolYear", *year, "", 2027
        yield "fall", "", "", "Fall", "semester", year[0], "2027-01-15", "year", 2027
        yield "spring", "", "", "Spring", "semester", "2027-01-18", year[1], "year", 2027

    def _courses(self) -> Iterator[Sequence[object]]:
        subjects = SUBJECTS.split()
        for at in range(self.courses):
            subject = subjects[at % len(subjects)]
            title = f"{subject} {at}"
            yield f"course-{at}", "", "", "year", title, f"C{at}", "09,10", "district", subject, ""

    def _classes(self) -> Iterator[Sequence[object]]:
        for at in range(self.sections):
            course = f"course-{at % self.courses}"
            where = f"Room {at % 90}", self._school(at), "fall,spring"
            yield (
                f"class-{at}", "", "", f"Class {at}", "09", course, f"K{at}", "scheduled",
                *where, "", "", f"P{at % 8}",
            )  # fmt: skip

    def _names(self) -> Iterator[tuple[int, str, str, str, str]]:
        """Yield number, id, given name, family name and role of each person."""
        random_ = random.Random(25)
        given, family = GIVEN.split(), FAMILY.split()
        for at in range(self.people):
            role = "student" if at < self.students else "teacher"
            if at >= self.students + self.teachers:
                role = "guardian"
            yield at, person_id(at), random_.choice(given), random_.choice(family), role

    def _agents(self, at: int, role: str) -> str:
        guardians = self.people - self.students - self.teachers
        if role != "student" or not guardians:
            return ""
        return person_id(self.students + self.teachers + at % guardians)

    def _users(self) -> Iterator[Sequence[object]]:
        for at, of, given, family, role in self._names():
            grade = f"{9 + at % 4:02}" if role == "student" else ""
            yield (
                of, "", "", "true", self._school(at), role, f"u{at}", "", given, family, "",
                10_000_000 + at, f"u{at}@school.example", "", "", self._agents(at, role), grade, "",
            )  # fmt: skip

    def _users_1_2(self) -> Iterator[Sequence[object]]:
        for at, of, given, family, role in self._names():
            grade = f"{9 + at % 4:02}" if role == "student" else ""
            yield (
                of, "", "", "true", f"u{at}", "", given, family, "", 10_000_000 + at,
                f"u{at}@school.example", "", "", self._agents(at, role), grade, "", "", "", "", "",
                "", self._school(at), "",
            )  # fmt: skip

    def _roles(self) -> Iterator[Sequence[object]]:
        for at, of, _, _, role in self._names():
            yield f"role-{at}", "", "", of, "primary", role, "", "", self._school(at), ""

    def _demographics(self) -> Iterator[Sequence[object]]:
        for at in range(self.students):
            born = f"{2009 + at % 5}-{1 + at % 12:02}-{1 + at % 28:02}"
            yield person_id(at), "", "", born, "female" if at % 2 else "male"

    def _enrollments(self) -> Iterator[Sequence[object]]:
        at = 0
        for section in range(self.sections):
            teacher = person_id(self.students + section % self.teachers)
            where = f"class-{section}", self._school(section)
            yield f"e{at}", "", "", *where, teacher, "teacher", "true", "", ""
            at += 1
        per_section = (self.enrollments - self.sections) // self.sections
        for section in range(self.sections):
            where = f"class-{section}", self._school(section)
            for place in range(min(per_section, self.students)):
                student = person_id((section * per_section + place) % self.students)
                yield (
                    f"e{at}", "", "", *where, student, "student", "false", "2026-08-17",
                    "2027-06-11",
                )  # fmt: skip
                at += 1


def person_id(number: int) -> str:
    """Return an id that is as long as those of real exports."""
    return f"{number * 2654435761 % 2**32:08x}-7c41-4a0e-9d1f-{number:012d}"


def write_texts(folder: Path, **files: str) -> Path:
    """Write a bundle whose files are given as text, indented or not, and return ``folder``.

    A manifest of version 1.1 says that the files are bulk files, unless it is given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if "manifest" not in files:
        files["manifest"] = manifest(files)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(unindented(text), encoding="utf-8")
    return folder


def manifest(files: Iterable[str], mode: str = "bulk", version: str = "1.1") -> str:
    stated = "\n".join(f"file.{name},{mode}" for name in files)
    return f"propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n{stated}\n"


def unindented(text: str) -> str:
    return "\n".join(line.strip(" ") for line in text.strip().split("\n")) + "\n"


def zip_folder(folder: Path, under: str = "") -> Path:
    """Put the files of ``folder`` into a zip file, in the folder ``under`` of it."""
    path = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, under + file.name)
    return path


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
