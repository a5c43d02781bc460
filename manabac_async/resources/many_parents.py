"""The bulk methods of ``managebac.parents``: one parent per request, one outcome per row.

Vendor page: Parents.
"""

from __future__ import annotations

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..models import Parent
from .many import GUARD, whole_id
from .sending.parents import NewParent, ParentChange, new_parent, parent_change
from .upsert_people import UpsertPeople


class ManyParents(UpsertPeople):
    """The methods of ``managebac.parents`` that take any number of rows."""

    _people, _person, _model = "parents", "parent", Parent

    def create_many(
        self,
        parents: Given[NewParent],
        *,
        send_welcome_email: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewParent]:
        """Create parents, one per request, several requests at once.

        A parent whose response was lost is looked up by email address, and sent again only if
        there is none. Vendor page: "Create a parent".

        :param parents: an iterable or async iterable of any length, of models or mappings of the
            same fields. An email address may appear only once.
        :param send_welcome_email: whether ManageBac invites each new parent by email.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        """
        return self._create_people(
            parents, new_parent, send_welcome_email=send_welcome_email, journal=journal
        )

    def upsert_many(
        self,
        parents: Given[NewParent],
        *,
        send_welcome_email: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewParent]:
        """Create parents, and update those who exist, one per request, several requests at once.
        Vendor pages: "Create a parent", "Update a parent".

        All parents are read before the first change. A parent exists if ManageBac has one with this
        ``identifier``, or with this email address and no other ``identifier``. Archived parents
        are updated too, and stay archived. The ``password`` of existing parents is not changed, and
        neither are their children.

        :param parents: as for :meth:`create_many`.
        :param send_welcome_email: whether ManageBac invites each new parent by email.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: ``send_welcome_email`` is not a bool.
        """
        return self._upsert_people(
            parents, new_parent, send_welcome_email=send_welcome_email, journal=journal
        )

    def update_many(
        self, changes: Given[ParentChange], *, journal: Journal | None = None
    ) -> Bulk[ParentChange]:
        """Update parents, one per request, several requests at once. Vendor page: "Update a
        parent".

        :param changes: each with the parent's ``id`` and only the fields to change. A parent may
            appear only once.
        :param journal: see :meth:`create_many`.
        """
        return self._update_people(changes, parent_change, journal=journal)

    def archive_many(
        self,
        ids: Given[str | int],
        *,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Archive parents, one per request, several requests at once. Vendor page: "Archive a
        parent".

        All ids are read before the first request, so that they can be counted.

        :param ids: ManageBac's ids of the parents.
        :param guard: how many parents may be archived, or which share of the active ones; 500 by
            default. If there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        """
        return self._archive_people(ids, prepare=whole_id, guard=guard, journal=journal)

    def unarchive_many(
        self, ids: Given[str | int], *, journal: Journal | None = None
    ) -> Bulk[str | int]:
        """Make archived parents active again, one per request. ManageBac restores their memberships
        of groups. Vendor page: "Unarchive a parent".

        :param ids: ManageBac's ids of the parents.
        :param journal: see :meth:`create_many`.
        """
        return self._unarchive_people(ids, journal=journal)
