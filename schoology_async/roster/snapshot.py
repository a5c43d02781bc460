"""Read all records of a school, with few requests and little memory.

Only the ids of people, and the records of courses and sections, are kept in memory. Sections and
their enrollments are read with ``multiget``, 50 lists per request, or with single requests if
Schoology refuses it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from datetime import date
from functools import partial
from typing import Any, TypeVar

import attrs

from lms_async.errors import LmsError
from lms_async.roster import Entry, naming_kind

from ..client import Schoology
from ..models import Course, Enrollment, GradingPeriod, Section
from . import courses, enrollments, people, relationships, sections, terms
from .people import PeopleNames, read_people_names
from .people_reading import PeopleFrom, PeopleReader
from .references import Periods

I = TypeVar("I")  # noqa: E741 - the type of an item
T = TypeVar("T")


@attrs.define
class Snapshot:
    """Reads the entries of one account, once.

    :param as_of: the day on which sections may be over.
    :param people_from: whether active people are read from the list or from the CSV export.
    """

    client: Schoology
    as_of: date
    people_from: PeopleFrom = "list"
    #: Schoology's ids of the inactive users.
    _inactive: set[str | None] = attrs.field(factory=set, init=False)

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """Yield the entry of each record.

        :raises LmsError: a record can't be read.
        """
        names, periods, found = await self._references()
        for period in periods:
            yield terms.entry(period)
        with naming_kind("people"):
            async with aclosing(self._people(names)) as people_there:
                async for entry in people_there:
                    yield entry
        schools = {course.id: names.buildings.name(course.building_id) for course in found}
        for course in found:
            yield courses.entry(course, names.buildings)
        over = Periods(periods, self.as_of)
        async with aclosing(self._sections(found, schools, over)) as sections_there:
            async for some in sections_there:
                for entry in some:
                    yield entry

    async def _references(self) -> tuple[PeopleNames, list[GradingPeriod], list[Course]]:
        """Read side by side what the other records refer to.

        :raises LmsError: one of them can't be read.
        """
        reads: dict[str, Callable[[], Awaitable[Any]]] = {
            "people": partial(read_people_names, self.client),
            "terms": self.client.grading_periods.list,
            "courses": self.client.courses.list,
        }
        async with aclosing(self.client.gather(lambda kind: reads[kind](), reads)) as results:
            names, periods, found = [_checked(kind, result) async for kind, result in results]
        return names, periods, found

    async def _people(self, names: PeopleNames) -> AsyncGenerator[Entry, None]:
        api_uid = (await self.client.app_user_info()).api_uid
        # The school_uid and the school of each user.
        known: dict[str, tuple[str, str]] = {}
        children: list[tuple[str, Sequence[str]]] = []
        reader = PeopleReader(self.client, names, api_uid)
        async with aclosing(reader.read(self.people_from)) as active:
            async for person in active:
                entry = person.entry
                known[entry.vendor_id] = entry.key, entry.org
                if person.children:
                    children.append((entry.key, person.children))
                yield entry
        async for inactive in self.client.users.list_inactive():
            self._inactive.add(inactive.uid)
            yield people.inactive_entry(inactive)
        for parent, uids in children:
            for uid in uids:
                # An inactive child is not in the list of users. The link is of no use.
                if uid in known:
                    student, school = known[uid]
                    yield relationships.entry(student, parent, school=school)

    async def _sections(
        self, found: list[Course], schools: dict[str | None, str], periods: Periods
    ) -> AsyncGenerator[Iterable[Entry], None]:
        """Yield the entries of the sections of each course, and then those of their members."""
        view = self.client.with_options(multiget=True)
        current: list[Section] = []

        async def sections_of(course: Course) -> list[Section]:
            # Past sections are read too, because their codes are taken.
            return await view.sections.list(course.id or "", include_past=True)

        async def members_of(section: Section) -> list[Enrollment]:
            return await view.enrollments.list(section_id=section.id or "")

        async with aclosing(self._each("sections", sections_of, found)) as by_course:
            async for course, some in by_course:
                school, code = schools[course.id], course.course_code or ""
                yield [
                    sections.entry(section, course=code, school=school, periods=periods)
                    for section in some
                ]
                for section in some:
                    if not sections.is_over(section, periods):
                        section.course_id = course.id
                        current.append(section)
        async with aclosing(self._each("enrollments", members_of, current)) as by_section:
            async for section, members in by_section:
                school = schools[section.course_id]
                yield enrollments.entries(members, section, school=school, inactive=self._inactive)

    async def _each(
        self, kind: str, read: Callable[[I], Awaitable[T]], items: Iterable[I]
    ) -> AsyncGenerator[tuple[I, T], None]:
        """Read a list of records of ``kind`` for each item."""
        async with aclosing(self.client.gather(read, items)) as results:
            async for item, result in results:
                yield item, _checked(kind, result)


def _checked(kind: str, result: T | LmsError) -> T:
    """Return what was read of ``kind``, or raise the error in its place."""
    if isinstance(result, LmsError):
        with naming_kind(kind):
            raise result
    return result
