"""``lms plan``: check the mapping, compare the source with the vendor, and write the plan."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from pathlib import Path
from typing import TextIO

import attrs

from ...roster import PlanFile, last_applied, open_source, plan, read_mapping, write_page
from ...roster.page.writing import PAGE_BEGINNING
from ...roster.plan_files.plan_file import APPLICATION_ID
from ..exit_codes import Exit
from ..importing.interrupts import InterruptHandler
from ..listing.files import check_replaceable
from ..reporting.reporters import Reporter
from ..wording import command_line, counted
from .connecting import Account
from .paths import check_plan_path
from .problems import problem_lines
from .progress import RosterProgress
from .running import print_lines, run_reported
from .settings import complete_settings
from .summary import plan_lines, removals_left_out
from .words import check_words, missing_schools


@attrs.frozen(kw_only=True)
class PlanRequest:
    """What ``lms plan`` reads and writes.

    :param source: the school's files.
    :param mapping: the mapping file.
    :param account: the account at the vendor.
    :param as_of: the day for which the plan is made.
    :param out: the plan's file.
    :param html: the file for the page that shows the plan; ``None`` for none.
    """

    source: Path
    mapping: Path
    account: Account
    as_of: date
    out: Path
    html: Path | None = None


async def run_plan(request: PlanRequest, reporter: Reporter, out: TextIO, err: TextIO) -> Exit:
    """Make a plan, and print what it would do.

    :param out: gets the summary.
    :param err: gets the progress.
    :returns: the exit code.
    """
    work = partial(_run, request, reporter, out, err)
    return await run_reported(work, reporter, out, if_stopped="No plan was made.")


async def _run(
    request: PlanRequest, reporter: Reporter, out: TextIO, err: TextIO, _: InterruptHandler
) -> Exit:
    account, vendor = request.account, request.account.vendor
    mapping = read_mapping(request.mapping)
    settings = complete_settings(mapping.target, account.support.settings, vendor, request.mapping)
    source = open_source(request.source, mapping)
    check_plan_path(request.out, APPLICATION_ID)
    if request.html is not None:
        check_replaceable(request.html, PAGE_BEGINNING)
    progress = RosterProgress(vendor)
    async with account.connected(settings, reporter, [progress.notice]) as target:
        words = await target.words()
        check_words(request.mapping, mapping, words, target.capabilities, vendor)
        async with progress.shown_on(err):
            made = await plan(
                progress.counting(source),
                target,
                mapping,
                as_of=request.as_of,
                path=request.out,
                last=last_applied(request.out.parent, target),
                words=words,
            )
    with PlanFile(request.out) as file:
        schools = {school for _, _, school in file.counts()}
        lines = [
            *problem_lines(made.report),
            *plan_lines(file, vendor),
            *missing_schools(schools, words, target.capabilities, vendor),
        ]
        is_refused = any(refusal.stops for refusal in file.refusals())
        left_out = removals_left_out(file)
        if left_out and not is_refused:
            lines.append(
                f"{counted(left_out, 'removal')} left out. Check the source. The other changes of "
                "this plan can be applied."
            )
        if file.counts():
            lines += _next(request.out, is_refused=is_refused)
        if request.html is not None:
            await asyncio.to_thread(write_page, request.out, request.html)
            lines.append(f"To read it in a browser: {request.html}")
    print_lines(out, lines)
    return Exit.GUARDED if is_refused or left_out else Exit.DONE


def _next(path: Path, *, is_refused: bool) -> list[str]:
    show = command_line(["lms", "plan", "show", str(path), "--rows"])
    lines = [
        f"The plan is in {path}. It contains people's data, and only you can read it.",
        f"To see each change: {show}",
    ]
    if not is_refused:
        lines.append(f"To make the changes: {command_line(['lms', 'apply', str(path)])}")
    return lines
