"""Describe how an import ended: the counts, the reasons, and what to type next."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import attrs

from ...outcome import Status
from ..exit_codes import Exit
from ..wording import ago, counted, duration
from .progress import Change

#: How many rows are named on the screen. The results file has all of them.
MAX_NAMED_ROWS = 10
_MAX_REASONS = 10


@attrs.frozen(kw_only=True)
class Summary:
    """How an import ended: counts, exit code, and where the results are."""

    exit_code: Exit
    counts: Counter[Status] = attrs.field(factory=Counter)
    #: How many of the done rows an earlier run finished. In a dry run: at most how many of the
    #: valid rows an earlier run finished. An import sends these only if they changed.
    earlier: int = 0
    #: When an earlier run finished the first of these rows, in seconds since 1970.
    earlier_since: float | None = None
    #: What the done rows changed at the vendor, as far as that is known. In a dry run: what the
    #: valid rows would change.
    changes: Counter[Change] = attrs.field(factory=Counter)
    seconds: float = 0.0
    requests: int = 0
    retries: int = 0
    refusals: int = 0
    results: Path | None = None
    #: Whether the results file has every row.
    results_complete: bool = True
    #: The first row that is missing in the results file, if that is known.
    results_lack_from: int | None = None
    #: The shell command that continues the import.
    again: str = ""
    #: What the vendor's error codes mean, for those that occurred.
    explained: tuple[str, ...] = ()
    #: How many rows were rejected for which reason, and whether the vendor rejected any.
    reasons: Counter[str] = attrs.field(factory=Counter)
    refused_by_vendor: bool = False
    #: How many rows were left out because ``--where`` does not select them.
    left_out: int = 0
    #: Whether this was a dry run. Then the rows that would be sent count as skipped, and those that
    #: would not be sent as done: they would change nothing, or an earlier run finished them.
    dry_run: bool = False
    #: Whether a dry run knows which rows an earlier run finished. Otherwise ``earlier`` is at most
    #: so many.
    earlier_is_exact: bool = False


def summary_lines(summary: Summary, *, all_named: bool = True) -> list[str]:
    """Return the lines to print at the end.

    :param all_named: whether every row that is not done was already printed.
    """
    seen = all_named and summary.counts[Status.REJECTED] <= MAX_NAMED_ROWS
    why_rejected = [] if seen else _why_rejected(summary)
    total = summary.counts.total()
    if summary.dry_run:
        sent, rejected = summary.counts[Status.SKIPPED], summary.counts[Status.REJECTED]
        first = f"{counted(total, 'row')}: {sent:,} would be sent, {rejected:,} rejected"
        if summary.changes:
            first += f". Expected changes: {_changes(summary)}"
        if summary.earlier:
            most = "" if summary.earlier_is_exact else "up to "
            first += (
                f". An earlier run finished {most}{summary.earlier:,} of the {total - rejected:,}"
            )
        return [first, *_left_out(summary), *why_rejected]
    counts = ", ".join(f"{summary.counts[status]:,} {status}" for status in Status)
    rate = (summary.counts[Status.DONE] - summary.earlier) / max(summary.seconds, 0.001)
    lines = [f"{counted(total, 'row')}: {counts}", *_left_out(summary)]
    if summary.changes:
        lines.append(f"Of the done rows, {_changes(summary)}.")
    if summary.earlier:
        since = summary.earlier_since
        when = "" if since is None else f" (the first of them {ago(since)})"
        lines.append(
            f"An earlier run finished {summary.earlier:,} of the done rows{when}. This run did not "
            "send them again, and did not compare them with what the vendor has now. To send all "
            "rows again, add --restart."
        )
    if summary.requests:
        lines.append(
            f"{counted(summary.requests, 'request')} in {duration(summary.seconds)} "
            f"({rate:,.0f} rows/s), {summary.retries:,} retried, "
            f"{summary.refusals:,} refused because of the rate limit"
        )
    if summary.counts[Status.UNKNOWN]:
        lines.append(
            "Unknown rows were sent, but no response says whether the vendor processed them. Run "
            "the same command again: lms looks these rows up, and sends a row again only if that "
            "is safe."
        )
    lines += why_rejected
    lines += summary.explained
    if summary.results is not None:
        lines.append(_results(summary))
    if summary.again:
        lines += _next(summary)
    return lines


def _left_out(summary: Summary) -> list[str]:
    if not summary.left_out:
        return []
    return [
        f"{counted(summary.left_out, 'more row')} left out, because the conditions do not select "
        "them (--where, or [where] in the mapping file). They are not in the results file."
    ]


def _changes(summary: Summary) -> str:
    # The imports of some kinds send all rows. Only their dry runs look which change nothing.
    not_sent = " (not sent)" if summary.counts[Status.DONE] or not summary.dry_run else ""
    words = {
        Change.CREATED: "created",
        Change.UPDATED: "updated",
        Change.UNCHANGED: f"unchanged{not_sent}",
    }
    return ", ".join(f"{summary.changes[change]:,} {word}" for change, word in words.items())


def _why_rejected(summary: Summary) -> list[str]:
    """Return how many rows were rejected for which reason."""
    if not summary.reasons:
        return []
    most = summary.reasons.most_common(_MAX_REASONS)
    lines = ["Rejected, by reason:", *(f"{count:>9,}  {reason}" for reason, count in most)]
    if more := len(summary.reasons) - len(most):
        lines.append(f"           and {counted(more, 'other reason')}")
    return lines


def _next(summary: Summary) -> list[str]:
    """Return what to type next; nothing if every row is done and in the results file."""
    unfinished = summary.counts[Status.SKIPPED] or summary.counts[Status.UNKNOWN]
    if unfinished or not summary.results_complete:
        return [f"To continue with the rows that are not finished, run: {summary.again}"]
    if not summary.counts[Status.REJECTED]:
        return []
    lines = [f"To send the rejected rows, correct them in the file and run: {summary.again}"]
    if summary.refused_by_vendor:
        lines.append("If you solved a problem at the vendor, add --retry-rejected.")
    return lines


def _results(summary: Summary) -> str:
    if summary.results_complete:
        return f"Results for every row: {summary.results}"
    first = summary.results_lack_from
    which = "the last rows" if first is None else f"rows from {first} on"
    return f"{summary.results} is incomplete: {which} are missing. They may have been imported."
