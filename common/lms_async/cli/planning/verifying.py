"""``lms verify``: read the vendor again, and check that the changes of a plan are made."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TextIO

from ...roster import Plan, Verification
from ..exit_codes import Exit
from ..importing.interrupts import InterruptHandler
from ..reporting.reporters import Reporter
from ..wording import counted
from .connecting import Account
from .progress import RosterProgress
from .running import print_lines, run_reported


async def run_verify(
    path: Path, account: Account, reporter: Reporter, out: TextIO, err: TextIO
) -> Exit:
    """Verify the plan ``path``.

    :param account: the account at the vendor.
    :param out: gets the result.
    :param err: gets the progress.
    :returns: the exit code.
    """
    work = partial(_run, path, account, reporter, out, err)
    return await run_reported(work, reporter, out, if_stopped="The plan was not verified.")


async def _run(
    path: Path,
    account: Account,
    reporter: Reporter,
    out: TextIO,
    err: TextIO,
    _: InterruptHandler,
) -> Exit:
    made = Plan(path)
    if not made.counts():
        print_lines(out, [f"{path} has no changes, so there is nothing to verify."])
        return Exit.DONE
    progress = RosterProgress(account.vendor)
    async with (
        account.connected(made.meta.settings, reporter, [progress.notice]) as target,
        progress.shown_on(err),
    ):
        found = await made.verify(target)
    print_lines(out, _lines(found, account.vendor))
    return Exit.REJECTED if found.counts_different else Exit.DONE


def _lines(found: Verification, vendor: str) -> list[str]:
    lines = [f"{vendor} shows {counted(found.verified, 'change')} as planned."]
    if found.counts_different:
        lines.append(f"Not as planned: {counted(sum(found.counts_different.values()), 'change')}.")
        for (kind, mismatch), count in found.counts_different.items():
            fields = {
                field
                for one in found.different
                if (one.change.kind, one.mismatch) == (kind, mismatch)
                for field in one.there
            }
            which = f" ({', '.join(sorted(fields))})" if fields else ""
            lines.append(f"  {kind:<14} {count:,}: {mismatch}{which}")
        lines.append("To see the changes that are still needed, make a new plan.")
    if found.not_shown:
        lines.append(
            f"{vendor} does not show these changes, because the section or person is not in use:"
        )
        lines += [f"  {kind:<14} {count:,}" for kind, count in found.not_shown.items()]
    if found.not_verifiable:
        lines.append(f"Values that were set and that {vendor} does not show:")
        for (kind, field), count in found.not_verifiable.items():
            lines.append(f"  {kind:<14} {count:,} {field}")
    return lines
