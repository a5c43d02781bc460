"""An invented school district. The same size gives the same district.

Nothing here knows the model of ``lms_async.roster``, so that a vendor can be compared with the
district independently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from ..roster_support import DemoRecord

_SCHOOLS = {"NORTH": "North School", "SOUTH": "South School"}
_SUBJECTS = ("Algebra", "Biology", "Drama", "English", "French", "History", "Music", "Physics")
_GIVEN = ("Amelia", "José", "Zoë", "Łukasz", "Fatima", "Arjun", "Mei", "Σοφία", "Grace", "Kwame")
_FAMILY = ("Okafor", "O'Brien", "García", "Müller", "Nguyễn", "Singh", "Tanaka", "Novák", "Silva")
#: Students of a section, sections of a student, students per teacher, and sections of a course.
_SEATS, _SECTIONS_EACH, _PER_TEACHER, _SECTIONS_OF_COURSE = 25, 4, 20, 4


@attrs.frozen(kw_only=True)
class Person:
    """A student, a teacher or a guardian.

    :param guardians: the ids of a student's guardians.
    """

    id: str
    role: str
    given_name: str
    family_name: str
    school: str
    guardians: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """The email address, which stays when the name changes."""
        return f"{self.id.lower()}@district.example"

    def record(self) -> DemoRecord:
        """Return the person as a record, without guardians."""
        values = {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "email": self.email,
            "role": self.role,
            "school": self.school,
        }
        return DemoRecord("people", (self.id,), values)


@attrs.frozen(kw_only=True)
class Course:
    """A course of a school."""

    id: str
    title: str
    school: str


@attrs.frozen(kw_only=True)
class Section:
    """A section of a course, in the school of the course."""

    id: str
    title: str
    course: str


@attrs.frozen(kw_only=True)
class District:
    """Everything that the district's own system knows.

    :param schools: the names of the schools by code.
    :param people: by id, like the other kinds.
    :param enrollments: the role by section and person.
    """

    schools: Mapping[str, str]
    people: Mapping[str, Person]
    courses: Mapping[str, Course]
    sections: Mapping[str, Section]
    enrollments: Mapping[tuple[str, str], str]

    def of_role(self, role: str) -> list[Person]:
        """Return the people with this role."""
        return [person for person in self.people.values() if person.role == role]

    def sections_of(self, school: str) -> list[str]:
        """Return the ids of the school's sections."""
        return [
            section.id
            for section in self.sections.values()
            if self.courses[section.course].school == school
        ]

    def records(self) -> Iterator[DemoRecord]:
        """Yield all records, to compare them with those of a vendor."""
        for person in self.people.values():
            yield person.record()
            for guardian in person.guardians:
                yield DemoRecord("relationships", (person.id, guardian))
        for course in self.courses.values():
            values = {"title": course.title, "school": course.school}
            yield DemoRecord("courses", (course.id,), values)
        for section in self.sections.values():
            values = {"title": section.title, "course": section.course}
            yield DemoRecord("sections", (section.id,), values)
        for key, role in self.enrollments.items():
            yield DemoRecord("enrollments", key, {"role": role})


def make_district(students: int) -> District:
    """Return a district of two schools.

    :param students: how many each school has: an even number, at least 50.
    """
    people: dict[str, Person] = {}
    courses: dict[str, Course] = {}
    sections: dict[str, Section] = {}
    enrollments: dict[tuple[str, str], str] = {}
    for school in _SCHOOLS:
        teachers = [_person(f"T-{school}-{at}", at) for at in range(-(-students // _PER_TEACHER))]
        pupils = [student for at in range(students) for student in _family(school, at)]
        people |= {person.id: person for person in (*teachers, *pupils)}
        ids = [person.id for person in pupils if person.role == "student"]
        for number in range(students * _SECTIONS_EACH // _SEATS):
            course = _course(school, number // _SECTIONS_OF_COURSE)
            courses[course.id] = course
            section = Section(
                id=f"{course.id}-{number % _SECTIONS_OF_COURSE + 1}",
                title=f"{course.title}, period {number % _SECTIONS_OF_COURSE + 1}",
                course=course.id,
            )
            sections[section.id] = section
            enrollments[section.id, teachers[number % len(teachers)].id] = "teacher"
            for seat in range(_SEATS):
                enrollments[section.id, ids[(number * _SEATS + seat) % students]] = "student"
    return District(
        schools=_SCHOOLS,
        people=people,
        courses=courses,
        sections=sections,
        enrollments=enrollments,
    )


def _family(school: str, at: int) -> Iterator[Person]:
    """Yield a student. Two students have the same guardian, whom the first brings."""
    guardian = _person(f"G-{school}-{at // 2}", at // 2)
    student = _person(f"S-{school}-{at}", at)
    yield attrs.evolve(student, family_name=guardian.family_name, guardians=(guardian.id,))
    if at % 2 == 0:
        yield guardian


def _person(id_: str, number: int) -> Person:
    kind, school, _ = id_.split("-")
    return Person(
        id=id_,
        role={"T": "teacher", "S": "student", "G": "guardian"}[kind],
        given_name=_GIVEN[number % len(_GIVEN)],
        family_name=_FAMILY[number % len(_FAMILY)],
        school=school,
    )


def _course(school: str, number: int) -> Course:
    title = f"{_SUBJECTS[number % len(_SUBJECTS)]} {number // len(_SUBJECTS) + 1}"
    return Course(id=f"C-{school}-{number + 1}", title=title, school=school)
