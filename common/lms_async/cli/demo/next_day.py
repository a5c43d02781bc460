"""What changes in a district from one day to the next."""

from __future__ import annotations

import attrs

from .district import District, Person

#: In each group of so many students, one moves, one changes a section, and so on.
_ONE_IN = 50
#: How many sections a student joins who is new in a school.
_SECTIONS = 4


def next_day(district: District) -> tuple[District, list[str]]:
    """Return the district on the next day, and what changed in it, in a few words each."""
    students = district.of_role("student")
    leavers = [*students[:: _ONE_IN * 2], *students[1 :: _ONE_IN * 2]]  # siblings
    movers, switching, married, families = (students[start::_ONE_IN] for start in range(2, 6))
    people, enrollments = dict(district.people), dict(district.enrollments)

    for student in leavers:
        for id_ in (student.id, *student.guardians):
            people.pop(id_, None)
    for student in movers:
        people[student.id] = attrs.evolve(student, school=_next_school(district, student))
    for student in married:
        people[student.id] = attrs.evolve(student, family_name="Rivera-Lund")
    new = [attrs.evolve(student, id=f"{student.id}-B", given_name="Noor") for student in families]
    people |= {student.id: student for student in new}

    gone = {student.id for student in (*leavers, *movers)}
    enrollments = {
        (section, person): role
        for (section, person), role in enrollments.items()
        if person in people and person not in gone
    }
    for student in (*movers, *new):
        for id_ in district.sections_of(people[student.id].school)[:_SECTIONS]:
            enrollments[id_, student.id] = "student"
    for student in switching:
        _switch(district, student, enrollments)

    sections = dict(district.sections)
    renamed = list(sections.values())[::_ONE_IN]
    for section in renamed:
        sections[section.id] = attrs.evolve(section, title=f"{section.title} (honors)")
    changed = attrs.evolve(district, people=people, sections=sections, enrollments=enrollments)
    return changed, [
        f"{len(district.people.keys() - people.keys())} people left",
        f"{len(movers)} students moved to another school",
        f"{len(switching)} students changed a section",
        f"{len(new)} students are new",
        f"{len(married)} students have a new family name",
        f"{len(renamed)} sections have a new title",
    ]


def _next_school(district: District, student: Person) -> str:
    codes = list(district.schools)
    return codes[(codes.index(student.school) + 1) % len(codes)]


def _switch(district: District, student: Person, enrollments: dict[tuple[str, str], str]) -> None:
    """Move a student from one section to another one of the same school."""
    sections = district.sections_of(student.school)
    left = next(section for section in sections if (section, student.id) in enrollments)
    del enrollments[left, student.id]
    joined = next(
        section
        for section in sections
        if section != left and (section, student.id) not in enrollments
    )
    enrollments[joined, student.id] = "student"
