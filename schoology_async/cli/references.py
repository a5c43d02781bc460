"""The records that cells of a file name: roles, buildings, grading periods, courses and people."""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)

from lms_async.cli.directory import Directory, named, reference_to
from lms_async.cli.kinds import Reference

from ..client import Schoology
from ..models import School, User

_Find = Callable[[Schoology, Collection[str]], Awaitable[Mapping[str, Sequence[str]]]]


async def read_roles(client: Schoology) -> Directory:
    """Read the roles. Their names are their titles.

    A role that replaces a school's role in one building often has its title. Such a role is found
    by its id only.
    """
    roles = await client.roles.list()
    whole_school = {role.title for role in roles if role.role_type != 2}
    return Directory(
        named(role.id, None if role.role_type == 2 and role.title in whole_school else role.title)
        for role in roles
    )


async def read_schools(client: Schoology) -> Directory:
    """Read the schools. Their names are their titles."""
    return Directory(named(school.id, school.title) for school in await client.schools.list())


async def list_buildings(client: Schoology) -> list[tuple[School, School]]:
    """Return each building of each school, after its school."""
    return [
        (school, building)
        for school in await client.schools.list()
        if school.id is not None
        for building in await client.buildings.list(school.id)
    ]


async def read_buildings(client: Schoology) -> Directory:
    """Read the buildings and the schools, which ``building_id`` may name too.

    The names of a building are its code and its title.
    """
    schools = await client.schools.list()
    buildings = [building for _, building in await list_buildings(client)]
    return Directory(named(one.id, one.building_code, one.title) for one in [*buildings, *schools])


async def read_grading_periods(client: Schoology) -> Directory:
    """Read the grading periods. Their names are their titles."""
    periods = await client.grading_periods.list()
    return Directory(named(period.id, period.title) for period in periods)


#: A role, by its title or id.
ROLE = reference_to("roles", read_roles, is_short=True)
#: A school, by its title or id.
SCHOOL = reference_to("schools", read_schools, is_short=True)
#: A building, by its code, title or id.
BUILDING = reference_to("buildings", read_buildings, is_short=True)
#: Several buildings.
BUILDINGS = reference_to("buildings", read_buildings, is_short=True, several=True)
#: Several grading periods, by their titles or ids.
GRADING_PERIODS = reference_to("grading periods", read_grading_periods, is_short=True, several=True)


async def _find_courses(client: Schoology, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
    # The list can't be filtered by code.
    courses = await client.courses.list()
    return _matching(cells, ((course.course_code, course.id) for course in courses))


async def _find_active(client: Schoology, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
    users = [user async for user in people_with(client, filterable(cells))]
    return _matching(cells, ((user.school_uid, user.uid) for user in users))


async def _find_inactive(client: Schoology, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
    users = await client.users.list_inactive()
    return _matching(cells, ((user.school_uid, user.uid) for user in users))


def _person(first: _Find, then: _Find) -> Reference:
    """Return a reference to people, who are looked for in one list, and then in another.

    A run that continues an earlier one also finds the people whom the earlier run moved to the
    other list. Its journal says that they are done.
    """

    async def find(client: Schoology, cells: Collection[str]) -> Mapping[str, Sequence[str]]:
        found = dict(await first(client, cells))
        missing = [cell for cell, ids in found.items() if not ids]
        return found | dict(await then(client, missing)) if missing else found

    return Reference(noun="people", find=find, becomes="uid")


async def people_with(client: Schoology, school_uids: Collection[str]) -> AsyncIterator[User]:
    """Yield the active people with these ids of the school's own, and perhaps others.

    A request for people by their ids has 50 of them, and a page of the list of all people 200. So
    for many ids, people are counted, and all are listed if this takes fewer requests.
    """
    if not school_uids:
        return
    requests = -(-len(school_uids) // 50)
    lists_all = requests > 4 and await client.users.count() < requests * 200
    async for user in client.users.list(school_uids=None if lists_all else school_uids):
        yield user


def filterable(codes: Iterable[str]) -> list[str]:
    """Return the codes that a filter of Schoology's lists can have: without commas, not blank."""
    return [code for code in codes if code.strip() and "," not in code]


def _matching(
    cells: Collection[str], records: Iterable[tuple[str | None, str | None]]
) -> dict[str, list[str]]:
    """Return the ids of the records with exactly these codes."""
    found: dict[str, list[str]] = {cell: [] for cell in cells}
    for code, id_ in records:
        if code in found and id_ is not None:
            found[code].append(id_)
    return found


#: A course, by the school's own code.
COURSE = Reference(noun="courses", find=_find_courses, becomes="course_id")
#: An active person, by the school's own id.
ONLY_ACTIVE_PERSON = Reference(noun="active people", find=_find_active, becomes="uid")
#: A person, by the school's own id: an active one if possible.
ACTIVE_PERSON = _person(_find_active, _find_inactive)
#: A person, by the school's own id: an inactive one if possible.
INACTIVE_PERSON = _person(_find_inactive, _find_active)
