"""The records of a school's roster, without the words of any vendor.

Every text is stripped. An empty text, an empty tuple or ``None`` means that the source does not
say. A record is known by ``id``, the school's own id.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import attrs


def _text(default: str | None = "") -> Any:
    """Declare a text. It is required if ``default`` is ``None``."""
    return attrs.field(default=attrs.NOTHING if default is None else default, converter=str.strip)


def _texts() -> Any:
    return attrs.field(default=(), converter=tuple)


@attrs.frozen(kw_only=True)
class Org:
    """A school, or another unit such as a district or a department.

    :param type: ``school``, ``district``, ``department``, ``local``, ``state`` or ``national``.
    :param code: the code that the school uses for it, if that is not the id.
    """

    plural: ClassVar[str] = "orgs"

    id: str = _text(None)
    name: str = _text(None)
    type: str = _text(None)
    code: str = _text()
    parent_id: str = _text()


@attrs.frozen(kw_only=True)
class Term:
    """A school year or a part of it.

    :param type: ``schoolYear``, ``semester``, ``term`` or ``gradingPeriod``.
    :param starts: first day.
    :param ends: last day.
    :param school_year: the year in which the school year ends.
    """

    plural: ClassVar[str] = "terms"

    id: str = _text(None)
    title: str = _text(None)
    type: str = _text(None)
    starts: date | None = None
    ends: date | None = None
    school_year: int | None = None
    parent_id: str = _text()


@attrs.frozen(kw_only=True)
class Role:
    """What a person is, and in which org.

    :param role: a word such as ``student`` or ``teacher``. A word that OneRoster does not define
        is kept, so that a mapping can say what it means.
    :param primary: whether this is the one role to use where a vendor holds a single role.
    :param begins: first day on which the person has the role.
    :param ends: last day on which the person has the role.
    """

    role: str = _text(None)
    org_id: str = _text()
    primary: bool = False
    begins: date | None = None
    ends: date | None = None


@attrs.frozen(kw_only=True)
class Person:
    """A person with an account: a student, a member of staff, a parent, or another person.

    :param gender: ``male``, ``female``, ``other``, ``unspecified``, or the word of the source.
    :param roles: all roles. At most one is primary. It comes first.
    :param org_ids: the orgs of the person, the main one first.
    :param grades: grades as the source writes them.
    :param identifier: another number that the school uses, such as a student number.
    :param enabled: whether the person may sign in.
    """

    plural: ClassVar[str] = "people"

    id: str = _text(None)
    given_name: str = _text(None)
    family_name: str = _text(None)
    middle_name: str = _text()
    preferred_given_name: str = _text()
    email: str = _text()
    username: str = _text()
    phone: str = _text()
    sms: str = _text()
    birth_date: date | None = None
    gender: str = _text()
    roles: tuple[Role, ...] = _texts()
    org_ids: tuple[str, ...] = _texts()
    grades: tuple[str, ...] = _texts()
    identifier: str = _text()
    enabled: bool = True

    def __repr__(self) -> str:
        return "Person(…)"


@attrs.frozen(kw_only=True)
class Course:
    """What is taught. Its sections are the classes that people are enrolled in."""

    plural: ClassVar[str] = "courses"

    id: str = _text(None)
    title: str = _text(None)
    code: str = _text()
    org_id: str = _text()
    subjects: tuple[str, ...] = _texts()
    grades: tuple[str, ...] = _texts()
    term_id: str = _text()


@attrs.frozen(kw_only=True)
class Section:
    """A class: a course that is taught to some people in some terms.

    :param type: ``scheduled`` or ``homeroom``.
    """

    plural: ClassVar[str] = "sections"

    id: str = _text(None)
    title: str = _text(None)
    code: str = _text()
    course_id: str = _text(None)
    org_id: str = _text(None)
    term_ids: tuple[str, ...] = _texts()
    type: str = _text("scheduled")
    grades: tuple[str, ...] = _texts()
    subjects: tuple[str, ...] = _texts()
    periods: tuple[str, ...] = _texts()
    location: str = _text()


@attrs.frozen(kw_only=True)
class Enrollment:
    """A person in a section.

    :param role: ``student``, ``teacher``, ``administrator`` or ``proctor``, or the word of the
        source.
    :param primary: whether this is the main teacher.
    :param begins: first day, ``None`` for the first day of the section.
    :param ends: last day, ``None`` for the last day of the section.
    """

    plural: ClassVar[str] = "enrollments"

    section_id: str = _text(None)
    person_id: str = _text(None)
    role: str = _text(None)
    primary: bool = False
    begins: date | None = None
    ends: date | None = None
    id: str = _text()

    def __repr__(self) -> str:
        return "Enrollment(…)"


@attrs.frozen(kw_only=True)
class Relationship:
    """A person who is responsible for another one.

    :param person_id: the student.
    :param other_id: the guardian or advisor.
    :param kind: what the other person is: ``guardian``, ``parent``, ``relative``, ``advisor``.
    """

    plural: ClassVar[str] = "relationships"

    person_id: str = _text(None)
    other_id: str = _text(None)
    kind: str = _text(None)

    def __repr__(self) -> str:
        return "Relationship(…)"


@attrs.frozen(kw_only=True)
class Deleted:
    """A record that the source says was deleted (``tobedeleted`` in OneRoster).

    :param plural: what was deleted, such as ``people``.
    :param key: the id; of an enrollment the ids of section and person, with ``KEY_SEPARATOR``
        between them.
    """

    plural: str
    key: str

    def __repr__(self) -> str:
        return f"Deleted({self.plural!r}, …)"


Record = Org | Term | Person | Course | Section | Enrollment | Relationship

#: Every kind of record, in the order in which a source gives them.
KINDS: tuple[type[Record], ...] = (Org, Term, Person, Course, Section, Enrollment, Relationship)

#: Stands between the ids in the key of an enrollment or a relationship.
KEY_SEPARATOR = "\x1f"


def key_of(record: Record) -> str:
    """Return the key that two readings of the same record have in common."""
    if isinstance(record, Enrollment):
        return KEY_SEPARATOR.join((record.section_id, record.person_id))
    if isinstance(record, Relationship):
        return KEY_SEPARATOR.join((record.person_id, record.other_id, record.kind))
    return record.id
