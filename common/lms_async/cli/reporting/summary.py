"""The end of an import in words: what came of it, why, and what to do next."""

from __future__ import annotations

from ...outcome import Status
from ..wording import ago, counted, duration
from .progress import Summary

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
            first += f". An earlier run finished up to {summary.earlier:,} of them"
        return [first, *why_rejected]
    told = ", ".join(f"{summary.counts[status]:,} {status}" for status in Status)
    rate = (summary.counts[Status.DONE] - summary.earlier) / max(summary.seconds, 0.001)
    lines = [f"{counted(total, 'row')}: {told}"]
    if summary.earlier:
        since = "" if summary.earlier_since is None else f", up to {ago(summary.earlier_since)}"
        lines.append(
            f"{summary.earlier:,} of the done rows were finished by an earlier run{since}. They "
            "were not sent again, and not compared with what the vendor has now. To send all rows "
            "again, add --restart."
        )
    if summary.requests:
        lines.append(
            f"{counted(summary.requests, 'request')} in {duration(summary.seconds)} "
            f"({rate:,.0f} rows/s done), {summary.retries:,} retried, "
            f"{summary.refusals:,} refused by the vendor's rate limit"
        )
    if summary.counts[Status.UNKNOWN]:
        lines.append(
            "Unknown rows were sent, but no response says whether the vendor processed them. Run "
            "the same command again: it looks them up first, or sends them again only if that is "
            "harmless."
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
    lines = ["Rejected, by reason:", *(f"{count:>9,}  {reason}" for reason, count in most)]
    if more := len(summary.reasons) - len(most):
        lines.append(f"           and {more:,} more")
    return lines


def _next(summary: Summary) -> list[str]:
    """What the same command would do now; nothing if every row is done, and told."""
    unsettled = summary.counts[Status.SKIPPED] or summary.counts[Status.UNKNOWN]
    if unsettled or not summary.results_complete:
        return [f"To continue with the rows that are not finished, run: {summary.again}"]
    if not summary.counts[Status.REJECTED]:
        return []
    lines = [f"To send the rejected rows, correct them in the file and run: {summary.again}"]
    if summary.refused_by_vendor:
        lines.append("If you solved the problem at the vendor instead, add --retry-rejected.")
    return lines


def _results(summary: Summary) -> str:
    if summary.results_complete:
        return f"Results for every row: {summary.results}"
    first = summary.results_lack_from
    which = "the last rows" if first is None else f"rows from {first} on"
    return f"{summary.results} is incomplete: {which} are missing, but may have been imported."
