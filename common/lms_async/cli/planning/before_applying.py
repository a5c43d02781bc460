"""Before a plan is applied: check it, and ask before records are removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ...errors import PlanRefused
from ...roster import Action, PlanFile
from ...roster.applying.conditions import check_age
from ...roster.changes import REMOVALS
from ..exit_codes import CommandError, Exit
from ..wording import command_line, counted_records, listed
from .errors import command_error


def check_plan(file: PlanFile, *, allow_old: bool) -> None:
    """Make sure that the plan may be applied, as far as that is known without the vendor.

    :param allow_old: whether it may be older than a day.
    :raises CommandError: it may not be applied.
    """
    if any(refusal.stops for refusal in file.refusals()):
        # A script that runs lms plan before has said why in the same log.
        show = command_line(["lms", "plan", "show", str(file.path)])
        raise CommandError(
            "The guard refuses this plan. Nothing was sent.",
            f"To see why and what to do, run: {show}",
            exit_code=Exit.GUARDED,
        )
    if not allow_old:
        with naming_option("--allow-old"):
            check_age(file.meta)


@contextmanager
def naming_option(option: str) -> Iterator[None]:
    """Name the option that skips a check, if the check refuses the plan."""
    try:
        yield
    except PlanRefused as error:
        lines = command_error(error).lines
    else:
        return
    raise CommandError(
        *lines,
        f"Nothing was sent. To apply this plan anyway, add {option}.",
        exit_code=Exit.GUARDED,
    )


def ask_before_removals(
    counts: Mapping[tuple[str, Action, str], int],
    *,
    yes: bool,
    confirm: Callable[[str], bool] | None,
) -> None:
    """Ask before records are removed.

    :param counts: the number of changes by kind, action and school.
    :param yes: whether the user has agreed with --yes.
    :param confirm: asks the person at the terminal; ``None`` if there is none.
    :raises CommandError: nobody agreed.
    """
    removals: Counter[str] = Counter()
    for (kind, action, _), count in counts.items():
        if action in REMOVALS:
            removals[kind] += count
    if yes or not removals:
        return
    number = listed([counted_records(count, kind) for kind, count in removals.items()])
    if confirm is None:
        raise CommandError(
            f"The plan would remove {number}. lms cannot ask, because there is no terminal.",
            "Nothing was sent. Add --yes to confirm.",
        )
    if not confirm(f"Remove {number}?"):
        raise CommandError("Nothing was sent.", exit_code=Exit.INTERRUPTED)
