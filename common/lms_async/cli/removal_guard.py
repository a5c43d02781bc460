"""Read the option ``--max-removals``."""

from __future__ import annotations

from ..bulk.guard import Guard
from ..errors import InvalidInput
from .exit_codes import CommandError
from .wording import quoted


def read_guard(given: str | None) -> Guard | None:
    """Read ``25`` or ``5%`` as a guard.

    :raises CommandError: ``given`` has another form.
    """
    if given is None:
        return None
    try:
        return Guard(int(given) if given.strip().isdecimal() else given)
    except InvalidInput:
        raise CommandError(
            f"--max-removals {quoted(given)} is neither a number nor a percentage. Write 25 or 5%."
        ) from None
