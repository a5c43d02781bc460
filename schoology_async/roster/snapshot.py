"""Read all records of a school, with few requests and little memory.

Only the ids of people, and the records of courses and sections, are kept in memory. Sections are
read while people are, because the rows of an export take seconds of CPU time, and the rate limit
would not be used meanwhile. Sections and their enrollments are read with ``multiget``, 50 lists per
request, or with single requests if Schoology refuses it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from datetime import date
from functools import partial
from typing import Any, TypeVar

import attrs

from lms_async.errors import LmsError
from lms_async.roster import Entry, naming_kind
from lms_async.roster.targets.started import started

from ..models import Course, Enrollment, GradingPeriod, Section
from . import courses, enrollments, people, relationships, sections, terms
from .people import PeopleNames, read_people_names
from .people_reading import PeopleFrom, PeopleReader, ReadPerson
from .references import Account, Periods

I = TypeVar("I")  # noqa: E741 - the type of an item
T = TypeVar("T")


@attrs.define
class Snapshot:
    """Reads the entries of one account, once.

    :param account: the account, whose roles and buildings are read again.
    :param as_of: the day on which sections may be over.
    :param people_from: whether active people are read from the list or from the CSV export.
    """

    account: Account
    as_of: date
    people_from: PeopleFrom = "list"
    #: The school_uid and the school of each active user, by Schoology's id.
    _known: dict[str, tuple[str, str]] = attrs.field(factory=dict, init=False, repr=False)
    #: The school_uid of each parent, with Schoology's ids of the children.
    _children: list[tuple[str, Sequence[str]]] = attrs.field(factory=list, init=False, repr=False)
    #: Schoology's ids of the inactive users.
    _inactive: set[str | None] = attrs.field(factory=set, init=False)

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """Yield the entry of each record.

        :raises LmsError: a record can't be read.
        """
        names, api_uid, periods, found = await self._references()
        for period in periods:
            yield terms.entry(period)
        reader = PeopleReader(self.account.client, names, api_uid)
        if self.people_from == "export":
            async with aclosing(self._people(reader.with_children())) as parents:
                async for entry in parents:
                    yield entry
        async with started(self._read_sections(found)) as reading_sections:
            others = reader.exported() if self.people_from == "export" else reader.listed()
            async with aclosing(self._people(others)) as people_there:
                async for entry in people_there:
                    yield entry
            async with aclosing(self._inactive_people()) as inactive_people:
                async for entry in inactive_people:
                    yield entry
            for entry in self._relationships():
                yield entry
            schools = {course.id: names.buildings.name(course.building_id) for course in found}
            for course in found:
                yield courses.entry(course, names.buildings)
            by_course = await reading_sections
        over = Periods(periods, self.as_of)
        current: list[Section] = []
        for course, some in by_course:
            school, code = schools[course.id], course.course_code or ""
            for section in some:
                yield sections.entry(section, course=code, school=school, periods=over)
                if not sections.is_over(section, over):
                    section.course_id = course.id
                    current.append(section)
        async with aclosing(self._members(current)) as by_section:
            async for section, members in by_section:
                school = schools[section.course_id]
                for entry in enrollments.entries(
                    members, section, school=school, inactive=self._inactive
                ):
                    yield entry

    async def _references(
        self,
    ) -> tuple[PeopleNames, str | None, list[GradingPeriod], list[Course]]:
        """Read side by side what the other records refer to.

        :raises LmsError: one of them can't be read.
        """
        self.account.forget()
        reads: list[tuple[str, Callable[[], Awaitable[Any]]]] = [
            ("people", partial(read_people_names, self.account)),
            ("people", self.account.client.app_user_info),
            ("terms", self.account.client.grading_periods.list),
            ("courses", self.account.client.courses.list),
        ]
        async with aclosing(self.account.client.gather(lambda one: one[1](), reads)) as results:
            names, user, periods, found = [_checked(one[0], got) async for one, got in results]
        return names, user.api_uid, periods, found

    async def _people(self, read: AsyncGenerator[ReadPerson, None]) -> AsyncGenerator[Entry, None]:
        """Yield the entries of active people, and keep what others refer to."""
        with naming_kind("people"):
            async with aclosing(read) as active:
                async for person in active:
                    entry = person.entry
                    self._known[entry.vendor_id] = entry.key, entry.org
                    if person.children:
                        self._children.append((entry.key, person.children))
                    yield entry

    async def _inactive_people(self) -> AsyncGenerator[Entry, None]:
        with naming_kind("people"):
            async for inactive in self.account.client.users.list_inactive():
                self._inactive.add(inactive.uid)
                yield people.inactive_entry(inactive)

    def _relationships(self) -> Iterator[Entry]:
        """Yield the links of parents to children, and then forget the people, to free memory."""
        for parent, uids in self._children:
            for uid in uids:
                # An inactive child is not in the list of users. The link is of no use.
                if uid in self._known:
                    student, school = self._known[uid]
                    yield relationships.entry(student, parent, school=school)
        self._known.clear()
        self._children.clear()

    async def _read_sections(self, found: list[Course]) -> list[tuple[Course, list[Section]]]:
        """Read the sections of each course."""
        view = self.account.client.with_options(multiget=True)

        async def sections_of(course: Course) -> list[Section]:
            # Past sections are read too, because their codes are taken.
            return await view.sections.list(course.id or "", include_past=True)

        async with aclosing(self._each("sections", sections_of, found)) as by_course:
            return [one async for one in by_course]

    async def _members(
        self, current: list[Section]
    ) -> AsyncGenerator[tuple[Section, list[Enrollment]], None]:
        """Read the members of each section."""
        view = self.account.client.with_options(multiget=True)

        async def members_of(section: Section) -> list[Enrollment]:
            return await view.enrollments.list(section_id=section.id or "")

        async with aclosing(self._each("enrollments", members_of, current)) as by_section:
            async for one in by_section:
                yield one

    async def _each(
        self, kind: str, read: Callable[[I], Awaitable[T]], items: Iterable[I]
    ) -> AsyncGenerator[tuple[I, T], None]:
        """Read a list of records of ``kind`` for each item."""
        async with aclosing(self.account.client.gather(read, items)) as results:
            async for item, result in results:
                yield item, _checked(kind, result)


def _checked(kind: str, result: T | LmsError) -> T:
    """Return what was read of ``kind``, or raise the error in its place."""
    if isinstance(result, LmsError):
        with naming_kind(kind):
            raise result
    return result
