"""Read all records of a school, with few requests and little memory.

Only the ids of people, and the records of courses and sections, are kept in memory. Sections and
their enrollments are read with ``multiget``, 50 lists per request, or with single requests if
Schoology refuses it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from datetime import date
from typing import TypeVar

import attrs

from lms_async.errors import LmsError
from lms_async.roster import Entry

from ..client import Schoology
from ..models import Course, Enrollment, Section
from . import courses, enrollments, people, relationships, sections, terms
from .people import PeopleNames, read_people_names
from .references import Periods

I = TypeVar("I")  # noqa: E741 - the type of an item
T = TypeVar("T")


@attrs.define
class Snapshot:
    """Reads the entries of one account, once."""

    client: Schoology
    #: Schoology's ids of the inactive users.
    _inactive: set[str | None] = attrs.field(factory=set, init=False)

    async def entries(self) -> AsyncIterator[Entry]:
        """Yield the entry of each record.

        :raises LmsError: a record can't be read.
        """
        names = await read_people_names(self.client)
        periods = await self.client.grading_periods.list()
        for period in periods:
            yield terms.entry(period)
        async for entry in self._people(names):
            yield entry
        found = await self.client.courses.list()
        schools = {course.id: names.buildings.name(course.building_id) for course in found}
        for course in found:
            yield courses.entry(course, names.buildings)
        async for entry in self._sections(found, schools, Periods(periods, date.today())):
            yield entry

    async def _people(self, names: PeopleNames) -> AsyncIterator[Entry]:
        api_uid = (await self.client.app_user_info()).api_uid
        # The school_uid and the school of each user.
        known: dict[str, tuple[str, str]] = {}
        children: list[tuple[str, Sequence[str]]] = []
        async for user in self.client.users.list():
            entry = people.entry(user, names, api_uid=api_uid)
            known[entry.vendor_id] = entry.key, entry.org
            if user.child_uids:
                children.append((entry.key, user.child_uids))
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
    ) -> AsyncIterator[Entry]:
        view = self.client.with_options(multiget=True)
        current: list[Section] = []

        async def sections_of(course: Course) -> list[Section]:
            # Past sections are read too, because their codes are taken.
            return await view.sections.list(course.id or "", include_past=True)

        async def members_of(section: Section) -> list[Enrollment]:
            return await view.enrollments.list(section_id=section.id or "")

        async for course, some in self._each(sections_of, found):
            school = schools[course.id]
            for section in some:
                code = course.course_code or ""
                yield sections.entry(section, course=code, school=school, periods=periods)
                if not sections.is_over(section, periods):
                    section.course_id = course.id
                    current.append(section)
        async for section, members in self._each(members_of, current):
            school = schools[section.course_id]
            for member in members:
                yield enrollments.entry(member, section, school=school, inactive=self._inactive)

    async def _each(
        self, read: Callable[[I], Awaitable[T]], items: Iterable[I]
    ) -> AsyncIterator[tuple[I, T]]:
        async with aclosing(self.client.gather(read, items)) as results:
            async for item, result in results:
                if isinstance(result, LmsError):
                    raise result
                yield item, result
