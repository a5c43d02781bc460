"""The bulk methods of ``schoology.users``, with 50 rows per request.

Vendor page: "bulk create", "bulk update", "bulk update (re-activate)", "bulk delete" and "Bulk
Import Associations". The vendor documents no limit for associations and re-activation, so 50 are
sent per request too.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any, Literal

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import Found
from lms_async.bulk.guard import Guard
from lms_async.bulk.rows import Prepared, Rows, one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending
from lms_async.resource import Given

from ..bulk_results import FieldReader, from_location, results_by
from ..models import (
    AdvisorPair,
    AdvisorPairDict,
    ParentPair,
    ParentPairDict,
    Reactivation,
    ReactivationDict,
    User,
    UserCreate,
    UserCreateDict,
    UserUpdate,
    UserUpdateDict,
)
from ..models.converter import converter
from .base import SchoologyResource, changes_by_id
from .deletion import delete_query
from .filters import flags
from .lookup import look_up_rows

# These are unions and not type variables, because only then mypy checks the keys of a literal row.
NewUser = UserCreate | UserCreateDict
UserChange = UserUpdate | UserUpdateDict
InactiveRow = Reactivation | ReactivationDict
AdvisorRow = AdvisorPair | AdvisorPairDict
ParentRow = ParentPair | ParentPairDict

#: The default guard: one deletion may remove this many users.
GUARD = Guard(max_removals=500)

#: Checks and encodes a new user, for ``create`` too.
new_user = Sending(converter, UserCreate, what="the user", one_of=(("username", "primary_email"),))
#: Checks and encodes changes to a user, for ``update`` too.
change = Sending(converter, UserUpdate, what="the change")
_reactivation = Sending(converter, Reactivation, what="the row")

_RESOLUTIONS = {None: None, "username": 1, "merge": 2}
_ID = FieldReader("id")
_SCHOOL_UID = FieldReader("school_uid")


class ManyUsers(SchoologyResource):
    """The methods of ``schoology.users`` for many rows."""

    def create_many(
        self,
        users: Given[NewUser],
        *,
        update_existing: bool = False,
        ignore_email_conflicts: bool = False,
        email_conflict_resolution: Literal["username", "merge"] | None = None,
        journal: Journal | None = None,
    ) -> Bulk[NewUser]:
        """Create users, 50 per request. Vendor page: "bulk create".

        :param users: an iterable or async iterable of any length, of models or mappings of the same
            fields. A row is rejected without being sent if a required field is missing, or if an
            earlier row that is still being sent has the same ``school_uid``.
        :param update_existing: update users whose ``school_uid`` exists instead of rejecting them.
            Only then is a request whose response was lost sent again without a look-up.
        :param ignore_email_conflicts: if the email address belongs to an account of another school,
            create the user without it.
        :param email_conflict_resolution: what to do if the email address belongs to an account of
            another school. ``"username"`` creates an account that logs in by username; ``"merge"``
            merges accounts of the school's verified domain into the new one.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.
        :raises InvalidInput: ``email_conflict_resolution`` has another value.
        """
        if email_conflict_resolution not in _RESOLUTIONS:
            raise InvalidInput('email_conflict_resolution must be "username" or "merge"')
        query = flags(
            update_existing=update_existing, ignore_email_conflicts=ignore_email_conflicts
        ) + query_params(email_conflict_resolution=_RESOLUTIONS[email_conflict_resolution])

        def prepare(items: list[NewUser]) -> Prepared:
            bodies, refused = new_user.many(items)
            return Prepared(list(_SCHOOL_UID.each(bodies)), bodies, refused)

        async def look_up(rows: Rows[NewUser]) -> list[Found]:
            return await look_up_rows(self._transport, rows, update_existing=update_existing)

        return self._write_many(
            users,
            "users.create_many",
            "POST",
            build_path("users"),
            wrapper=("users", "user"),
            prepare=prepare,
            read=results_by(key=_SCHOOL_UID, id=_ID),
            query=query,
            repeatable=update_existing,
            one_record_each=update_existing,
            look_up=look_up,
            journal=journal,
        )

    def update_many(
        self, changes: Given[UserChange], *, journal: Journal | None = None
    ) -> Bulk[UserChange]:
        """Update users, 50 per request. Vendor page: "bulk update".

        :param changes: rows with the user's ``id`` and only the fields to change.
        :param journal: see :meth:`create_many`.
        """

        return self._write_many(
            changes,
            "users.update_many",
            "PUT",
            build_path("users"),
            wrapper=("users", "user"),
            prepare=changes_by_id(change),
            read=results_by(key=_ID, id=_ID),
            repeatable=True,
            journal=journal,
        )

    def reactivate_many(
        self, items: Given[InactiveRow], *, journal: Journal | None = None
    ) -> Bulk[InactiveRow]:
        """Make inactive users active again. Vendor page: "bulk update (re-activate)".

        :param items: each with the ``uid``; ``option_reenroll`` restores courses and groups too.
        :param journal: see :meth:`create_many`.
        """

        def prepare(item: InactiveRow) -> tuple[Hashable, Any]:
            body = _reactivation(item)
            return str(body["uid"]), body

        return self._write_many(
            items,
            "users.reactivate_many",
            "PUT",
            build_path("users/reactivate"),
            wrapper=("user",),  # unlike the other bulk writes, without an outer "users"
            prepare=one_by_one(prepare),
            read=results_by(key=from_location, id=from_location),
            journal=journal,
        )

    def delete_many(
        self,
        uids: Given[str | int],
        *,
        keep_enrollments: bool,
        notify: bool,
        comment: str | None = None,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Make users inactive, 50 per request. Vendor page: "bulk delete".

        All ``uids`` are read before the first request, so that they can be counted. A request whose
        response was lost is never sent again.

        :param keep_enrollments: ``False`` erases the users' grades and attendance permanently. This
            is the vendor's default, so you have to choose.
        :param notify: whether Schoology notifies each user by email.
        :param comment: the reason, kept by the vendor.
        :param guard: how many users may be removed, or which share of all users; 500 by default. If
            there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        """
        options = delete_query(keep_enrollments=keep_enrollments, notify=notify, comment=comment)

        return self._delete_many(
            uids,
            "users.delete_many",
            build_path("users"),
            parameter="uids",
            response_wrapper=("user",),
            guard=guard,
            count=partial(self._count, build_path("users"), User, envelope_key="user"),
            options=options,
            journal=journal,
        )

    def import_advisors(
        self, pairs: Given[AdvisorRow], *, journal: Journal | None = None
    ) -> Bulk[AdvisorRow]:
        """Link students to advisors, or unlink them. Vendor page: "Bulk Import Associations".

        :param pairs: each with ``student_school_uid`` and ``advisor_school_uid``, and with
            ``delete=True`` to remove the link. An outcome's ``id`` is the student's ``uid``.
        :param journal: see :meth:`create_many`.
        """
        return self._associate(pairs, AdvisorPair, "advisor", journal)

    def import_parents(
        self, pairs: Given[ParentRow], *, journal: Journal | None = None
    ) -> Bulk[ParentRow]:
        """Link students to parents, or unlink them. Vendor page: "Bulk Import Associations".

        :param pairs: each with ``student_school_uid`` and ``parent_school_uid``, and with
            ``delete=True`` to remove the link. An outcome's ``id`` is the student's ``uid``.
        :param journal: see :meth:`create_many`.
        """
        return self._associate(pairs, ParentPair, "parent", journal)

    def _associate(
        self,
        pairs: Given[Any],
        model: type[Any],
        other: Literal["advisor", "parent"],
        journal: Journal | None,
    ) -> Bulk[Any]:
        student, other_person = (
            FieldReader("student_school_uid"),
            FieldReader(f"{other}_school_uid"),
        )
        checked = Sending(converter, model, what="the row")

        def prepare(item: Any) -> tuple[Hashable, Any]:
            body = checked(item)
            return (str(body["student_school_uid"]), str(body[f"{other}_school_uid"])), body

        def key(item: Any) -> Hashable | None:
            pair = student(item), other_person(item)
            return pair if None not in pair else None

        return self._write_many(
            pairs,
            f"users.import_{other}s",
            "POST",
            build_path(f"users/import/associations/{other}s"),
            wrapper=("associations", "association"),
            prepare=one_by_one(prepare),
            read=results_by(key=key, id=FieldReader("student_uid")),
            journal=journal,
        )
