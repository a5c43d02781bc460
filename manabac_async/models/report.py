"""Models of term reports."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from lms_async.records.converter import Record
from lms_async.records.scalars import Flag, Id

#: The files of a term report.
ReportFile = Literal["pdf", "individual_reports", "term_grades"]


@attrs.define(kw_only=True, repr=False)
class TermReport(Record):
    """The report of a term. The vendor leaves out the URL of a file that does not exist."""

    id: Id | None = None
    title: str | None = None
    #: ``final`` or ``interim``.
    type: str | None = None
    #: The program's code.
    program: str | None = None
    academic_term_id: Id | None = None
    academic_term_name: str | None = None
    next_gen: Flag | None = None
    pdf_url: str | None = None
    individual_reports_url: str | None = None
    term_grades_url: str | None = None
    #: ``YYYY-MM-DD``, as in the response.
    released_on: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    extra: dict[str, Any] = attrs.field(factory=dict)
