"""The records that cells of a file name: people, classes, year groups, terms and subjects."""

from __future__ import annotations

from collections.abc import AsyncIterable, Collection

from lms_async.cli.directory import Directory, Named, named, reference_to

from ..client import ManageBac
from ..models import Class, Parent, Student, Teacher

#: Rows per page; the vendor returns at most 200.
PAGE_SIZE = 200


async def read_students(client: ManageBac, *, prefer_archived: bool = False) -> Directory:
    """Read all students. Their names are their ``student_id``, email address and identifier."""
    students = await _people(client.students.list(per_page=PAGE_SIZE))
    return Directory(students, prefer_archived=prefer_archived)


async def read_archived_students(client: ManageBac) -> Directory:
    """Read all students. An archived student comes before an active one with the same name."""
    return await read_students(client, prefer_archived=True)


async def read_teachers(client: ManageBac) -> Directory:
    """Read all teachers. Their names are their identifier and email address."""
    return Directory(await _people(client.teachers.list(per_page=PAGE_SIZE)))


async def read_parents(client: ManageBac) -> Directory:
    """Read all parents. Their names are their identifier and email address."""
    return Directory(await _people(client.parents.list(per_page=PAGE_SIZE)))


async def _people(people: AsyncIterable[Student | Teacher | Parent]) -> list[Named]:
    return [
        named(
            person.id,
            getattr(person, "student_id", None) or person.identifier,
            person.email,
            person.identifier,
            archived=bool(person.archived),
        )
        async for person in people
    ]


async def read_classes(client: ManageBac) -> Directory:
    """Read all classes. Their names are their ``uniq_id``."""
    return directory_of_classes(await client.classes.list(archived=None, per_page=PAGE_SIZE))


def directory_of_classes(classes: Collection[Class]) -> Directory:
    """Return the directory of classes that were already read."""
    return Directory(named(one.id, one.uniq_id, archived=bool(one.archived)) for one in classes)


async def read_year_groups(client: ManageBac) -> Directory:
    """Read all year groups, by their names and short names."""
    groups = await client.year_groups.list(archived=None, per_page=PAGE_SIZE)
    return Directory(
        named(one.id, one.name, one.short_name, archived=bool(one.archived)) for one in groups
    )


async def read_programs(client: ManageBac) -> Directory:
    """Read the programs. The id is the code, such as ``myp``."""
    programs = await client.school.grades()
    return Directory(named(one.code, one.code, one.name, one.short_name) for one in programs)


async def read_grades(client: ManageBac) -> Directory:
    """Read the grades of all programs. The id is the vendor's number, which differs from the label.

    If a label is the number of another grade, such as ``12``, a cell with it names two grades.
    """
    names: dict[str, dict[str, None]] = {}
    for program in await client.school.grades():
        for grade in program.grades or ():
            if grade.grade_number is not None:
                labels = names.setdefault(str(grade.grade_number), {})
                labels.update(dict.fromkeys(filter(None, (grade.label, grade.name))))
    return Directory(Named(number, tuple(labels)) for number, labels in names.items())


async def read_subjects(client: ManageBac) -> Directory:
    """Read the subjects of all programs. Their names are ``myp/Biology`` and ``Biology``."""
    return Directory(
        named(subject.id, f"{code}/{subject.name}", subject.name)
        for code, subjects in (await client.school.subjects()).items()
        for subject in subjects
    )


async def read_terms(client: ManageBac) -> Directory:
    """Read the terms of all programs. Their names are ``myp/2025-2026/Semester 1``,
    ``2025-2026/Semester 1`` and ``Semester 1``."""
    return Directory(
        named(term.id, f"{code}/{year.name}/{term.name}", f"{year.name}/{term.name}", term.name)
        for code, years in (await client.academic_years.list()).items()
        for year in years
        for term in year.academic_terms or ()
    )


STUDENT = reference_to("students", read_students)
#: A student to make active again.
ARCHIVED_STUDENT = reference_to("students", read_archived_students)
TEACHER = reference_to("teachers", read_teachers)
PARENT = reference_to("parents", read_parents)
CLASS = reference_to("classes", read_classes)
YEAR_GROUP = reference_to("year groups", read_year_groups, is_short=True)
PROGRAM = reference_to("programs", read_programs, is_short=True)
GRADE = reference_to("grades", read_grades, is_short=True)
SUBJECT = reference_to("subjects", read_subjects, is_short=True)
SUBJECTS = reference_to("subjects", read_subjects, is_short=True, several=True)
TERM = reference_to("terms", read_terms, is_short=True)
