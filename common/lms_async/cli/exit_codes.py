"""The exit codes, and the error that ends a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

from ..errors import (
    ConnectionFailed,
    Forbidden,
    JournalFailed,
    KindUnreadable,
    LmsError,
    NotFound,
    Unauthorized,
    UnexpectedResponse,
)
from ..outcome import Status


class Exit(IntEnum):
    """The exit codes of ``lms``. Scripts rely on them: never change one."""

    #: Every row is done.
    DONE = 0
    #: Some rows were rejected, by our check or by the vendor.
    REJECTED = 1
    #: Wrong usage or input.
    BAD_INPUT = 2
    #: Some rows are unknown.
    UNKNOWN = 3
    #: The credentials were not accepted.
    NOT_AUTHORIZED = 4
    #: The vendor could not be reached, or did not respond as expected.
    UNREACHABLE = 5
    #: The guard refuses the import or the plan, or leaves out removals of it; or the plan is out of
    #: date. A person has to decide.
    GUARDED = 6
    #: A bug in this command. 70 is EX_SOFTWARE in sysexits.h; Python's own 1 would mean REJECTED.
    BUG = 70
    #: Ctrl-C, or SIGTERM.
    INTERRUPTED = 130


#: The errors of a list that the account may not read. They differ by vendor.
MAY_NOT_READ = (Unauthorized, Forbidden, NotFound, KindUnreadable)


class CommandError(Exception):
    """The command cannot do what was asked.

    :param lines: what happened, and what to do now, without personal data.
    """

    def __init__(self, *lines: str, exit_code: Exit = Exit.BAD_INPUT) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.exit_code = exit_code


def end_of_import(
    counts: Mapping[Status, int],
    *,
    results_failure: CommandError | None,
    interrupted: bool,
    stopped: LmsError | None,
    vendor: str,
    variables: str,
) -> tuple[Exit, Sequence[str]]:
    """Decide how an import ended that was not refused before its first row.

    A results file that could not be written comes first, then an interrupt, then the error that
    stopped the import, then what became of the rows.

    :param vendor: the vendor's name.
    :param variables: the environment variables to check, for example ``A and B``.
    :returns: the exit code, and the lines that explain it, if any are needed.
    """
    if results_failure is not None:
        return results_failure.exit_code, results_failure.lines
    if interrupted:
        return Exit.INTERRUPTED, ()
    if isinstance(stopped, JournalFailed):
        return Exit.BAD_INPUT, (stopped.what, stopped.hint)
    if stopped is not None:
        lines = explain_error(stopped, vendor, variables)
        return exit_code_of_error(stopped), (*lines, "The remaining rows were not sent.")
    return exit_code_of_counts(counts), ()


def exit_code_of_counts(counts: Mapping[Status, int]) -> Exit:
    """Return the exit code of a completed import. Unknown rows take precedence over rejected."""
    if counts.get(Status.UNKNOWN):
        return Exit.UNKNOWN
    left = counts.get(Status.REJECTED) or counts.get(Status.SKIPPED)
    return Exit.REJECTED if left else Exit.DONE


def exit_code_of_error(error: LmsError) -> Exit:
    """Return the exit code of an import that ``error`` stopped."""
    if isinstance(error, Unauthorized | Forbidden):
        return Exit.NOT_AUTHORIZED
    return Exit.UNREACHABLE


def explain_error(error: LmsError, vendor: str, variables: str) -> tuple[str, ...]:
    """Explain ``error`` in one or two lines.

    :param vendor: the vendor's name.
    :param variables: the environment variables to check, for example ``A and B``.
    """
    if isinstance(error, Forbidden):
        return (
            f"{vendor} refused the request, because the account lacks a permission: {error}",
            f"Give the account this permission at {vendor}, or use another account in {variables}.",
        )
    if exit_code_of_error(error) is Exit.NOT_AUTHORIZED:
        return (f"{vendor} did not accept the credentials: {error}", f"Check {variables}.")
    if isinstance(error, ConnectionFailed):
        return (f"{vendor} could not be reached: {error}",)
    what = f"{vendor} did not respond as expected: {error}"
    if isinstance(error, NotFound | UnexpectedResponse):  # the base URL may be wrong
        return (what, f"Check {variables}.")
    return (what,)
