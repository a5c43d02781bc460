"""Read all records of a school, 200 per request.

Only the keys and ids of people and classes, and the pages that were read ahead, are kept in memory.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from datetime import date
from typing import Any

import attrs

from lms_async.roster import Entry, naming_kind
from lms_async.roster.targets.listed import Listed, in_turn

from ..client import ManageBac
from ..models.class_ import Class
from ..models.membership import Membership
from ..models.parent import Parent
from ..models.person import Person
from . import enrollments, people, relationships, sections
from .people import PARENTS, STUDENTS, TEACHERS
from .references import PER_PAGE, YearGroups, read_year_groups
from .terms import Terms


@attrs.frozen
class _Known:
    """A person, for the records that refer to people."""

    path: str
    key: str
    active: bool


@attrs.define
class Snapshot:
    """Reads the entries of one account, once.

    :param school: the key of the school.
    :param as_of: the day on which classes may be over.
    :param memberships: all memberships, in lists of any length. They are read last.
    """

    client: ManageBac
    school: str
    as_of: date
    memberships: AsyncGenerator[Sequence[Membership], None]
    _people: dict[str, _Known] = attrs.field(factory=dict, init=False)
    #: The keys of the classes in use.
    _classes: dict[str, str] = attrs.field(factory=dict, init=False)
    _year_groups: YearGroups = attrs.field(init=False)
    _terms: Terms = attrs.field(init=False)

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """Yield the entry of each record.

        :raises KindUnreadable: the account may not read the records of a kind.
        :raises LmsError: a record can't be read.
        """
        client = self.client
        with naming_kind("people"):
            self._year_groups = await read_year_groups(client)
        lists: list[Listed[Any]] = [
            # Without a filter, these lists have archived people too.
            Listed("people", client.students.list(per_page=PER_PAGE).pages(), self._students),
            Listed("people", client.teachers.list(per_page=PER_PAGE).pages(), self._teachers),
            Listed("people", client.parents.list(per_page=PER_PAGE).pages(), self._parents),
            Listed("sections", self._class_pages(), self._sections),
            Listed("enrollments", self.memberships, self._enrollments),
        ]
        async with aclosing(in_turn(*lists)) as entries:
            async for entry in entries:
                yield entry

    async def _class_pages(self) -> AsyncGenerator[list[Class], None]:
        """Read the terms, and then the classes."""
        self._terms = await sections.read_terms(self.client)
        for archived in (False, True):
            classes = self.client.classes.list(archived=archived, per_page=PER_PAGE)
            async with aclosing(classes.pages()) as pages:
                async for page in pages:
                    yield page

    def _students(self, students: Sequence[Person]) -> Iterator[Entry]:
        return (self._person(student, STUDENTS) for student in students)

    def _teachers(self, teachers: Sequence[Person]) -> Iterator[Entry]:
        return (self._person(teacher, TEACHERS) for teacher in teachers)

    def _parents(self, parents: Sequence[Parent]) -> Iterator[Entry]:
        """Yield the parents, and with each of them the links to the children."""
        for parent in parents:
            yield self._person(parent, PARENTS)
            yield from self._links(parent)

    def _sections(self, classes: Sequence[Class]) -> Iterator[Entry]:
        for class_ in classes:
            entry = sections.entry(class_, self._terms, school=self.school, as_of=self.as_of)
            if entry.active:
                self._classes[entry.vendor_id] = entry.key
            yield entry

    def _enrollments(self, memberships: Sequence[Membership]) -> Iterator[Entry]:
        for membership in memberships:
            person = self._people.get(membership.user_id or "")
            section = self._classes.get(membership.class_id or "")
            # The members of a class of last year stay in it.
            if section is not None and person is not None and person.active:
                yield enrollments.entry(
                    membership,
                    section=section,
                    person=person.key,
                    path=person.path,
                    school=self.school,
                )

    def _person(self, person: Person, path: str) -> Entry:
        entry = people.entry(person, path, school=self.school, year_groups=self._year_groups)
        self._people[person.id or ""] = _Known(path, entry.key, entry.active)
        return entry

    def _links(self, parent: Parent) -> list[Entry]:
        own = self._people[parent.id or ""]
        children = [(id_, self._people.get(id_)) for id_ in relationships.children_of(parent)]
        return [
            relationships.entry(
                parent,
                id_,
                child=child.key,
                key=own.key,
                active=own.active and child.active,
                school=self.school,
            )
            for id_, child in children
            if child is not None
        ]
