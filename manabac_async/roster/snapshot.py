"""Read all records of a school, 200 per request.

Only the keys and ids of people and classes are kept in memory.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from datetime import date

import attrs

from lms_async.roster import Entry, naming_kind

from ..client import ManageBac
from ..models.membership import Membership
from ..models.parent import Parent
from ..models.person import Person
from . import enrollments, people, relationships, sections
from .people import PARENTS, STUDENTS, TEACHERS
from .references import PER_PAGE, YearGroups, read_year_groups


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
    :param memberships: all memberships. They are read last.
    """

    client: ManageBac
    school: str
    as_of: date
    memberships: AsyncIterable[Membership]
    _people: dict[str, _Known] = attrs.field(factory=dict, init=False)
    #: The keys of the classes in use.
    _classes: dict[str, str] = attrs.field(factory=dict, init=False)

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """Yield the entry of each record.

        :raises KindUnreadable: the account may not read the records of a kind.
        :raises LmsError: a record can't be read.
        """
        for kind, read in (
            ("people", self._read_people),
            ("sections", self._read_sections),
            ("enrollments", self._read_enrollments),
        ):
            with naming_kind(kind):
                async with aclosing(read()) as entries:
                    async for entry in entries:
                        yield entry

    async def _read_people(self) -> AsyncGenerator[Entry, None]:
        """Yield the people, and with each parent the links to the children."""
        client = self.client
        year_groups = await read_year_groups(client)
        # Without a filter, these lists have archived people too.
        async for student in client.students.list(per_page=PER_PAGE):
            yield self._person(student, STUDENTS, year_groups)
        async for teacher in client.teachers.list(per_page=PER_PAGE):
            yield self._person(teacher, TEACHERS, year_groups)
        async for parent in client.parents.list(per_page=PER_PAGE):
            yield self._person(parent, PARENTS, year_groups)
            for link in self._links(parent):
                yield link

    async def _read_sections(self) -> AsyncGenerator[Entry, None]:
        terms = await sections.read_terms(self.client)
        for archived in (False, True):
            async for class_ in self.client.classes.list(archived=archived, per_page=PER_PAGE):
                entry = sections.entry(class_, terms, school=self.school, as_of=self.as_of)
                if entry.active:
                    self._classes[entry.vendor_id] = entry.key
                yield entry

    async def _read_enrollments(self) -> AsyncGenerator[Entry, None]:
        async for membership in self.memberships:
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

    def _person(self, person: Person, path: str, year_groups: YearGroups) -> Entry:
        entry = people.entry(person, path, school=self.school, year_groups=year_groups)
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
