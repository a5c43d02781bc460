"""A ManageBac account as the target of a roster."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from os import PathLike, fspath
from pathlib import Path
from urllib.parse import urlsplit

from lms_async.bulk.bulk import Bulk
from lms_async.journal.journal import Journal
from lms_async.roster import Action, Capabilities, Change, Entry, Word

from ..client import ManageBac
from ..models.fields import Relationship
from .applying import apply
from .capabilities import capabilities
from .kept_memberships import KeptMemberships
from .references import PER_PAGE
from .settings import ArchiveAs, Settings
from .snapshot import Snapshot
from .words import read_words


class ManageBacRoster:
    """A ManageBac account that a roster is kept in; see :class:`lms_async.roster.Target`.

    The keys are the school's own codes: the ``student_id`` of students, the ``identifier`` of
    teachers and parents, and the ``uniq_id`` of classes. The roles of people are ``student``,
    ``teacher`` and ``parent``. A person keeps the role that they were created with. The roles in
    enrollments are ``student`` and ``teacher``, and must be those of the people. Administrators are
    never changed.

    Year groups, subjects and terms are looked up by their names, and never created. A new class has
    the program and the grade of the year group to which the mapping's ``grades`` lead.

    :param client: the account. It has one school.
    :param school: the key of this school in the plan. The records of other schools are out of
        scope. ``""`` if all records of the source belong to this school.
    :param archive_as: what students become who are removed: ``withdrawn`` or ``graduated``, on the
        day of the plan.
    :param send_welcome_email: whether ManageBac sends each new person an email about the account.
    :param relationship: what a parent becomes to a child who is linked, as ManageBac calls it.
    :param class_language: the language code of new classes.
    :param keep_memberships_in: a file in which the memberships of classes are kept, with ids and
        without names. The next snapshot then reads only their changes, or all of them if the file
        is of another account or was last read in full a week ago. ``""`` keeps none.
    :raises InvalidInput: a setting has another value.
    """

    name = "managebac"

    def __init__(
        self,
        client: ManageBac,
        *,
        school: str = "",
        archive_as: ArchiveAs = "withdrawn",
        send_welcome_email: bool = False,
        relationship: Relationship = "Other Guardian",
        class_language: str = "en",
        keep_memberships_in: str | PathLike[str] = "",
    ) -> None:
        self._client = client
        self._settings = Settings(
            school=school,
            archive_as=archive_as,
            send_welcome_email=send_welcome_email,
            relationship=relationship,
            class_language=class_language,
            keep_memberships_in=fspath(keep_memberships_in),
        )
        self._capabilities = capabilities(school)

    @property
    def account(self) -> str:
        """The host, and a hash of the credentials."""
        vendor = self._client._transport.vendor
        digest = blake2b(repr(vendor.account).encode(), digest_size=8).hexdigest()
        return f"{urlsplit(vendor.base_url).netloc} {digest}"

    @property
    def capabilities(self) -> Capabilities:
        """What the account can hold, show and remove."""
        return self._capabilities

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings as a mapping has them."""
        return self._settings.as_texts()

    async def words(self) -> Mapping[str, Sequence[Word]]:
        """Read the year groups, subjects and terms, and the name of the school.

        :raises LmsError: they can't be read.
        """
        return await read_words(self._client)

    def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        """Read all records, also archived people and classes.

        The members of archived and past classes are left out.

        :raises PlanFailed: the file with the memberships can't be used.
        :raises LmsError: a record can't be read.
        """
        kept = self._settings.keep_memberships_in
        if kept:
            memberships = KeptMemberships(self._client, Path(kept), self.account).pages()
        else:
            memberships = self._client.memberships.list(per_page=PER_PAGE).pages()
        return Snapshot(self._client, self._settings.school, as_of, memberships).entries()

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

        The year groups, subjects, terms, people and classes that the changes refer to are read
        first.

        :raises InvalidInput: ManageBac can't make such changes.
        """
        return apply(self._client, self._settings, kind, action, changes, as_of, journal)
