"""A Schoology account as the target of a roster."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import get_args
from urllib.parse import urlsplit

from lms_async.bulk.bulk import Bulk
from lms_async.errors import InvalidInput
from lms_async.journal.journal import Journal
from lms_async.roster import Action, Capabilities, Change, Entry, Word

from ..client import Schoology
from .applying import apply
from .capabilities import capabilities
from .people_reading import PeopleFrom
from .references import Account
from .snapshot import Snapshot
from .words import read_words

_REMOVALS = (Action.EXPIRE, Action.DELETE)


class SchoologyRoster:
    """A Schoology account that a roster is kept in; see :class:`lms_async.roster.Target`.

    The keys are the school's own codes: the ``school_uid`` of people, the ``course_code`` of
    courses, the ``section_school_code`` of sections, and the title of grading periods. The key of a
    school is the code of its building, or the title of the building if it has no code. The roles of
    people are the titles of Schoology's roles. The roles in enrollments are ``admin`` and
    ``member``.

    Records that another system imports (``synced``) and administrators are never changed, and
    neither are their enrollments. With ``people_from="export"``, people whom another system imports
    can't be recognized.

    :param client: the account.
    :param enrollment_removal: how an enrollment is removed: ``Action.EXPIRE`` keeps the person's
        work, and ``Action.DELETE`` erases it.
    :param people_from: ``"list"`` reads people 200 per request. ``"export"`` reads them from the
        CSV export in one request, and only those who may be parents from the list. The export does
        not show whether another system imports a person (``synced``), so use it only if no other
        system imports people. It does not show the other schools of a person either, so these are
        set when the person is created, and not compared. The links of children to members of the
        faculty are not seen. If Schoology refuses the export, people are read from the list.
    :raises InvalidInput: ``enrollment_removal`` is another action, or ``people_from`` another word.
    """

    name = "schoology"

    def __init__(
        self,
        client: Schoology,
        *,
        enrollment_removal: Action = Action.EXPIRE,
        people_from: PeopleFrom = "list",
    ) -> None:
        if enrollment_removal not in _REMOVALS:
            raise InvalidInput("enrollment_removal must be Action.EXPIRE or Action.DELETE")
        if people_from not in get_args(PeopleFrom):
            raise InvalidInput('people_from must be "list" or "export"')
        self._client = client
        self._account = Account(client)
        self._people_from = people_from
        self._capabilities = capabilities(enrollment_removal, people_from=people_from)
        self._settings = {
            "enrollment_removal": str(enrollment_removal),
            "people_from": people_from,
        }

    @property
    def account(self) -> str:
        """The host, and a hash of the key."""
        vendor = self._client._vendor
        digest = blake2b(repr(vendor.scope).encode(), digest_size=8).hexdigest()
        return f"{urlsplit(vendor.base_url).netloc} {digest}"

    @property
    def capabilities(self) -> Capabilities:
        """What the account can hold, show and remove."""
        return self._capabilities

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings ``enrollment_removal`` (``expire`` or ``delete``) and ``people_from``."""
        return self._settings

    async def words(self) -> Mapping[str, Sequence[Word]]:
        """Read the roles, buildings and grading periods.

        :raises LmsError: they can't be read.
        """
        return await read_words(self._client)

    def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        """Read all records, also inactive people and past sections.

        The enrollments of past sections are not read.

        :raises LmsError: a record can't be read.
        """
        return Snapshot(self._account, as_of, self._people_from).entries()

    def apply(
        self,
        kind: str,
        action: Action,
        changes: AsyncIterable[Change] | Iterable[Change],
        *,
        as_of: date,
        journal: Journal | None,
    ) -> Bulk[Change]:
        """Make changes of one kind and action; see :meth:`lms_async.roster.Target.apply`.

        The roles, buildings, grading periods and courses that the changes refer to are read first.
        A plan does not change roles and buildings, so these are read once after each snapshot. If
        something can't be read, the bulk stops with the error, and the changes are skipped.

        :raises InvalidInput: Schoology can't make such changes.
        """
        return apply(self._account, kind, action, changes, journal)
