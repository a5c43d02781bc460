"""Read the roles, buildings, grading periods and courses that other records refer to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from lms_async.roster.targets.names import Names

from ..client import Schoology
from ..models import GradingPeriod, Role, School

#: The ``role_type`` of a role that replaces one of the school in a single building.
_OF_A_BUILDING = 2


class Roles(Names):
    """The titles of the roles, and which people may have children.

    A role that replaces one of the school in a single building often has its title. People keep
    such a role, and nobody gets it.

    :param roles: all roles.
    """

    def __init__(self, roles: Sequence[Role]) -> None:
        super().__init__(
            "role",
            ((role.id, role.title) for role in roles if role.role_type != _OF_A_BUILDING),
            others=((role.id, role.title) for role in roles if role.role_type == _OF_A_BUILDING),
        )
        #: The ids of the roles whose people may have children. Schoology does not say which roles
        #: are those of parents, and a school may give them any title. So these are all roles but
        #: those of faculty and of students.
        self.with_children = [
            role.id
            for role in roles
            if role.id and not role.faculty and "student" not in (role.title or "").casefold()
        ]


async def read_building_records(client: Schoology) -> list[School]:
    """Read the schools and their buildings."""
    schools = await client.schools.list()
    found = [
        building
        for school in schools
        if school.id is not None
        for building in await client.buildings.list(school.id)
    ]
    return [*schools, *found]


def building_names(records: Iterable[School]) -> Names:
    """Return the codes of schools and buildings, or their titles if they have no code."""
    return Names("building", ((one.id, one.building_code or one.title) for one in records))


@attrs.define
class Account:
    """An account, with its roles and buildings. No plan changes these, so its steps share them.

    Each is read when it is first needed, and kept until :meth:`forget` is called.

    :param client: the account's client.
    """

    client: Schoology
    _roles: Roles | None = attrs.field(default=None, init=False)
    _buildings: Names | None = attrs.field(default=None, init=False)

    async def roles(self) -> Roles:
        """Return the titles of the roles.

        :raises LmsError: they can't be read.
        """
        if self._roles is None:
            self._roles = Roles(await self.client.roles.list())
        return self._roles

    async def buildings(self) -> Names:
        """Return the codes of the schools and buildings, or their titles if they have no code.

        :raises LmsError: they can't be read.
        """
        if self._buildings is None:
            self._buildings = building_names(await read_building_records(self.client))
        return self._buildings

    def forget(self) -> None:
        """Read everything again when it is next needed."""
        self._roles = self._buildings = None


async def read_courses(client: Schoology) -> Names:
    """Read the codes of the courses."""
    return Names("course", [(one.id, one.course_code) async for one in client.courses.list()])


class Periods(Names):
    """The titles of the grading periods, and which of them are over.

    :param periods: all grading periods.
    :param as_of: the day on which they may be over.
    """

    def __init__(self, periods: list[GradingPeriod], as_of: date) -> None:
        super().__init__("grading period", ((period.id, period.title) for period in periods))
        self._over = {one.id for one in periods if one.end is not None and one.end < as_of}

    def are_over(self, ids: Sequence[str]) -> bool:
        """Return whether all of these grading periods are over. None of them is no answer."""
        return bool(ids) and self._over.issuperset(ids)


async def read_periods(client: Schoology) -> Names:
    """Read the titles of the grading periods."""
    periods = await client.grading_periods.list()
    return Names("grading period", ((period.id, period.title) for period in periods))
