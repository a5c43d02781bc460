"""The bulk methods of ``managebac.classes``: classes, their students and their teachers.

Vendor page: Classes. ``PATCH classes``, and setting the levels of students, belong to the vendor's
"Extended APIs".
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.guard import Guard, guarded
from lms_async.bulk.rows import one_by_one
from lms_async.errors import InvalidInput
from lms_async.http.urls import build_path, query_params
from lms_async.journal.journal import Journal
from lms_async.records.encoding import Sending
from lms_async.resource import Given

from ..models import ClassStudent, ClassTeacher, StudentPlace, StudentPlaceDict
from ..models.converter import converter
from .many import GUARD, PAGE
from .place_students import PlaceStudents
from .places import Places, checked_chunk
from .sending.classes import (
    AnyClass,
    ClassStudentRow,
    ClassTeacherRow,
    any_class,
    class_student_row,
    class_teacher_row,
    new_class,
)
from .upsert_by_uniq_id import UpsertByUniqId
from .upsert_classes import key_of_change

StudentRow = StudentPlace | StudentPlaceDict

student_place = Sending(converter, StudentPlace, what="the row")


class ManyClasses(UpsertByUniqId):
    """The methods of ``managebac.classes`` that take any number of rows."""

    def upsert_many(
        self,
        classes: Given[AnyClass],
        *,
        guard: Guard = GUARD,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[AnyClass]:
        """Create classes, and update those with an ``id``. Vendor page: "Bulk create or update
        classes" (Extended APIs).

        New classes and changes are sent in separate requests. If the response to changes is lost,
        they are sent again. If the response to new classes is lost, they are looked up by
        ``uniq_id``. ManageBac does not document that a ``uniq_id`` is unique. So a class that is
        not found is not sent again at once, but is ``unknown``. A second run with the same journal
        looks it up again, and sends it if it is still missing. A new class without a ``uniq_id``
        can't be looked up and is ``unknown``.

        All rows are read before the first request, so that those with ``archived`` can be counted.

        :param classes: an ``id`` and the fields to change; or, for a new class, the fields that it
            needs. Each ``id``, and each ``uniq_id`` of a new class, may appear only once.
        :param guard: how many classes may be archived, see :meth:`archive_many`.
        :param chunk: classes per request, at least 1; the vendor names no maximum.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row, in input order.
        :raises InvalidInput: ``chunk`` is below 1.
        """

        def prepare(item: AnyClass) -> tuple[Hashable, Any]:
            body = any_class(item)
            if "id" not in body:
                body = new_class(body)
                uniq_id = str(body.get("uniq_id") or "").strip()
                return (("new", uniq_id) if uniq_id else None), body
            return key_of_change(body)

        def archives(item: AnyClass) -> bool:
            try:
                return prepare(item)[1].get("archived") is True
            except InvalidInput:  # it is rejected later, with its reason
                return False

        return self._upsert(
            guarded(classes, guard, self._count_active, removes=archives),
            "classes.upsert_many",
            prepare=prepare,
            chunk=chunk,
            journal=journal,
        )

    def archive_many(
        self,
        ids: Given[str | int],
        *,
        guard: Guard = GUARD,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[str | int]:
        """Archive classes. Vendor page: "Bulk create or update classes" (Extended APIs).

        All ids are read before the first request, so that they can be counted.

        :param ids: ManageBac's ids of the classes.
        :param guard: how many classes may be archived, or which share of the active ones; 500 by
            default. If there are more, the bulk raises InvalidInput and sends nothing.
        :param chunk: see :meth:`upsert_many`.
        :param journal: see :meth:`upsert_many`.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        return self._set_archived(
            guarded(ids, guard, self._count_active), "classes.archive_many", True, chunk, journal
        )

    def unarchive_many(
        self, ids: Given[str | int], *, chunk: int = 100, journal: Journal | None = None
    ) -> Bulk[str | int]:
        """Make archived classes active again. Vendor page: "Bulk create or update classes"
        (Extended APIs).

        :param ids: ManageBac's ids of the classes.
        :param chunk: see :meth:`upsert_many`.
        :param journal: see :meth:`upsert_many`.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        return self._set_archived(ids, "classes.unarchive_many", False, chunk, journal)

    def update_students(
        self,
        class_id: str | int,
        students: Given[StudentRow],
        *,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[StudentRow]:
        """Put students into a class, or change their levels. Vendor page: "Bulk Add or Update
        Students to a Class".

        ManageBac may respond with ``not_found`` because a student is not in the class. Then the
        student is added, the level is set again, and the class is read to find the result.

        :param students: each with ``id`` and, if the class has levels, ``level``. A student may
            appear only once.
        :param chunk: students per request, at least 1; the vendor names no maximum.
        :param journal: records the result of each row, so that a second run after a crash sends
            only rows without a result.
        :returns: ``await`` it for a report, or iterate it for one outcome per row.
        :raises InvalidInput: ``class_id`` can't be an id, or ``chunk`` is below 1.
        """
        checked_chunk(chunk)
        build_path(
            "classes/{class_id}", class_id=class_id
        )  # raises InvalidInput before the bulk starts if the id is not valid
        place = PlaceStudents(
            self._transport, class_of=lambda key: class_id, student_of=str, field="id"
        )

        def prepare(item: StudentRow) -> tuple[Hashable, Any]:
            body = student_place(item)
            return str(body["id"]), body

        return self._bulk(
            students,
            f"classes.update_students {class_id}",
            prepare=one_by_one(prepare),
            call=place.call,
            parse_results=place.parse,
            look_up=place.look_up,
            follow_up=place.add_missing,
            max_rows=chunk,
            distinct=True,
            path_names_rows=True,
            journal=journal,
        )

    def remove_students_many(
        self,
        rows: Given[ClassStudentRow],
        *,
        guard: Guard = GUARD,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[ClassStudentRow]:
        """Remove students from many classes. Vendor page: "Remove Students from a Class".

        All rows are read before the first request, so that they can be counted. The students of one
        class are sent in one request. If the response is lost, the class is read, and students who
        are still in it are removed again. ManageBac does not document what it does with an unknown
        student: it may refuse all students of the request.

        :param rows: each with ``class_id`` and ``student_id``.
        :param guard: how many students may be removed, or which share of all memberships; 500 by
            default. If there are more, the bulk raises InvalidInput and sends nothing.
        :param chunk: students per request, at least 1; the vendor names no maximum.
        :param journal: see :meth:`update_students`.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        return self._remove_places(
            rows,
            "classes.remove_students_many",
            "POST",
            "classes/{id}/remove_students",
            self._student_places(),
            guard=guard,
            count=self._count_members,
            repeatable=False,
            chunk=chunk,
            journal=journal,
        )

    def add_teachers_many(
        self, rows: Given[ClassTeacherRow], *, chunk: int = 100, journal: Journal | None = None
    ) -> Bulk[ClassTeacherRow]:
        """Add teachers to many classes. Vendor page: "Add teachers to a class".

        The teachers of one class are sent in one request. Then the teachers of the class are read,
        because ManageBac skips unknown teachers silently. To replace the teachers of one class, or
        to set ``show_on_reports``, use ``set_teachers``.

        :param rows: each with ``class_id`` and ``teacher_id``.
        :param chunk: teachers per request, at least 1; the vendor names no maximum.
        :param journal: see :meth:`update_students`.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        return self._add_places(
            rows,
            "classes.add_teachers_many",
            "classes/{id}/teachers/add_teachers",
            self._teacher_places(),
            repeatable=False,
            chunk=chunk,
            journal=journal,
        )

    def remove_teachers_many(
        self,
        rows: Given[ClassTeacherRow],
        *,
        guard: Guard = GUARD,
        chunk: int = 100,
        journal: Journal | None = None,
    ) -> Bulk[ClassTeacherRow]:
        """Remove teachers from many classes. Vendor page: "Remove Teachers from a Class".

        All rows are read before the first request, so that they can be counted. The teachers of one
        class are sent in one request. A teacher who is not in the class is ``done``.

        :param rows: each with ``class_id`` and ``teacher_id``.
        :param guard: how many teachers may be removed, or which share of all memberships; 500 by
            default. If there are more, the bulk raises InvalidInput and sends nothing.
        :param chunk: see :meth:`add_teachers_many`.
        :param journal: see :meth:`update_students`.
        :raises InvalidInput: ``chunk`` is below 1.
        """
        return self._remove_places(
            rows,
            "classes.remove_teachers_many",
            "DELETE",
            "classes/{id}/teachers/remove_teachers",
            self._teacher_places(),
            guard=guard,
            count=self._count_members,
            repeatable=True,
            chunk=chunk,
            journal=journal,
        )

    def _teacher_places(self) -> Places:
        async def members(class_id: int, _: list[int]) -> set[str]:
            path = build_path("classes/{id}/teachers", id=class_id)
            found = self._list(path, ClassTeacher, envelope_key="teachers", query=PAGE)
            return {teacher.id async for teacher in found if teacher.id is not None}

        return Places(
            sending=class_teacher_row,
            group="class_id",
            person="teacher_id",
            ids="teacher_ids",
            members=members,
        )

    def _student_places(self) -> Places:
        async def members(class_id: int, _: list[int]) -> set[str]:
            path = build_path("classes/{id}/students", id=class_id)
            found = self._list(
                path,
                ClassStudent,
                envelope_key="student_ids",
                query=(*query_params(include_archived_students="true"), *PAGE),
            )
            return {student.id async for student in found if student.id is not None}

        return Places(
            sending=class_student_row,
            group="class_id",
            person="student_id",
            ids="student_ids",
            members=members,
            skips_unknown=False,
        )
