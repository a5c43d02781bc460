"""``lms apply`` and ``lms verify``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..confirming import confirm, is_terminal
from ..credentials import read_environment
from ..rate_limit import read_limit
from ..reporting.reporters import make_reporter
from ..roster_targets import require_roster_target
from ..running import run_until_done
from .options import RateLimit
from .plan import PlanPath

if TYPE_CHECKING:
    from ..planning.connecting import Account


def apply(
    path: PlanPath,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help="Remove records without asking first. Needed without a terminal."
        ),
    ] = False,
    results: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the outcome of each change to this CSV file."),
    ] = None,
    allow_old: Annotated[
        bool,
        typer.Option("--allow-old", help="Apply the plan even if it is older than a day."),
    ] = False,
    allow_changed: Annotated[
        bool,
        typer.Option(
            "--allow-changed",
            help="Apply the plan even if the vendor's records have changed since it was made. lms "
            "does not read them first.",
        ),
    ] = False,
    limit: RateLimit = None,
) -> None:
    """Make the changes of a plan.

    lms makes exactly the changes that are in the plan, each of them once. First it reads the
    vendor's records, and checks that they are as they were when the plan was made. A journal in the
    folder FILE.plan.journal remembers which changes are finished. To continue after an
    interruption, run the same command again.

    \b
    Exit codes:
      0    All changes are done, or there are none.
      1    Some changes were rejected or skipped.
      2    Wrong usage or input, or the output could not be written.
      3    Some changes are unknown, because no response came.
      4    The vendor did not accept the credentials, or a permission is missing.
      5    The vendor is unavailable.
      6    Nothing was sent: the guard refuses the plan, the plan is older than a day or for
           another account, or the vendor's records have changed.
      70   A bug in lms.
      130  Interrupted, or you did not agree to the removals.
    """
    from ..planning.applying import ApplyRequest, run_apply

    request = ApplyRequest(
        plan=path,
        account=_account_of(path, limit),
        yes=yes,
        confirm=confirm if is_terminal(sys.stdin) and is_terminal(sys.stderr) else None,
        allow_old=allow_old,
        allow_changed=allow_changed,
        results=results,
    )
    reporter = make_reporter(sys.stdout, sys.stderr)
    raise typer.Exit(run_until_done(run_apply(request, reporter, sys.stdout, sys.stderr)))


def verify(path: PlanPath, limit: RateLimit = None) -> None:
    """Check a plan's changes with the vendor.

    lms reads the vendor's records again, and compares them with the changes of the plan.

    \b
    Exit codes:
      0    The vendor shows every change that it can show.
      1    Some changes are not as planned.
      2    Wrong usage or input, or the output could not be written.
      4    The vendor did not accept the credentials, or a permission is missing.
      5    The vendor is unavailable.
      6    The plan is for another account.
      70   A bug in lms.
      130  Interrupted.
    """
    from ..planning.verifying import run_verify

    account = _account_of(path, limit)
    reporter = make_reporter(sys.stdout, sys.stderr)
    raise typer.Exit(run_until_done(run_verify(path, account, reporter, sys.stdout, sys.stderr)))


def _account_of(path: Path, limit: str | None) -> Account:
    """Return the account for which the plan ``path`` was made.

    :raises CommandError: the file is not a plan, or its target is not installed.
    """
    from ..planning.connecting import Account, target_of_plan

    target, support = require_roster_target(target_of_plan(path))
    return Account(
        target=target, support=support, environment=read_environment(), limit=read_limit(limit)
    )
