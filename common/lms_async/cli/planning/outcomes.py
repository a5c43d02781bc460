"""Say what happened to the changes of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import attrs

from ...bulk.status import STOPPED
from ...outcome import Outcome, RowError, Status
from ...roster import ApplyReport, Change, PlanFile
from ...roster.applying.exchanges import VALUE_IN_USE
from ..kinds import Row
from ..listing.files import NewFile
from ..listing.formats import MARK, CsvFormat
from ..reporting.progress import reasons
from ..wording import counted
from .rows import change_row

#: The columns of the results file.
RESULT_COLUMNS = (
    "number",
    "kind",
    "action",
    "school",
    "key",
    "status",
    "id",
    "error_code",
    "error",
    "changes",
)
#: How many reasons are shown.
_MAX_REASONS = 15
#: Rows that are written together.
_BLOCK = 1000


def outcome_lines(report: ApplyReport) -> list[str]:
    """Return the number of changes by kind, action and status, and why some are not done.

    No line has personal data: of a vendor's reason only its code and the names of the fields are
    shown.
    """
    lines = [
        f"  {kind:<14} {count:,} {action}: {status}"
        for (kind, action, status), count in report.counts.items()
    ]
    if report.earlier:
        lines.append(f"An earlier run finished {report.earlier:,} of these changes.")
    why = _reasons(report)
    if why:
        lines.append("Not done, by reason:")
        lines += [f"{count:>9,}  {text}" for text, count in why.most_common(_MAX_REASONS)]
        if (more := len(why) - _MAX_REASONS) > 0:
            lines.append(f"           and {counted(more, 'other reason')}")
    return lines


def _reasons(report: ApplyReport) -> Counter[str]:
    found: Counter[str] = Counter()
    for outcome in report.not_done():
        # The run's error says why it stopped, so skipped changes do not repeat the reason.
        if outcome.error is None or outcome.error.code == STOPPED.code:
            continue
        is_ours = outcome.error.code == VALUE_IN_USE
        change, why = outcome.item, ", ".join(reasons(without_text(outcome), ours=is_ours))
        found[f"{change.kind}, {change.action} {outcome.status}: {why}"] += 1
    return found


def without_text(outcome: Outcome[Change]) -> RowError:
    """Return the error without the vendor's words. Other fields than ours may be such words too."""
    assert outcome.error is not None  # noqa: S101 - checked before
    if outcome.error.code == VALUE_IN_USE:  # the reasons are ours, and name changes by number
        return attrs.evolve(outcome.error, message="")
    known = outcome.item.after.keys() | outcome.item.before.keys()
    return RowError(
        outcome.error.code, "", {name: "" for name in outcome.error.fields if name in known}
    )


def write_results(report: ApplyReport, path: Path) -> None:
    """Write the outcome of each change to ``path``, in the plan's order.

    Only its owner can read the file, since it has people's data.

    :raises CommandError: the file can't be written.
    """
    csv = result_format()
    with NewFile(path) as new, PlanFile(report.plan) as file:
        new.write(csv.header())
        rows = _rows(file, report)
        while block := list(islice(rows, _BLOCK)):
            new.write(csv.rows(block))
        new.complete()


def result_format() -> CsvFormat:
    """Return the format of the results file."""
    return CsvFormat(RESULT_COLUMNS, mark=MARK)


def _rows(file: PlanFile, report: ApplyReport) -> Iterator[Row]:
    others = report.not_done()
    other = next(others, None)
    for number, change in enumerate(file.changes(), start=1):
        outcome = None
        if other is not None and other.index == number - 1:
            outcome, other = other, next(others, None)
        yield {**change_row(number, change), **_result(change, outcome)}


def _result(change: Change, outcome: Outcome[Change] | None) -> Row:
    if outcome is None:
        return {"status": Status.DONE, "id": change.vendor_id}
    error = outcome.error
    return {
        "status": outcome.status,
        "id": outcome.id or change.vendor_id,
        "error_code": "" if error is None else error.code,
        "error": "" if error is None else " ".join(error.message.split()),
    }
