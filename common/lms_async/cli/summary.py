"""The end of an import in words: what came of it, why, and what to do next."""

from __future__ import annotations

from ..outcome import Status
from .progress import Summary
from .wording import ago, counted, duration

#: Rows that are named on a screen; all of them are in the results file.
MOST_ROWS = 10
_MOST_REASONS = 10


def closing(summary: Summary, *, all_named: bool = True) -> list[str]:
    """What is to be said at the end, line by line.

    :param all_named: whether each row that is not done was said.
    """
    seen = all_named and summary.counts[Status.REJECTED] <= MOST_ROWS
    why_rejected = [] if seen else _why_rejected(summary)
    total = summary.counts.total()
    if summary.dry_run:
        good, rejected = summary.counts[Status.SKIPPED], summary.counts[Status.REJECTED]
        first = f"{counted(total, 'row')}: {good:,} would be sent, {rejected:,} rejected"
        if summary.earlier:
            first += f"; an earlier run has settled up to {summary.earlier:,} of them"
        return [first, *why_rejected]
    told = ", ".join(f"{summary.counts[status]:,} {status}" for status in Status)
    rate = (summary.counts[Status.DONE] - summary.earlier) / max(summary.seconds, 0.001)
    lines = [f"{counted(total, 'row')}: {told}"]
    if summary.earlier:
        since = "" if summary.earlier_since is None else f", up to {ago(summary.earlier_since)}"
        lines.append(
            f"{summary.earlier:,} of those done by an earlier run{since}: not sent again, and not "
            "compared with what the vendor has now (--restart sends all rows again)"
        )
    if summary.requests:
        lines.append(
            f"{counted(summary.requests, 'request')} in {duration(summary.seconds)} "
            f"({rate:,.0f} rows/s done), {summary.retries:,} made again, "
            f"{summary.refusals:,} refused by the vendor's limit"
        )
    if summary.counts[Status.UNKNOWN]:
        lines.append(
            "unknown: the vendor may have done them; the same command asks it first, or sends "
            "again what does no harm a second time"
        )
    lines += why_rejected
    lines += summary.explained
    if summary.results is not None:
        lines.append(_results(summary))
    if summary.again:
        lines += _next(summary)
    return lines


def _why_rejected(summary: Summary) -> list[str]:
    """How many were rejected for what."""
    if not summary.reasons:
        return []
    most = summary.reasons.most_common(_MOST_REASONS)
    lines = ["rejected, by reason:", *(f"{count:>9,}  {reason}" for reason, count in most)]
    if more := len(summary.reasons) - len(most):
        lines.append(f"           and {counted(more, 'reason')} more")
    return lines


def _next(summary: Summary) -> list[str]:
    """What the same command would do now; nothing if every row is done, and told."""
    unsettled = summary.counts[Status.SKIPPED] or summary.counts[Status.UNKNOWN]
    if unsettled or not summary.results_complete:
        return [f"to go on, sending only rows that are not settled: {summary.again}"]
    if not summary.counts[Status.REJECTED]:
        return []
    lines = [f"to send the rejected rows, once they are put right in the file: {summary.again}"]
    if summary.refused_by_vendor:
        lines.append("once it is put right at the vendor: the same with --retry-rejected")
    return lines


def _results(summary: Summary) -> str:
    if summary.results_complete:
        return f"every row's end is in {summary.results}"
    first = summary.results_lack_from
    which = "its last rows" if first is None else f"rows from {first} on"
    return f"{summary.results} is cut short: {which} are not in it, and may have been done"
