"""``schoology.enrollments``: who is in a section or group, one enrollment or one list at a time.

Vendor page: https://developers.schoology.com/api-documentation/rest-api-v1/enrollment
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from lms_async.errors import InvalidInput
from lms_async.http.call import about
from lms_async.http.pages import Pages
from lms_async.http.urls import Path, build_path, query_params
from lms_async.resource import changes_of, without_ids

from ..models import Enrollment, EnrollmentStatus
from .base import PAGE_SIZE
from .exports import GroupEnrollmentExports
from .filters import PictureSize, filter_ids, filter_queries
from .many_enrollments import ManyEnrollments
from .realms import realm_of
from .sending import EnrollmentChange, NewEnrollment, enrollment_change, new_enrollment

_ALL: tuple[EnrollmentStatus, ...] = (1, 2, 3, 4, 5)


class Enrollments(ManyEnrollments, GroupEnrollmentExports):
    """Enrollments. Each method takes ``section_id`` or ``group_id``, exactly one of them; what
    Schoology gives does not say in which section or group somebody is."""

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

        :param uids: only these people, by Schoology's ids, any number.
        :param enrollment_status: only enrollments with one of these: 1 active, 2 expired, 3 invite
            pending, 4 request pending, 5 archived. All are asked for by default, since the
            documents contradict each other on what the vendor gives where nothing is said.
        :param type: only administrators, or only members.
        :param picture_size: the width of the pictures that the enrollments link to.
        :param page_size: enrollments per page, at least 2. Schoology gives at most 200.
        :raises InvalidInput: not exactly one of ``section_id`` and ``group_id`` is given, there is
            no uid in ``uids``, or one is blank or has a comma in it.
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

        :param enrollment: ``uid``, ``admin`` and ``status``, all of which are needed. A
            ``section_id`` or ``group_id`` among them must equal that of the call.
        :returns: the enrollment as created, with its ``id``.
        :raises InvalidInput: a field is missing or does not fit; nothing was sent.
        :raises OutcomeUnknown: the response was lost. Look for the ``uid`` before you try again.
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

        :param changes: ``admin`` or ``status``; an ``id``, ``section_id`` or ``group_id`` among
            them must equal that of the call.
        :raises InvalidInput: a field does not fit, or there is nothing to change.
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
        """Delete one enrollment for good. Vendor page: "delete". :meth:`update` with status 2 ends
        it instead.

        :raises NotFound: there is no such enrollment in this section or group.
        :raises OutcomeUnknown: the response was lost; a deletion is never sent again by itself.
        """
        await self._send("DELETE", _one(section_id, group_id, enrollment_id))

    async def redeem_access_code(
        self,
        access_code: str,
        *,
        section_id: str | int | None = None,
        group_id: str | int | None = None,
    ) -> Enrollment:
        """Enroll the user of the credentials by an access code. Vendor page: "access code".

        :param access_code: as the section or group shows it, e.g. ``GBMWW-2QKN5``.
        :returns: the enrollment as created.
        :raises InvalidInput: the code is blank; nothing was sent.
        :raises OutcomeUnknown: the response was lost.
        """
        if not isinstance(access_code, str) or not access_code.strip():
            raise InvalidInput("the access code is needed, as a text that is not blank")
        path = build_path(f"{realm_of(section_id, group_id).path}/accesscode")
        body = {"access_code": access_code.strip()}
        return await self._send("POST", path, body, returns=Enrollment, required_key="uid")


def _one(
    section_id: str | int | None, group_id: str | int | None, enrollment_id: str | int
) -> Path:
    realm = realm_of(section_id, group_id)
    rest = "enrollments/{enrollment_id:number}"
    return build_path(f"{realm.path}/{rest}", enrollment_id=enrollment_id)
