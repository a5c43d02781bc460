"""The bulk methods of ``managebac.students``: one student per request, one outcome per row.

Vendor page: Students.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard
from lms_async.journal.journal import Journal
from lms_async.resource import Given

from ..models import Student
from .many import GUARD
from .sending.students import (
    ArchivedStudent,
    NewStudent,
    StudentChange,
    archived_student,
    new_student,
    student_change,
)
from .upsert_people import UpsertPeople


class ManyStudents(UpsertPeople):
    """The methods of ``managebac.students`` that take any number of rows."""

    _people, _person, _model = "students", "student", Student
    _code = "student_id"

    def create_many(
        self,
        students: Given[NewStudent],
        *,
        send_welcome_email: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewStudent]:
        """Create students, one per request, several requests at once.

        A student whose response was lost is looked up by email address, and sent again only if
        there is none. Vendor page: "Create a student".

        :param students: an iterable or async iterable of any length, of models or mappings of the
            same fields. An email address may appear only once.
        :param send_welcome_email: whether ManageBac invites each new student by email.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        """
        return self._create_people(
            students, new_student, send_welcome_email=send_welcome_email, journal=journal
        )

    def upsert_many(
        self,
        students: Given[NewStudent],
        *,
        send_welcome_email: bool = False,
        journal: Journal | None = None,
    ) -> Bulk[NewStudent]:
        """Create students, and update those who exist, one per request, several requests at once.
        Vendor pages: "Create a student", "Update a student".

        All students are read before the first change. A student exists if ManageBac has one with
        this ``student_id``, or with this email address and no other ``student_id``. Archived
        students are updated too, and stay archived. The ``password`` of existing students is not
        changed.

        :param students: as for :meth:`create_many`.
        :param send_welcome_email: whether ManageBac invites each new student by email.
        :param journal: see :meth:`create_many`.
        :raises InvalidInput: ``send_welcome_email`` is not a bool.
        """
        return self._upsert_people(
            students, new_student, send_welcome_email=send_welcome_email, journal=journal
        )

    def update_many(
        self, changes: Given[StudentChange], *, journal: Journal | None = None
    ) -> Bulk[StudentChange]:
        """Update students, one per request, several requests at once. Vendor page: "Update a
        student".

        :param changes: each with the student's ``id`` and only the fields to change. A student may
            appear only once.
        :param journal: see :meth:`create_many`.
        """
        return self._update_people(changes, student_change, journal=journal)

    def archive_many(
        self,
        students: Given[ArchivedStudent],
        *,
        guard: Guard = GUARD,
        journal: Journal | None = None,
    ) -> Bulk[ArchivedStudent]:
        """Archive students, one per request, several requests at once. ManageBac removes them from
        their classes, groups and year groups. Vendor page: "Archive a student".

        All rows are read before the first request, so that they can be counted.

        :param students: each with the student's ``id``, and either ``withdrawn_on`` or
            ``graduated_on``.
        :param guard: how many students may be archived, or which share of the active ones; 500 by
            default. If there are more, the bulk raises InvalidInput and sends nothing.
        :param journal: see :meth:`create_many`.
        """

        def prepare(item: ArchivedStudent) -> tuple[Hashable, Any]:
            body = archived_student(item)
            return str(body.pop("id")), body

        return self._archive_people(students, prepare=prepare, guard=guard, journal=journal)

    def unarchive_many(
        self, ids: Given[str | int], *, journal: Journal | None = None
    ) -> Bulk[str | int]:
        """Make archived students active again, one per request. ManageBac clears both dates.
        Vendor page: "Unarchive a student".

        :param ids: ManageBac's ids of the students.
        :param journal: see :meth:`create_many`.
        """
        return self._unarchive_people(ids, journal=journal)
