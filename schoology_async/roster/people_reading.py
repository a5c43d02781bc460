"""Read the active people of an account, from the list of users or from the CSV export.

The list has 200 people per page. The export has all people in one response, but neither the links
of parents to their children, nor whether another system imports a person. So the people who may
have children are read from the list nevertheless.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Literal, cast

import attrs

from lms_async.errors import Forbidden, NotFound, UnexpectedResponse
from lms_async.roster import Entry

from ..client import Schoology
from ..models import User
from . import people
from .people import PeopleNames

#: Where active people are read from.
PeopleFrom = Literal["list", "export"]

log = logging.getLogger("lms_async")


@attrs.frozen
class ReadPerson:
    """An active person who was read.

    :param entry: the person's entry.
    :param children: Schoology's ids of the person's children.
    """

    entry: Entry
    children: Sequence[str] = attrs.field(default=(), repr=False)


@attrs.define
class PeopleReader:
    """Reads the active people of one account, once.

    :param client: the account.
    :param names: what the records of people refer to.
    :param api_uid: Schoology's id of the user to whom the credentials belong.
    """

    client: Schoology
    names: PeopleNames
    api_uid: str | None
    #: Schoology's ids of the people who were read.
    _seen: set[str] = attrs.field(factory=set, init=False, repr=False)

    async def with_children(self) -> AsyncGenerator[ReadPerson, None]:
        """Yield the people who may have children, from the list.

        :raises LmsError: the people can't be read.
        """
        if roles := self.names.roles.with_children:
            async for person in self.listed(roles):
                yield person

    async def exported(self) -> AsyncGenerator[ReadPerson, None]:
        """Yield the people who were not read before, from the export. If Schoology refuses the
        export, they are read from the list.

        :raises LmsError: the people can't be read.
        """
        try:
            async with aclosing(self._exported()) as exported:
                async for person in exported:
                    yield person
        except (Forbidden, NotFound) as refused:
            log.warning(
                "Schoology refused the export of people (%d), so they are read from the list. "
                'Ask Schoology for the permission to export, or set people_from = "list".',
                refused.status,
            )
        else:
            return
        async for person in self.listed():
            yield person

    async def listed(
        self, role_ids: Sequence[str] | None = None
    ) -> AsyncGenerator[ReadPerson, None]:
        """Yield the people who were not read before, from the list.

        :param role_ids: only people with these roles; ``None`` for all people.
        :raises LmsError: the people can't be read.
        """
        async for user in self.client.users.list(role_ids=role_ids):
            if self._is_new(user):
                entry = people.entry(user, self.names, api_uid=self.api_uid)
                yield ReadPerson(entry, user.child_uids or ())

    async def _exported(self) -> AsyncGenerator[ReadPerson, None]:
        export = aiter(self.client.users.export(people.EXPORTED))
        # The connection is closed at once if the snapshot is left early.
        async with aclosing(cast("AsyncGenerator[User, None]", export)) as users:
            is_first = True
            async for user in users:
                # All rows of an export have the same columns.
                if is_first and people.lacks_columns(user):
                    raise UnexpectedResponse(
                        "the export of people lacks a column",
                        hint='set people_from = "list"',
                    )
                is_first = False
                if self._is_new(user):
                    yield ReadPerson(people.exported_entry(user, self.names, api_uid=self.api_uid))

    def _is_new(self, user: User) -> bool:
        """Return whether this person was not read before, and remember the person."""
        uid = user.uid or ""
        if uid in self._seen:
            return False
        self._seen.add(uid)
        return True
