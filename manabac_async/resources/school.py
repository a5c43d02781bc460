"""``managebac.school`` and ``managebac.auth``: the school, and the permissions of the token."""

from __future__ import annotations

from lms_async.http.call import Call, get
from lms_async.http.urls import build_path

from ..models import Program, School, SchoolSubject, TermGradeScale, TermRubric
from ..models.fields import ByProgram
from .base import ManageBacResource


class TheSchool(ManageBacResource):
    """The school to which the token belongs. Vendor page: Academics."""

    async def get(self) -> School:
        """Get the school. Vendor page: "Get School"."""
        return await self._get(build_path("school"), School, envelope_key="school")

    async def grades(self) -> list[Program]:
        """List the programs of the school with their grades. Vendor page: "Get Grades"."""
        return await self._get_inner(
            build_path("school/grades"), Program, outer="school", inner="programs"
        )

    async def subjects(self) -> dict[str, list[SchoolSubject]]:
        """Return the subjects of the school, by the code of their program. Vendor page: "Get
        Subjects". Subjects that the vendor has deprecated are left out."""
        call: Call[dict[str, list[SchoolSubject]]] = get(
            build_path("school/subjects"), returns=ByProgram[SchoolSubject], envelope_key="subjects"
        )
        return await self._transport.send(call)

    async def grade_scales(self) -> list[TermGradeScale]:
        """List the marks of the term reports with the lowest score of each mark. Vendor page:
        "Get Term Grade Scales"."""
        path = build_path("school/term-grade-scales")
        return await self._get_inner(
            path, TermGradeScale, outer="school", inner="term_grade_scales"
        )

    async def rubrics(self) -> list[TermRubric]:
        """List the rubrics of the term reports. Vendor page: "Get Term Rubrics"."""
        path = build_path("school/term-rubrics")
        return await self._get_inner(path, TermRubric, outer="school", inner="term_rubrics")


class Auth(ManageBacResource):
    """The permissions of the token."""

    async def permissions(self) -> list[str]:
        """List the permissions of the token, such as ``students/excusals/index``.

        The vendor responds with 401 both to a missing permission and to a wrong token.

        :raises Unauthorized: the token or the region is wrong.
        """
        call: Call[list[str]] = get(
            build_path("auth/permissions"), returns=list[str], envelope_key="permissions"
        )
        return await self._transport.send(call)
