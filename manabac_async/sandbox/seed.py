"""Generate a realistic international school. The same seed gives the same school."""

from __future__ import annotations

import random
from datetime import date

from attrs import frozen

from .records import YearGroup
from .roster import RELATIONSHIPS
from .school_state import SchoolState

_FIRST = (
    *("Chloe", "Peter", "Zoë", "José", "Łukasz", "Aoife", "Søren", "Jürgen", "Ngọc", "Fatima"),
    *("Omar", "Priya", "Arjun", "Mei", "Haruto", "Σοφία", "Иван", "李娜", "محمد", "Grace"),
    *("Mateo", "Lucía", "Björn", "Siân", "D'Andre", "Mary-Jane", "Kwame", "Tāne", "Jean-Luc"),
)
_LAST = (
    *("Smith", "O'Brien", "García", "Müller", "Nguyễn", "Kowalski", "Åkerström", "D'Souza"),
    *("Singh", "Tanaka", "王", "Παπαδόπουλος", "Петров", "الحسن", "Okafor", "Mensah", "Silva"),
    *("van der Berg", "de la Cruz", "St. John", "Çelik", "Kim", "Cohen", "Novák", "Þórsson"),
)
_SUBJECTS = {
    "Studies in Language": ("English A Literature", "Chinese B", "Spanish ab initio"),
    "Individuals and Societies": ("Economics", "History", "Philosophy"),
    "Sciences": ("Biology", "Chemistry", "Physics"),
    "Mathematics and Arts": ("Mathematics", "Music", "Visual Arts"),
}
_GRADES = (("diploma", 12), ("diploma", 11), ("myp", 10), ("myp", 9), ("myp", 8), ("myp", 7))
_SCALE = ((80.0, "7"), (70.0, "6"), (60.0, "5"), (50.0, "4"), (40.0, "3"), (25.0, "2"), (0.0, "1"))


@frozen
class Size:
    """The size of the school."""

    students: int = 0
    teachers: int = 0
    classes: int = 0
    parents: int = 0
    members: int = 0
    """The students of each class."""
    year_groups: int = 6
    school_year: int = 2025
    """The year in which the current school year begins."""


def fill(school: SchoolState, size: Size) -> None:
    """Fill an empty school with people, classes and programs."""
    rng = random.Random(f"managebac {school.seed}")  # noqa: S311 - not a secret
    _academics(school, size.school_year)
    groups = _year_groups(school, size.year_groups, size.school_year)
    for number in range(1, size.teachers + 1):
        school.add_teacher(
            f"teacher{number}@school.example",
            first_name=rng.choice(_FIRST),
            last_name=rng.choice(_LAST),
            gender=rng.choice(("Male", "Female")),
        )
    teachers = list(school.teachers)
    for at, group in enumerate(groups):
        if teachers:
            group.advisors[teachers[at % len(teachers)]] = ["homeroom"]
    for number in range(1, size.students + 1):
        group = rng.choice(groups)
        grade = (group.grade_number or 13) - 1
        student = school.add_student(
            f"student{number}@school.example",
            student_id=str(10000 + number),
            first_name=rng.choice(_FIRST),
            last_name=rng.choice(_LAST),
            gender=rng.choice(("Male", "Female")),
            birthday=f"{2020 - grade}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            program="IB DP" if group.program_code == "diploma" else "IB MYP",
            class_year=group.grade_number,  # the vendor's number: Grade 12 is 13
            country="HK",
        )
        student.homeroom_advisor = next(iter(group.advisors), None)
        group.student_ids.append(student.id)
    people = list(school.students)
    for number in range(1, size.parents + 1):
        parent = school.add_parent(
            f"parent{number}@family.example",
            first_name=rng.choice(_FIRST),
            last_name=rng.choice(_LAST),
            children=rng.sample(people, min(len(people), rng.choice((1, 1, 2)))),
        )
        for child in parent.kin:
            school.relations.kinds[parent.id, child] = rng.choice(RELATIONSHIPS[:5])
    _classes(school, size, rng, people, teachers)


def _academics(school: SchoolState, school_year: int) -> None:
    """Add last year and this one, subjects, scales and one report, for each program."""
    academics = school.academics
    for code in academics.programs:
        for first in (school_year, school_year - 1):
            year = academics.add_year(code)
            for name, starts_on, ends_on in (
                ("Semester 1", date(first, 8, 20), date(first, 12, 19)),
                ("Semester 2", date(first + 1, 1, 7), date(first + 1, 6, 19)),
            ):
                academics.add_term(starts_on, ends_on, name=name, academic_year_id=year.id)
        for name, subjects in _SUBJECTS.items():
            group = academics.add_subject_group(name, code)
            for subject in subjects:
                levels = {"sl": code == "diploma", "hl": code == "diploma"}
                academics.add_subject(subject, group.id, code=subject[:3].upper(), **levels)
        academics.term_grade_scales += [
            {"score": score, "mark": mark, "program_code": code} for score, mark in _SCALE
        ]
        rubric = {
            "id": len(academics.term_rubrics) + 1,
            "title": "Effort",
            "program_code": code,
            "rubric_type": "All Subjects",
            "type": "Criteria",
            "status": "active",
            "rubric_options": [{"id": 1, "value": "A", "descriptor": "Always"}],
        }
        academics.term_rubrics.append(rubric)
        academics.assessment_types[code] = [
            {
                "id": 1,
                "kind": "summative",
                "name": "Summative",
                "color_code": "#478cfe",
                "available_assessments": ["binary"],
                "required_assessments": ["criteria"],
            }
        ]
        first_term = next(term for term in academics.terms_of(year.id))
        academics.add_report(
            f"{first_term.name} report", first_term.id, files={"pdf": b"%PDF-1.4 sandbox"}
        )


def _year_groups(school: SchoolState, count: int, school_year: int) -> list[YearGroup]:
    """Add year groups. Those after the sixth are parallel ones: A, B and so on."""
    groups = []
    for number in range(count):
        code, grade = _GRADES[number % len(_GRADES)]
        program = school.academics.programs[code]
        parallel = number // len(_GRADES)
        ending = f" {parallel + 1}" if parallel else ""
        graduation = school_year + 13 - grade
        groups.append(
            school.add_ib_group(
                f"{program.name} Class of {graduation} (Grade {grade}){ending}",
                program_code=code,
                program=program.name,
                grade=f"Grade {grade}",
                short_name=f"{code[:2].upper()}{graduation}{ending}",
                grade_number=grade + 1,
                graduation_year=graduation,
            )
        )
    return groups


def _classes(
    school: SchoolState, size: Size, rng: random.Random, people: list[int], teachers: list[int]
) -> None:
    academics = school.academics
    year = next(academics.years_of("diploma"))
    terms = academics.terms_of(year.id)
    subjects = [each for each in academics.subjects.values() if each.program == "diploma"]
    for number in range(1, size.classes + 1):
        subject, grade = rng.choice(subjects), rng.choice((11, 12))
        made = school.add_class(
            f"IB DP {subject.name} (Grade {grade})",
            uniq_id=rng.choice(("", f"DP{number}{subject.name[:3]}")),
            grade=f"Grade {grade}",
            class_type="IB Diploma",
            program_code="diploma",
            grade_number=grade + 1,
            language="en",
            subject_ids=[subject.id],
            sl=True,
            hl=True,
            start_term_id=terms[0].id,
            end_term_id=terms[-1].id,
        )
        if size.members and teachers:
            school.teach(made.id, rng.choice(teachers))
        for student_id in rng.sample(people, min(len(people), size.members)):
            school.enrol(made.id, student_id, level=rng.choice(("SL", "HL", None)))
