"""Say what happened to the changes of a plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import attrs

from ...bulk.status import STOPPED
from ...outcome import Outcome, RowError, Status
from ...roster import ApplyReport, Change, PlanFile
from ...roster.applying.applying import FOLLOWING
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
#: How the vendors write the names of fields, such as ``primary_email`` and ``students[2].id``.
_FIELD_NAME = re.compile(r"[a-z][A-Za-z0-9_.\[\]]{0,60}")
#: What separates the values of a change and their parts.
_SPACE, _SIGN = re.compile(r"[\s@\x1f]+"), re.compile(r"[\W_]+")
#: How many reasons are shown.
_MAX_REASONS = 15
#: Rows that are written together.
_BLOCK = 1000


def outcome_lines(report: ApplyReport) -> list[str]:
    """Return the number of changes by kind, action and status, and why some are not done.

    No line has personal data: of a vendor's reason only its code and the names of the fields are
    shown, and no value.
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
        change, why = outcome.item, _reason(outcome)
        found[f"{change.kind}, {change.action} {outcome.status}: {why}"] += 1
    return found


def _reason(outcome: Outcome[Change]) -> str:
    if outcome.error in FOLLOWING:
        return outcome.error.message
    is_ours = outcome.error is not None and outcome.error.code == VALUE_IN_USE
    return ", ".join(reasons(without_text(outcome), ours=is_ours))


def is_resumable(report: ApplyReport) -> bool:
    """Return whether the same command can make more of the changes.

    It can't if changes were rejected, and the others were skipped because of these.
    """
    return any(
        outcome.status is Status.UNKNOWN
        or (outcome.status is Status.SKIPPED and outcome.error not in FOLLOWING)
        for outcome in report.not_done()
    )


def without_text(outcome: Outcome[Change]) -> RowError:
    """Return the error without the vendor's words and without values of the change.

    It has the vendor's code, and the names of our fields and of the vendor's.
    """
    error, change = outcome.error, outcome.item
    assert error is not None  # noqa: S101 - checked before
    if error.code == VALUE_IN_USE:  # the reasons are ours, and name changes by number
        return attrs.evolve(error, message="")
    known = change.after.keys() | change.before.keys()
    shown = (name for name in error.fields if name in known or _is_field(name, change))
    return RowError(error.code, "", dict.fromkeys(shown, ""))


def _is_field(name: str, change: Change) -> bool:
    """Return whether a vendor's word looks like a field, and is not a value of the change."""
    values = "\n".join([change.key, *change.before.values(), *change.after.values()]).casefold()
    is_value = name.casefold() in {*_SPACE.split(values), *_SIGN.split(values)}
    return _FIELD_NAME.fullmatch(name) is not None and not is_value


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
