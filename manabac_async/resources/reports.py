"""``managebac.reports``: term reports and their files. Vendor page: Academics."""

from __future__ import annotations

from typing import Literal, get_args

from lms_async.errors import InvalidInput
from lms_async.http.call import about, get
from lms_async.http.download import Download
from lms_async.http.pages import Pages
from lms_async.http.responses import Response
from lms_async.http.urls import build_path, query_params

from ..models import ReportFile, TermReport
from .base import ManageBacResource

_REPORTS = "school/programs/{program_code}/reports"


class Reports(ManageBacResource):
    """Term reports of one program. ``program_code`` is e.g. ``myp``, see ``school.get``."""

    def list(
        self,
        program_code: str,
        *,
        academic_term_id: str | int | None = None,
        type: Literal["final", "interim"] | None = None,  # noqa: A002 - the vendor's
    ) -> Pages[TermReport]:
        """List the term reports of a program.

        :param academic_term_id: only reports of this term.
        :param type: only ``final`` or only ``interim`` reports.
        :raises NotFound: there is no such program.
        """
        path = build_path(_REPORTS, program_code=program_code)
        query = query_params(academic_term_id=academic_term_id, type=type)
        return self._list(path, TermReport, envelope_key="term_reports", query=query)

    async def get(self, program_code: str, report_id: str | int) -> TermReport:
        """Get one term report.

        :raises NotFound: there is no such report in this program.
        """
        path = build_path(_REPORTS + "/{report_id}", program_code=program_code, report_id=report_id)
        return await self._get(
            path, TermReport, envelope_key="term_report", about=about("id", report_id)
        )

    def download(self, program_code: str, report_id: str | int, kind: ReportFile) -> Download:
        """Download a file of a term report.

        The vendor redirects to a signed URL on another host. The request to that host has no
        credentials, and does not count toward the rate limit.

        :param kind: ``pdf``, ``individual_reports`` or ``term_grades``.
        :returns: use ``await`` for all bytes, or ``async for`` to read them as they arrive.
        :raises InvalidInput: ``kind`` is not one of these.
        :raises NotFound: while reading: there is no such report or file.
        :raises ResponseLost: while reading: the connection was lost.
        """
        if kind not in get_args(ReportFile):
            raise InvalidInput(f"kind must be one of {', '.join(get_args(ReportFile))}")
        path = build_path(
            _REPORTS + "/{report_id}/download/" + kind,
            program_code=program_code,
            report_id=report_id,
        )
        return Download(self._transport, get(path, returns=Response))
