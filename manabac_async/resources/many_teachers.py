"""The bulk methods of ``managebac.teachers``: one teacher per request, one outcome per row.

Vendor page: Teachers.
"""

from __future__ import annotations

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..models import Teacher
from .many import GUARD, whole_id
from .sending.teachers import NewTeacher, TeacherChange, new_teacher, teacher_change
from .upsert_people import UpsertPeople


class ManyTeachers(UpsertPeople):
    """The methods of ``managebac.teachers`` that take any number of rows."""

    _people, _person, _model = "teachers", "teacher", Teacher

    def create_many(
        self,
        teachers: Given[NewTeacher],
        *,
        send_welcome_email: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewTeacher]:
        """Create teachers, one per request, several requests at once.

        A teacher whose response was lost is looked up by email address, and sent again only if
        there is none. Vendor page: "Create a teacher".

        :param teachers: an iterable or async iterable of any length, of models or mappings of the
            same fields. An email address may appear only once.
        :param send_welcome_email: whether ManageBac invites each new teacher by email.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        """
        return self._create_people(
            teachers, new_teacher, send_welcome_email=send_welcome_email, journal=journal
        )

    def upsert_many(
        self,
        teachers: Given[NewTeacher],
        *,
        send_welcome_email: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewTeacher]:
        """Create teachers, and update those who exist, one per request, several requests at once.
        Vendor pages: "Create a teacher", "Update a teacher".

        All teachers are read before the first change. A teacher exists if ManageBac has one with
        this ``identifier``, or with this email address and no other ``identifier``. Archived
        teachers are updated too, and stay archived. The ``password`` of existing teachers is not
        changed.

        :param teachers: as for :meth:`create_many`.
        :param send_welcome_email: whether ManageBac invites each new teacher by email.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: ``send_welcome_email`` is not a bool.
        """
        return self._upsert_people(
            teachers, new_teacher, send_welcome_email=send_welcome_email, journal=journal
        )

    def update_many(
        self, changes: Given[TeacherChange], *, journal: Journal | None = None
    ) -> Bulk[TeacherChange]:
        """Update teachers, one per request, several requests at once. Vendor page: "Update a
        teacher".

        :param changes: each with the teacher's ``id`` and only the fields to change. A teacher may
            appear only once.
        :param journal: see :meth:`create_many`.
        """
        return self._update_people(changes, teacher_change, journal=journal)

    def archive_many(
        self,
        ids: Given[str | int],
        *,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Archive teachers, one per request, several requests at once. Vendor page: "Archive a
        teacher".

        All ids are read before the first request, so that they can be counted.

        :param ids: ManageBac's ids of the teachers.
        :param guard: how many teachers may be archived, or which share of the active ones; 500 by
            default. If there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        """
        return self._archive_people(ids, prepare=whole_id, guard=guard, journal=journal)

    def unarchive_many(
        self, ids: Given[str | int], *, journal: Journal | None = None
    ) -> Bulk[str | int]:
        """Make archived teachers active again, one per request. ManageBac does not put them back
        into their classes. Vendor page: "Unarchive a teacher".

        :param ids: ManageBac's ids of the teachers.
        :param journal: see :meth:`create_many`.
        """
        return self._unarchive_people(ids, journal=journal)
