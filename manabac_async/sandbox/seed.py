"""Generate a realistic international school. The same seed gives the same school."""

from __future__ import annotations

import random
from datetime import date

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
_SUBJECTS = (
    *("Biology", "Chemistry", "Chinese B", "Economics", "English A Literature", "History"),
    *("Mathematics", "Music", "Philosophy", "Physics", "Spanish ab initio", "Visual Arts"),
)
_PROGRAMS = {"diploma": "IB Diploma", "myp": "IB MYP"}
_GRADES = (("diploma", 12), ("diploma", 11), ("myp", 10), ("myp", 9), ("myp", 8), ("myp", 7))


def fill(
    school: SchoolState, *, students: int, teachers: int, classes: int, parents: int, members: int
) -> None:
    """Put people and classes into an empty school."""
    rng = random.Random(f"managebac {school.seed}")  # noqa: S311 - not a secret
    autumn = school.add_term(date(2025, 8, 20), date(2025, 12, 19))
    spring = school.add_term(date(2026, 1, 7), date(2026, 6, 19))
    groups = [
        school.add_ib_group(
            f"{_PROGRAMS[code]} Class of {2038 - grade} (Grade {grade})",
            program_code=code,
            program=_PROGRAMS[code],
            grade=f"Grade {grade}",
        )
        for code, grade in _GRADES
    ]
    for number in range(1, teachers + 1):
        school.add_teacher(
            f"teacher{number}@school.example",
            first_name=rng.choice(_FIRST),
            last_name=rng.choice(_LAST),
            gender=rng.choice(("Male", "Female")),
        )
    for number in range(1, students + 1):
        code, grade = rng.choice(_GRADES)
        student = school.add_student(
            f"student{number}@school.example",
            student_id=str(10000 + number),
            first_name=rng.choice(_FIRST),
            last_name=rng.choice(_LAST),
            gender=rng.choice(("Male", "Female")),
            birthday=f"{2020 - grade}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            program="IB DP" if code == "diploma" else "IB MYP",
            class_year=grade + 1,  # the vendor's number: Grade 12 is 13
            country="HK",
        )
        groups[_GRADES.index((code, grade))].student_ids.append(student.id)
    people = list(school.students)
    for number in range(1, parents + 1):
        school.add_parent(
            f"parent{number}@family.example",
            first_name=rng.choice(_FIRST),
            last_name=rng.choice(_LAST),
            children=rng.sample(people, min(len(people), rng.choice((1, 1, 2)))),
        )
    for number in range(1, classes + 1):
        subject, grade = rng.choice(_SUBJECTS), rng.choice((11, 12))
        made = school.add_class(
            f"IB DP {subject} (Grade {grade})",
            uniq_id=rng.choice(("", f"DP{number}{subject[:3]}")),
            grade=f"Grade {grade}",
            class_type="IB Diploma",
            start_term_id=autumn.id,
            end_term_id=spring.id,
        )
        if members and school.teachers:
            school.teach(made.id, rng.choice(list(school.teachers)))
        for student_id in rng.sample(people, min(len(people), members)):
            school.enrol(made.id, student_id, level=rng.choice(("SL", "HL", None)))
