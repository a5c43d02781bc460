"""``lms apply``: make the changes of a plan, and report their outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TextIO

import attrs

from ...bulk.bulk import Bulk
from ...errors import BulkStopped
from ...outcome import Status
from ...roster import ApplyReport, Change, Plan, PlanFile, PlanMeta, Target, remember_applied
from ...roster.applying.conditions import check_account
from ...roster.applying.other_plan import forget_other_plan
from ..credentials import require_variables
from ..exit_codes import CommandError, Exit, exit_code_of_counts
from ..importing.interrupts import InterruptHandler
from ..listing.files import check_replaceable
from ..reporting.reporters import Reporter
from ..wording import command_line, counted, listed
from .before_applying import ask_before_removals, check_plan, naming_option
from .connecting import Account
from .errors import command_error
from .outcomes import is_resumable, outcome_lines, result_format, write_results
from .paths import journal_folder
from .progress import RosterProgress
from .running import print_lines, run_reported
from .summary import change_lines


@attrs.frozen(kw_only=True)
class ApplyRequest:
    """What ``lms apply`` does.

    :param plan: the plan's file.
    :param account: the account at the vendor.
    :param yes: whether records may be removed without a question.
    :param confirm: asks the person at the terminal; ``None`` if there is none.
    :param allow_old: whether the plan may be older than a day.
    :param allow_changed: whether the vendor's records may differ from when the plan was made.
    :param results: the results file; ``None`` for none.
    """

    plan: Path
    account: Account
    yes: bool = False
    confirm: Callable[[str], bool] | None = None
    allow_old: bool = False
    allow_changed: bool = False
    results: Path | None = None


async def run_apply(request: ApplyRequest, reporter: Reporter, out: TextIO, err: TextIO) -> Exit:
    """Make the changes of a plan.

    :param out: gets the summary.
    :param err: gets the progress.
    :returns: the exit code.
    """
    work = partial(_run, request, reporter, out, err)
    return await run_reported(work, reporter, out, if_stopped="Nothing was sent.")


async def _run(
    request: ApplyRequest,
    reporter: Reporter,
    out: TextIO,
    err: TextIO,
    interrupts: InterruptHandler,
) -> Exit:
    if request.results is not None:
        check_replaceable(request.results, result_format().header())
    with PlanFile(request.plan) as file:
        counts, meta = file.counts(), file.meta
        total, vendor = sum(counts.values()), request.account.vendor
        has = f"{request.plan} has {counted(total, 'change')} for {vendor}."
        print_lines(out, [has, *change_lines(counts)])
        check_plan(file, allow_old=request.allow_old)
    if not total:
        remember_applied(request.plan.parent, meta)
        return Exit.DONE
    ask_before_removals(counts, yes=request.yes, confirm=request.confirm)
    progress = RosterProgress(vendor, total)
    try:
        async with (
            request.account.connected(meta.settings, reporter, [progress.notice]) as target,
            progress.shown_on(err),
        ):
            report = await _apply(request, meta, target, progress, reporter, interrupts)
    except CommandError as error:
        if not progress.has_begun:
            raise
        failure = error
    else:
        print_lines(out, outcome_lines(report))
        return _end(request, report, reporter, out)
    again = command_line(["lms", "apply", str(request.plan)])
    raise CommandError(
        *failure.lines,
        f"Some changes may have been made. To continue, run: {again}",
        exit_code=failure.exit_code,
    )


async def _apply(
    request: ApplyRequest,
    meta: PlanMeta,
    target: Target,
    progress: RosterProgress,
    reporter: Reporter,
    interrupts: InterruptHandler,
) -> ApplyReport:
    path = request.plan
    # Another program may have replaced the plan since its summary was printed.
    made = Plan(path, id=meta.id)
    check_account(made.meta, target)
    folder = journal_folder(path)
    forget_other_plan(folder, meta.id)

    def begin(bulk: Bulk[Change]) -> None:
        progress.begin(bulk)
        interrupts.on_interrupt = partial(_interrupt, bulk, interrupts, reporter)
        if interrupts.count:  # between two bulks
            bulk.stop()

    with naming_option("--allow-changed"):
        report = await made.apply(
            target,
            journal=folder,
            check_age=not request.allow_old,
            check_state=not request.allow_changed,
            on_bulk=begin,
        )
    interrupts.on_interrupt = _nothing_to_stop
    if report.stop_reason is None:
        # The guard compares the next source with the source of this plan.
        remember_applied(path.parent, meta, report.counts)
    return report


def _interrupt(bulk: Bulk[Change], interrupts: InterruptHandler, reporter: Reporter) -> None:
    if interrupts.count == 1:
        reporter.note(
            "Stopping: waiting for requests already sent. Press Ctrl-C again to quit now."
        )
        bulk.stop()
    else:
        bulk.abandon()


def _nothing_to_stop() -> None:
    """Ignore an interrupt, because every change already has its outcome."""


def _end(request: ApplyRequest, report: ApplyReport, reporter: Reporter, out: TextIO) -> Exit:
    """Write the results file, say what to do next, and return the exit code."""
    exit_code, lines = _exit_code(request, report)
    if request.results is not None:
        try:
            write_results(report, request.results)
        except CommandError as error:
            exit_code, lines = error.exit_code, [*lines, *error.lines]
        else:
            print_lines(out, [f"Results for every change: {request.results}"])
    if lines:
        reporter.error(lines, exit_code)
    print_lines(out, _next(request, report))
    return exit_code


def _exit_code(request: ApplyRequest, report: ApplyReport) -> tuple[Exit, Sequence[str]]:
    """Return the exit code, and why the run stopped before the end, if it did."""
    stopped = report.stop_reason
    if isinstance(stopped, BulkStopped):
        return Exit.INTERRUPTED, ["Interrupted. The other changes were not sent."]
    if stopped is not None:
        names = listed(list(require_variables(request.account.environment, request.account.target)))
        error = command_error(stopped, request.account.vendor, names)
        return error.exit_code, [*error.lines, "The other changes were not sent."]
    counts: Counter[Status] = Counter()
    for (_, _, status), count in report.counts.items():
        counts[status] += count
    return exit_code_of_counts(counts), []


def _next(request: ApplyRequest, report: ApplyReport) -> list[str]:
    statuses = {status for _, _, status in report.counts}
    again = ["lms", "apply", str(request.plan)]
    lines = []
    if Status.UNKNOWN in statuses:
        lines.append(
            "Unknown changes were sent, but no response says whether the vendor made them. The "
            "next run looks them up before it sends them again."
        )
    if is_resumable(report):
        lines.append(f"To continue, run: {command_line(again)}")
    elif statuses & {Status.REJECTED, Status.SKIPPED}:
        lines.append("To try rejected changes again, correct their cause and make a new plan.")
        if request.results is None:
            words = command_line([*again, "--results", f"{request.plan.stem}.results.csv"])
            lines.append(f"To see which ones, run this, which sends nothing again: {words}")
    else:
        verify = command_line(["lms", "verify", str(request.plan)])
        lines.append(f"Every change is done. To check this with the vendor, run: {verify}")
    return lines
