"""A school year with a sandbox of ManageBac: the number of changes in each step.

ManageBac has no schools, terms and courses that a plan could create. So the account has the year
groups, terms and subjects of a school year before the first plan of the year.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import attrs

from lms_async.roster import Reason, RosterMapping
from manabac_async import ManageBac
from manabac_async.roster import ManageBacRoster
from manabac_async.sandbox import ManageBacSandbox, School
from tests.roster.school_year import MAPPING, Year
from tests.roster.school_year_steps import CODES, SCHOOLS, STEPS, SUBJECTS, first_tables

#: The program of each grade.
PROGRAMS = {"09": "myp", "10": "myp", "11": "diploma", "12": "diploma"}
#: ManageBac has these, and a plan does not change them.
ALWAYS_LEFT = {("orgs", Reason.KIND_NOT_HELD): 2, ("courses", Reason.KIND_NOT_HELD): 4}
_ALL_TERMS = {("terms", Reason.KIND_NOT_HELD): 3}
_FALL_IS_OVER = {("terms", Reason.KIND_NOT_HELD): 2, ("terms", Reason.ENDED): 1}
_YEAR_IS_OVER = {("terms", Reason.ENDED): 3}
#: What is left alone besides, by step.
LEFT = {
    "guardians_change": _FALL_IS_OVER,
    "one_leaves": {
        **_FALL_IS_OVER,
        ("enrollments", Reason.ENDS_WITH_PARENT): 2,
        ("relationships", Reason.ENDS_WITH_PARENT): 1,
    },
    # ManageBac's term ends a week later. Nobody leaves a class before.
    "the_year_ends": {
        **_YEAR_IS_OVER,
        ("enrollments", Reason.NOT_ENROLLED): 48,
        ("enrollments", Reason.ENDED): 48,
    },
    "leavers": {
        **_YEAR_IS_OVER,
        ("sections", Reason.ENDED): 8,
        ("enrollments", Reason.NOT_ENROLLED): 38,
        ("relationships", Reason.ENDS_WITH_PARENT): 5,
    },
}


def year_group(grade: str, ends: int) -> str:
    """Return the year group of a grade. It keeps its name, and has the next grade each year.

    :param ends: the year in which the school year ends.
    """
    return f"{PROGRAMS[grade]} Class of {ends + 12 - int(grade)}"


def mapping_of(ends: int) -> RosterMapping:
    """Return the settings of a school year. Its year groups and terms are new each year."""
    year = f"{ends - 1}-{ends}"
    return attrs.evolve(
        MAPPING,
        roles={"student": "student", "teacher": "teacher", "guardian": "parent"},
        enrollment_roles={"student": "student", "teacher": "teacher"},
        grades={grade: year_group(grade, ends) for grade in SCHOOLS},
        subjects={f"{code}-{subject}": subject for code in CODES.values() for subject in SUBJECTS},
        terms={f"Fall {ends - 1}": f"{year} Semester 1", f"Spring {ends}": f"{year} Semester 2"},
    )


def open_school_year(school: School, ends: int) -> None:
    """Do what an administrator does at ManageBac before a school year begins."""
    academics = school.academics
    for program in dict.fromkeys(PROGRAMS.values()):
        year = academics.add_year(program)
        for name, starts_on, ends_on in (
            ("Semester 1", date(ends - 1, 8, 18), date(ends - 1, 12, 19)),
            ("Semester 2", date(ends, 1, 7), date(ends, 6, 19)),
        ):
            academics.add_term(starts_on, ends_on, name=name, academic_year_id=year.id)
    groups = {group.name: group for group in school.ib_groups.values()}
    for grade, program in PROGRAMS.items():
        name = year_group(grade, ends)
        group = groups.get(name) or school.add_ib_group(
            name, program_code=program, program=academics.programs[program].name
        )
        group.grade, group.grade_number = f"Grade {int(grade)}", int(grade) + 1


async def test_school_year(
    managebac: ManageBac, managebac_sandbox: ManageBacSandbox, tmp_path: Path
) -> None:
    school = managebac_sandbox.school = School()
    for program in dict.fromkeys(PROGRAMS.values()):
        subjects = school.academics.add_subject_group("Subjects", program)
        for subject in SUBJECTS:
            school.academics.add_subject(subject, subjects.id)
    open_school_year(school, 2027)
    withdraws = ManageBacRoster(managebac)
    graduates = ManageBacRoster(managebac, archive_as="graduated")
    year = Year(withdraws, tmp_path, first_tables(), mapping_of(2027))
    for step in STEPS:
        if step.name == "new_year":
            open_school_year(school, 2028)
            year.mapping = mapping_of(2028)
        is_graduation = step.name == "leavers"
        year.target = graduates if is_graduation else withdraws
        left: Counter[tuple[str, Reason]] = Counter()
        for (kind, reason, _), count in (await year.night(step)).counts_left_alone().items():
            left[kind, reason] += count
        assert left == {**ALWAYS_LEFT, **LEFT.get(step.name, _ALL_TERMS)}, step.name
    students = school.students.values()
    assert Counter(one.archived for one in students) == {False: 21, True: 5}
    assert {one.graduated_on for one in students if one.archived} == {"2027-06-30"}
    # Last year's classes stay, with everybody who was not archived.
    assert Counter(one.archived for one in school.classes.values()) == {False: 16}
    seats = Counter(
        str(school.classes[class_id].uniq_id)[-4:]
        for class_id in school.classes
        for _ in school.ledger.in_class(class_id, teaches=False)
    )
    assert seats == {"2027": 30, "2028": 42}
