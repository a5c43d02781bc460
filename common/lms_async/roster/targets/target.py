"""The interface that a vendor package implements, to keep a roster up to date."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

import attrs

from ...bulk.bulk import Bulk
from ...errors import InvalidInput
from ...journal.journal import Journal
from ..changes import REMOVALS, Action, Change
from ..entries import KEY_PARTS, Entry


@attrs.frozen(kw_only=True)
class KindCapabilities:
    """What a vendor can do with the records of one kind.

    :param holds: the fields that can be written.
    :param shows: those of them that can be read back. Only these are compared. Without ``school``,
        the school of a record is the one that the source says, if the source has the record.
    :param fixed: those of them that can be set only when a record is created.
    :param required: groups of the fields that a new record needs: at least one of each group. A
        record without them is left alone, instead of being sent and rejected.
    :param removal: how a record is taken out of use; ``None`` if it can't be.
    :raises InvalidInput: ``shows``, ``fixed`` or ``required`` names a field that is not in
        ``holds``, or ``removal`` is not a removal.
    """

    holds: frozenset[str]
    shows: frozenset[str]
    fixed: frozenset[str] = frozenset()
    required: tuple[tuple[str, ...], ...] = ()
    removal: Action | None = None

    def __attrs_post_init__(self) -> None:
        required = {field for group in self.required for field in group}
        unknown = (self.shows | self.fixed | required) - self.holds
        if unknown:
            raise InvalidInput(
                f"fields that the vendor does not hold: {', '.join(sorted(unknown))}"
            )
        if self.removal is not None and self.removal not in REMOVALS:
            raise InvalidInput(f"{self.removal} is not a removal")


@attrs.frozen
class SideEffect:
    """What the vendor does itself: removing a record of ``kind`` ends its records of ``ends``.

    For example, deactivating people may end their enrollments.

    :raises InvalidInput: the key of a record of ``ends`` does not name a record of ``kind``.
    """

    kind: str
    ends: str

    def __attrs_post_init__(self) -> None:
        if self.kind not in KEY_PARTS.get(self.ends, ()):
            raise InvalidInput(f"{self.ends} do not belong to {self.kind}")


@attrs.frozen(kw_only=True)
class Capabilities:
    """What a vendor can hold, show and remove.

    :param kinds: the kinds that the vendor holds, in the order in which they are added. Records are
        removed in reverse order.
    :param side_effects: what the vendor removes itself.
    :param orgs: the keys of the schools whose records the account may have. Records of other
        schools are out of scope. ``None`` sets no limit.
    :raises InvalidInput: a kind comes before one of those that its keys consist of.
    """

    kinds: Mapping[str, KindCapabilities]
    side_effects: tuple[SideEffect, ...] = ()
    orgs: frozenset[str] | None = None

    def __attrs_post_init__(self) -> None:
        order = list(self.kinds)
        for kind in order:
            for part in KEY_PARTS.get(kind, ()):
                if part in order and order.index(part) > order.index(kind):
                    raise InvalidInput(f"{part} must come before {kind}, which belong to them")

    def ending(self, kind: str) -> frozenset[str]:
        """Return the kinds whose removal ends records of ``kind``."""
        return frozenset(effect.kind for effect in self.side_effects if effect.ends == kind)


@attrs.frozen
class Word:
    """A word of the vendor, into which a mapping can translate a word of the source.

    :param text: the word as the mapping has it, e.g. the title of a role.
    :param note: what helps a person to recognize it, e.g. the title of the school with this code.
    """

    text: str
    note: str = ""


class Target(Protocol):
    """A vendor's account that a roster is kept in."""

    @property
    def name(self) -> str:
        """Name of the target, e.g. as the command knows it."""

    @property
    def account(self) -> str:
        """Identifies the account, without a secret."""

    @property
    def capabilities(self) -> Capabilities:
        """What this account can hold, show and remove."""

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings of this target by name, as a mapping has them in ``[target]``.

        A plan stores them, so that it is applied with those that it was made with.
        """

    async def words(self) -> Mapping[str, Sequence[Word]]:
        """Read the vendor's words, by the name of the mapping's table that translates into them.

        For example, ``"roles"`` has the titles of the vendor's roles. A table of which the vendor
        has no fixed words is left out. If the account has one school, ``"school"`` has its name, so
        that it can be found in the source.

        :raises LmsError: they can't be read.
        """

    def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        """Read all records that are there, also inactive and past ones, in any order.

        :param as_of: the day of the plan. It decides which sections are over.
        :raises KindUnreadable: the account may not read the records of a kind, see
            :func:`lms_async.roster.naming_kind`.
        :raises LmsError: they can't be read.
        """

    def apply(
        self,
        kind: str,
        action: Action,
        changes: AsyncIterable[Change] | Iterable[Change],
        *,
        as_of: date,
        journal: Journal | None,
    ) -> Bulk[Change]:
        """Make the changes of one kind and action, in one bulk.

        Changes of other kinds may have been made just before: the target finds the vendor's ids of
        records that have none in the plan, such as the section of a new enrollment, by their keys.

        :param kind: the kind of all these changes.
        :param action: what all of them do.
        :param changes: the changes. It is read once, and no faster than the outcomes.
        :param as_of: the day of the plan. People leave on this day, if the vendor notes a day.
        :param journal: where the results are noted, so that a bulk that was killed continues.
        :returns: a bulk that yields one outcome for each change, in the same order. It has not
            started. A change whose section or person is not at the vendor is rejected, without an
            error that stops the others.
        :raises InvalidInput: the account can't make such changes.
        """
