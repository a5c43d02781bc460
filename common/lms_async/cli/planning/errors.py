"""Explain the errors of rosters."""

from __future__ import annotations

from ...errors import (
    InvalidInput,
    JournalFailed,
    JournalUnusable,
    KindUnreadable,
    LmsError,
    PlanFailed,
    PlanRefused,
    PlanUnusable,
)
from ..exit_codes import CommandError, Exit, exit_code_of_error, explain_error

#: Errors that say in full sentences what to do, and the exit code of each.
_EXIT_CODES: tuple[tuple[type[LmsError], Exit], ...] = (
    (PlanRefused, Exit.GUARDED),
    (KindUnreadable, Exit.NOT_AUTHORIZED),
    (InvalidInput, Exit.BAD_INPUT),
    (PlanUnusable, Exit.BAD_INPUT),
    (PlanFailed, Exit.BAD_INPUT),
    (JournalUnusable, Exit.BAD_INPUT),
    (JournalFailed, Exit.BAD_INPUT),
)


def command_error(error: LmsError, vendor: str = "", variables: str = "") -> CommandError:
    """Return ``error`` as the error that ends a command.

    :param vendor: the vendor's name.
    :param variables: the environment variables to check, for example ``A and B``.
    """
    for kind, exit_code in _EXIT_CODES:
        if isinstance(error, kind):
            return CommandError(*_sentences(error), exit_code=exit_code)
    return CommandError(
        *explain_error(error, vendor, variables), exit_code=exit_code_of_error(error)
    )


def _sentences(error: LmsError) -> list[str]:
    texts = (_capitalized(text) for text in (error.what, error.hint) if text)
    return [text if text.endswith((".", "?")) else f"{text}." for text in texts]


def _capitalized(text: str) -> str:
    """Return ``text`` as a sentence. The name of a file at its beginning stays as it is."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
