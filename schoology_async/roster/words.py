"""Schoology's words, into which a mapping translates those of the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lms_async.roster import Word, naming_kind

from ..client import Schoology
from ..models import GradingPeriod, School
from .references import Roles, building_names, read_building_records

_ENROLLMENT_ROLES = (Word("admin", "teachers"), Word("member", "students"))


async def read_words(client: Schoology) -> Mapping[str, Sequence[Word]]:
    """Read the titles of the roles, the codes and titles of the buildings, and the grading periods.

    :raises KindUnreadable: a permission is missing.
    :raises LmsError: they can't be read.
    """
    # This needs no permission, so an error here is one of the credentials.
    await client.app_user_info()
    with naming_kind("people"):
        roles = Roles(await client.roles.list())
        buildings = await read_building_records(client)
    with naming_kind("terms"):
        periods = await client.grading_periods.list()
    return {
        "roles": [Word(name) for name in roles.names()],
        "enrollment_roles": _ENROLLMENT_ROLES,
        "buildings": list(_buildings(buildings)),
        "terms": [Word(period.title, _dates(period)) for period in periods if period.title],
    }


def _buildings(records: Sequence[School]) -> Iterator[Word]:
    titles = {one.building_code: one.title for one in records if one.building_code}
    for name in building_names(records).names():
        title = (titles.get(name) or "").strip()
        yield Word(name, title if title != name else "")


def _dates(period: GradingPeriod) -> str:
    days: Iterable[object] = (period.start or "?", period.end or "?")
    return " to ".join(map(str, days))
