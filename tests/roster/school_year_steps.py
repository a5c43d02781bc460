"""A school year of 30 people, in steps: what changes at the school, and what a plan then has.

The steps know no vendor.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lms_async.roster import PlanMode
from tests.roster.school_year import Step
from tests.roster.tables import Row, Tables

#: The school of each grade.
SCHOOLS = {"09": "lower", "10": "lower", "11": "upper", "12": "upper"}
#: The code of each school.
CODES = {"lower": "L", "upper": "U"}
SUBJECTS = ("math", "art")


def first_tables() -> Tables:
    """Return the files of two schools with 20 students, 4 teachers and 6 guardians."""
    students = [student(number, f"{9 + number // 5:02}") for number in range(20)]
    return Tables(
        {
            "orgs": [
                {"sourcedId": org, "name": org.title(), "type": "school", "identifier": code}
                for org, code in CODES.items()
            ],
            "academicSessions": list(_terms(2027)),
            "courses": [
                {
                    "sourcedId": f"{school}-{subject}",
                    "title": subject.title(),
                    "courseCode": f"{CODES[school]}-{subject}",
                    "orgSourcedId": school,
                }
                for school in CODES
                for subject in SUBJECTS
            ],
            "classes": [
                {
                    "sourcedId": f"{grade}-{subject}",
                    "title": f"{subject.title()} {grade}",
                    "courseSourcedId": f"{school}-{subject}",
                    "schoolSourcedId": school,
                    "grades": grade,
                    "termSourcedIds": "fall,spring",
                }
                for grade, school in SCHOOLS.items()
                for subject in SUBJECTS
            ],
            "users": [
                *students,
                *(person(f"t{number}", "teacher", _teachers_school(number)) for number in range(4)),
                *(person(f"g{number}", "guardian", "lower") for number in range(6)),
            ],
            "enrollments": list(_enrollments(students, 2027)),
        }
    )


def person(id_: str, role: str, school: str, **more: str) -> Row:
    """Return a row of users.csv."""
    return {
        "sourcedId": id_,
        "enabledUser": "true",
        "orgSourcedIds": school,
        "role": role,
        "givenName": f"Given {id_}",
        "familyName": "Okafor",
        "email": f"{id_}@school.example",
        "agentSourcedIds": "",
        "grades": "",
        **more,
    }


def student(number: int, grade: str) -> Row:
    """Return a student, who has one guardian."""
    guardian = f"g{number % 6}"
    return person(f"s{number}", "student", SCHOOLS[grade], agentSourcedIds=guardian, grades=grade)


def enrollments_of(id_: str, grade: str, year: int = 2027) -> list[Row]:
    """Return the enrollments of a student in the classes of a grade."""
    return [_enrollment(f"{grade}-{subject}", id_, "student", year) for subject in SUBJECTS]


def _teachers_school(number: int) -> str:
    return "lower" if number < 2 else "upper"


def _terms(year: int) -> Iterator[Row]:
    """Yield a school year and its two terms. The source uses the ids again each year."""
    for id_, title, type_, starts, ends in (
        ("year", f"{year - 1}-{year}", "schoolYear", f"{year - 1}-08-17", f"{year}-06-11"),
        ("fall", f"Fall {year - 1}", "semester", f"{year - 1}-08-17", f"{year}-01-15"),
        ("spring", f"Spring {year}", "semester", f"{year}-01-18", f"{year}-06-11"),
    ):
        yield {
            "sourcedId": id_,
            "title": title,
            "type": type_,
            "startDate": starts,
            "endDate": ends,
            "parentSourcedId": "" if id_ == "year" else "year",
            "schoolYear": str(year),
        }


def _enrollments(students: list[Row], year: int) -> Iterator[Row]:
    for row in students:
        yield from enrollments_of(row["sourcedId"], row["grades"], year)
    for number, grade in enumerate(SCHOOLS):
        for subject in SUBJECTS:
            yield _enrollment(f"{grade}-{subject}", f"t{number}", "teacher", year)


def _enrollment(section: str, id_: str, role: str, year: int) -> Row:
    return {
        "classSourcedId": section,
        "userSourcedId": id_,
        "role": role,
        "beginDate": f"{year - 1}-08-17",
        "endDate": f"{year}-06-11",
    }


def _find(tables: Tables, id_: str) -> Row:
    (found,) = (row for row in tables["users"] if row["sourcedId"] == id_)
    return found


def _leave(tables: Tables, *ids: str) -> None:
    tables.keep("users", lambda row: row["sourcedId"] not in ids)
    tables.keep("enrollments", lambda row: row["userSourcedId"] not in ids)


def _change_grade(tables: Tables, id_: str, grade: str) -> None:
    _find(tables, id_).update(grades=grade, orgSourcedIds=SCHOOLS[grade])
    tables.keep("enrollments", lambda row: row["userSourcedId"] != id_)
    tables["enrollments"].extend(enrollments_of(id_, grade))


def first_load(tables: Tables) -> None:
    """August: the vendor is empty."""


def nothing_new(tables: Tables) -> None:
    """The next night."""


def nightly_changes(tables: Tables) -> None:
    """September: a new student, a new name and a new address."""
    tables["users"].append(student(20, "09"))
    tables["enrollments"].extend(enrollments_of("s20", "09"))
    _find(tables, "s1")["familyName"] = "Ekpo"
    _find(tables, "t1")["email"] = "teacher@school.example"


def move_to_other_sections(tables: Tables) -> None:
    """October: a student moves to the next grade."""
    _change_grade(tables, "s0", "10")


def move_to_another_school(tables: Tables) -> None:
    """November: a student moves to the other school."""
    _change_grade(tables, "s5", "11")


def guardians_change(tables: Tables) -> None:
    """January: a student gets a second guardian, and another one has none any more."""
    tables["users"].append(person("g6", "guardian", "lower"))
    _find(tables, "s2")["agentSourcedIds"] += ",g6"
    _find(tables, "s3")["agentSourcedIds"] = ""


def one_leaves(tables: Tables) -> None:
    """February: a student leaves."""
    _leave(tables, "s7")


def the_year_ends(tables: Tables) -> None:
    """June: the terms are over."""


def leavers(tables: Tables) -> None:
    """June: the last grade leaves."""
    _leave(tables, *(f"s{number}" for number in range(15, 20)))


def new_year(tables: Tables) -> None:
    """August: everybody is promoted, and the ids of terms and classes are used again."""
    tables.rows["academicSessions"] = list(_terms(2028))
    for row in tables["users"]:
        if row["grades"]:
            grade = f"{int(row['grades']) + 1:02}"
            row.update(grades=grade, orgSourcedIds=SCHOOLS[grade])
    tables["users"].extend(student(number, "09") for number in range(21, 26))
    students = [row for row in tables["users"] if row["grades"]]
    tables.rows["enrollments"] = list(_enrollments(students, 2028))


def one_returns(tables: Tables) -> None:
    """September: the student who left in February is back."""
    tables["users"].append(student(7, "11"))
    tables["enrollments"].extend(enrollments_of("s7", "11", 2028))


STEPS = [
    Step(
        date(2026, 8, 20),
        first_load,
        {
            ("add", "orgs"): 2,
            ("add", "terms"): 3,
            ("add", "people"): 30,
            ("add", "relationships"): 20,
            ("add", "courses"): 4,
            ("add", "sections"): 8,
            ("add", "enrollments"): 48,
        },
    ),
    Step(date(2026, 8, 21), nothing_new, {}),
    Step(
        date(2026, 9, 10),
        nightly_changes,
        {
            ("add", "people"): 1,
            ("add", "relationships"): 1,
            ("add", "enrollments"): 2,
            ("update", "people"): 2,
        },
    ),
    Step(
        date(2026, 10, 15),
        move_to_other_sections,
        {("update", "people"): 1, ("add", "enrollments"): 2, ("remove", "enrollments"): 2},
    ),
    Step(
        date(2026, 11, 10),
        move_to_another_school,
        {("update", "people"): 1, ("add", "enrollments"): 2, ("remove", "enrollments"): 2},
    ),
    Step(
        date(2027, 1, 20),
        guardians_change,
        {("add", "people"): 1, ("add", "relationships"): 1, ("remove", "relationships"): 1},
    ),
    Step(date(2027, 2, 15), one_leaves, {("remove", "people"): 1}),
    Step(date(2027, 6, 14), the_year_ends, {}),
    Step(
        date(2027, 6, 30),
        leavers,
        {("remove", "people"): 5},
        refused=frozenset({"max_source_shrink"}),
        guard={"max_removed_share": 0.5, "max_source_shrink": 0.5},
    ),
    Step(
        date(2027, 8, 20),
        new_year,
        {
            ("add", "terms"): 3,
            ("add", "people"): 5,
            ("add", "relationships"): 5,
            ("add", "sections"): 8,
            ("add", "enrollments"): 48,
            ("update", "people"): 4,
        },
        guard={"mode": PlanMode.NEW_SCHOOL_YEAR},
    ),
    Step(
        date(2027, 9, 1),
        one_returns,
        {("return", "people"): 1, ("add", "relationships"): 1, ("add", "enrollments"): 2},
    ),
]
