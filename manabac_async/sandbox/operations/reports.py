"""The operations on term reports. Their files are on another host, behind signed addresses."""

from __future__ import annotations

from lms_async.sandbox import Request, Response

from .. import bodies
from ..roster import Report
from .academic_years import ProgramOperations
from .base import Row, known, number, operation

KINDS = ("pdf", "individual_reports", "term_grades")
_PATH = "school/programs/{}/reports"


class ReportOperations(ProgramOperations):
    """``reports`` of a program."""

    def _report(self, code: str, raw_id: str) -> Report:
        report = known(self.school.academics.reports, raw_id)
        if report is None or report.program != self.program(code).code:
            raise bodies.Refused(self.state.missing("TermReport", raw_id))
        return report

    @operation("GET", _PATH, "school/reports/index")
    def index(self, request: Request, code: str) -> Response:
        """List reports. Pages are not documented here, but ``meta`` is."""
        program, query = self.program(code).code, request.query
        found = [each for each in self.school.academics.reports.values() if each.program == program]
        if query.get("academic_term_id"):
            term_id = number(query["academic_term_id"])
            found = [each for each in found if each.academic_term_id == term_id]
        if query.get("type"):
            found = [each for each in found if each.type == query["type"]]
        return self.page(request, "term_reports", found, self._row)

    @operation("GET", f"{_PATH}/{{}}", "school/reports/show")
    def show(self, request: Request, code: str, raw_id: str) -> Response:
        """Return one report."""
        shown = bodies.rendered(self._row(self._report(code, raw_id)))
        return bodies.json_response(200, {"term_report": shown})

    @operation("GET", f"{_PATH}/{{}}/download/{{}}", "school/reports/download")
    def download(self, request: Request, code: str, raw_id: str, kind: str) -> Response:
        """Redirect to the signed address of a file."""
        report = self._report(code, raw_id)
        if kind not in report.files:
            return Response(404)
        return Response(302, headers={"Location": self.state.storage.sign(report.id, kind)})

    def _row(self, report: Report) -> Row:
        base = f"/{self.state.quirks.report_version}/school/programs/{report.program}/reports"
        term = self.school.academics.terms.get(report.academic_term_id)
        row: Row = {
            "id": report.id,
            "title": report.title,
            "type": report.type,
            "program": report.program,
            "academic_term_id": report.academic_term_id,
            "academic_term_name": term.name if term else None,
            "next_gen": True,
            "created_at": bodies.moment(report.created_at),
            "updated_at": bodies.moment(report.updated_at),
            "released_on": report.released_on.isoformat() if report.released_on else None,
        }
        # Assumed: the addresses are paths. They are absent if the file is.
        urls = {f"{kind}_url": f"{base}/{report.id}/download/{kind}" for kind in report.files}
        return row | urls
