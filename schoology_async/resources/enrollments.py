"""``schoology.enrollments``: read enrollments, and write one enrollment at a time.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/enrollment
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from lms_async.errors import InvalidInput
from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, query_params
from lms_async.resource import changes_of, without_ids

from ..models import Enrollment, EnrollmentStatus
from .base import PAGE_SIZE
from .exports import GroupEnrollmentExports
from .filters import PictureSize, filter_ids, filter_queries
from .many_enrollments import ManyEnrollments
from .realms import realm_of
from .sending.enrollments import EnrollmentChange, NewEnrollment, enrollment_change, new_enrollment

_ALL: tuple[EnrollmentStatus, ...] = (1, 2, 3, 4, 5)


class Enrollments(ManyEnrollments, GroupEnrollmentExports):
    """Enrollments of people in sections and groups.

    Each method needs either ``section_id`` or ``group_id``. Schoology does not return this id with
    an enrollment.
    """

    def list(
        self,
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
        uids: Iterable[str | int] | None = None,
        enrollment_status: Iterable[EnrollmentStatus] = _ALL,
        type: Literal["admin", "member"] | None = None,  # noqa: A002 - the vendor's parameter
        picture_size: PictureSize | None = None,
        page_size: int = PAGE_SIZE,
    ) -> Pages[Enrollment]:
        """List the enrollments of a section or group, over all pages. Vendor page: "list".

        :param uids: only these people, by Schoology's ids; any number of ids.
        :param enrollment_status: only enrollments with one of these statuses: 1 active, 2 expired,
            3 invite pending, 4 request pending, 5 archived. By default, all statuses are requested.
            Schoology's documents contradict each other about the statuses that it returns if none
            is requested.
        :param type: only administrators, or only members.
        :param picture_size: the size of the pictures that the enrollments link to.
        :param page_size: enrollments per page, at least 2. Schoology returns at most 200.
        :raises InvalidInput: ``section_id`` and ``group_id`` are both set or both missing, ``uids``
            is empty, or a uid is blank or contains a comma.
        """
        wanted = None if uids is None else filter_ids(uids, what="uid")
        if wanted == []:
            raise InvalidInput("uids must have at least one uid")
        return self._paged(
            realm_of(section_id, group_id).enrollments(),
            Enrollment,
            envelope_key="enrollment",
            page_size=page_size,
            query=query_params(
                enrollment_status=enrollment_status, type=type, picture_size=picture_size
            ),
            filters=((),) if wanted is None else filter_queries("uid", wanted),
        )

    async def get(
        self,
        enrollment_id: str | int,
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
    ) -> Enrollment:
        """Get one enrollment. Vendor page: "view".

        :raises NotFound: there is no such enrollment in this section or group.
        """
        path = _one(section_id, group_id, enrollment_id)
        return await self._get(
            path, Enrollment, required_key="uid", about=about("id", enrollment_id)
        )

    async def create(
        self,
        enrollment: NewEnrollment,
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
    ) -> Enrollment:
        """Enroll one person. Vendor page: "create".

        :param enrollment: the fields of the enrollment. ``uid``, ``admin`` and ``status`` are
            required. If it contains a ``section_id`` or ``group_id``, it must equal the argument of
            this method.
        :returns: the enrollment as created, with its ``id``.
        :raises InvalidInput: a field is missing or not valid. Nothing was sent.
        :raises OutcomeUnknown: the response was lost. Look up the ``uid`` before you try again.
        """
        path = realm_of(section_id, group_id).enrollments()
        body = without_ids(new_enrollment(enrollment), section_id=section_id, group_id=group_id)
        return await self._send("POST", path, body, returns=Enrollment, required_key="uid")

    async def update(
        self,
        enrollment_id: str | int,
        changes: EnrollmentChange,
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
    ) -> None:
        """Update one enrollment. Vendor page: "update". Status 2 ends it and keeps its history.

        :param changes: ``admin``, ``status`` or both. If they contain an ``id``, ``section_id`` or
            ``group_id``, it must equal the argument of this method.
        :raises InvalidInput: a field is not valid, or there is nothing to change.
        :raises NotFound: there is no such enrollment in this section or group.
        """
        path = _one(section_id, group_id, enrollment_id)
        body = changes_of(
            enrollment_change,
            changes,
            id_=enrollment_id,
            section_id=section_id,
            group_id=group_id,
        )
        await self._send("PUT", path, body, repeatable=True)

    async def delete(
        self,
        enrollment_id: str | int,
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
    ) -> None:
        """Delete one enrollment permanently. Vendor page: "delete".

        This erases its history. To keep it, use :meth:`update` with status 2 instead.

        :raises NotFound: there is no such enrollment in this section or group.
        :raises OutcomeUnknown: the response was lost. A deletion is never repeated automatically.
        """
        await self._send("DELETE", _one(section_id, group_id, enrollment_id))

    async def redeem_access_code(
        self,
        access_code: str,
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
    ) -> Enrollment:
        """Enroll the user of the credentials with an access code. Vendor page: "access code".

        :param access_code: the code of the section or group, e.g. ``GBMWW-2QKN5``.
        :returns: the enrollment as created.
        :raises InvalidInput: the code is blank. Nothing was sent.
        :raises OutcomeUnknown: the response was lost.
        """
        if not isinstance(access_code, str) or not access_code.strip():
            raise InvalidInput("access_code must be a text that is not blank")
        path = realm_of(section_id, group_id).path("accesscode")
        body = {"access_code": access_code.strip()}
        return await self._send("POST", path, body, returns=Enrollment, required_key="uid")


def _one(
    section_id: str | int | None, group_id: str | int | None, enrollment_id: str | int
) -> Path:
    realm = realm_of(section_id, group_id)
    return realm.path("enrollments/{enrollment_id:number}", enrollment_id=enrollment_id)
