"""Read the year groups, people, classes, terms and subjects that other records refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from lms_async.errors import InvalidInput
from lms_async.http.pages import Pages
from lms_async.roster.targets.names import Names

from ..client import ManageBac
from ..models.year_group import YearGroup
from ..resources import Parents, Students, Teachers
from .people import PARENTS, STUDENTS, TEACHERS, key_of

#: Rows per page of the lists; ManageBac returns at most 200.
PER_PAGE = 200


class YearGroups(Names):
    """The names of the year groups. New students are put into active ones only.

    :param groups: all year groups, also archived ones.
    """

    def __init__(self, groups: Iterable[YearGroup]) -> None:
        groups = list(groups)
        super().__init__(
            "year group",
            ((group.id, group.name) for group in groups if not group.archived),
            others=((group.id, group.name) for group in groups if group.archived),
        )
        self._groups = {group.id: group for group in groups}

    def group(self, name: str, *, field: str) -> YearGroup:
        """Return the active year group with this name.

        :raises InvalidInput: no year group has this name, or several have it.
        """
        return self._groups[self.id(name, field=field)]


async def read_year_groups(client: ManageBac) -> YearGroups:
    """Read the active year groups, and then the archived ones."""
    found: list[YearGroup] = []
    for archived in (False, True):
        found += await client.year_groups.list(archived=archived, per_page=PER_PAGE)
    return YearGroups(found)


@attrs.define
class Keys:
    """The ids of records by the school's own keys.

    :param noun: what a record is called.
    """

    noun: str
    _ids: dict[str, list[str]] = attrs.field(factory=dict, init=False, repr=False)

    def add(self, key: str, id_: str) -> None:
        """Add a record. A record with a blank key is left out."""
        if key:
            self._ids.setdefault(key, []).append(id_)

    def id(self, key: str, *, field: str) -> str:
        """Return the id of the record with this key.

        :param field: the field of the change that has the key, for the error.
        :raises InvalidInput: no record has this key, or several records have it.
        """
        found = self._ids.get(key, [])
        if len(found) == 1:
            return found[0]
        fault = f"{'several' if found else 'no'} active {self.noun} in ManageBac has this key"
        raise InvalidInput("the change can't be sent", fields={field: fault})


async def read_people(client: ManageBac, *paths: str) -> Keys:
    """Read the active people of some of the lists. The ids are those of their entries."""
    keys = Keys("person")
    for path in paths:
        found: Pages[Any] = people_lists(client)[path].list(archived=False, per_page=PER_PAGE)
        async for person in found:
            keys.add(key_of(person), f"{path}/{person.id}")
    return keys


def people_lists(client: ManageBac) -> Mapping[str, Students | Teachers | Parents]:
    """Return the students, teachers and parents of a client, by the paths of their lists."""
    return {STUDENTS: client.students, TEACHERS: client.teachers, PARENTS: client.parents}


async def read_classes(client: ManageBac) -> Keys:
    """Read the active classes."""
    keys = Keys("class")
    async for one in client.classes.list(archived=False, per_page=PER_PAGE):
        keys.add((one.uniq_id or "").strip(), one.id or "")
    return keys
