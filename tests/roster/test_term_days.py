"""Terms of the source that lead to a term of the vendor with other days are reported."""

from __future__ import annotations

from datetime import date

import pytest

from lms_async.roster import ReadingReport, RosterMapping, Term, Word
from lms_async.roster.comparing.term_days import warn_of_other_days
from lms_async.roster.targets.vendor_terms import VendorTerm, most_alike

DAY = date(2026, 10, 1)
FALL = Term(id="f", title="Fall", type="semester", starts=date(2026, 8, 17), ends=date(2027, 1, 9))


def warnings(mapping: RosterMapping, word: Word, day: date) -> list[str]:
    report = ReadingReport()
    warn_of_other_days([FALL], mapping, {"terms": [word]}, day, report)
    assert {problem.code for problem in report.problems} <= {"other_days"}
    return [problem.text for problem in report.problems]


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        ("2026-08-17 to 2027-01-09", ""),
        ("2026-08-01 to 2026-12-19", ""),
        ("2026-08-17 to 2027-06-11", "has other days"),
        ("2026-06-01 to 2027-01-09", "has other days"),
        ("2025-08-17 to 2026-01-09", "is over on 2026-10-01"),
        ("? to 2027-06-11", ""),
    ],
)
@pytest.mark.parametrize("title", ["Fall", "S1"])
def test_term_of_the_vendor_should_have_nearly_the_same_days(
    days: str, fault: str, title: str
) -> None:
    mapping = RosterMapping(terms={} if title == "Fall" else {"Fall": title})
    lines = warnings(mapping, Word(title, days), DAY)
    assert len(lines) == bool(fault)
    for line in lines:
        for part in ("Fall", "2026-08-17 to 2027-01-09", f"{title} of the vendor", days, fault):
            assert part in line


def test_term_of_the_source_that_is_over_is_not_reported() -> None:
    word = Word("Fall", "2025-08-17 to 2026-01-09")
    assert not warnings(RosterMapping(), word, date(2027, 2, 1))


def test_most_alike_term_has_the_nearest_days() -> None:
    year = VendorTerm("2026-2027", "2026-08-20", "2027-06-19")
    first = VendorTerm("Semester 1", "2026-08-20", "2027-01-07")
    second = VendorTerm("Semester 2", "2027-01-08", "2027-06-19")
    unknown = VendorTerm("Summer", "", "")
    assert most_alike(FALL, [second, first, unknown]) == first
    # A semester is proposed for a semester, although it has fewer days in common than the year.
    short = VendorTerm("Semester 1", "2026-08-20", "2026-12-19")
    assert most_alike(FALL, [year, short]) == short
    assert most_alike(FALL, [VendorTerm("Last year", "2025-08-20", "2026-06-19")]) is None
    assert most_alike(FALL, [second, year]) == year
    assert most_alike(FALL, [first, VendorTerm("Other", first.starts, first.ends)]) is None
    assert most_alike(FALL, [unknown]) is None
