"""Read the option ``--limit``, which several commands have."""

from __future__ import annotations

import re

from .exit_codes import CommandError
from .wording import quoted

_LIMIT = re.compile(r"(\d{1,6})/(\d{1,5}(?:\.\d{1,3})?)s", re.ASCII)


def read_limit(given: str | None) -> tuple[int, float] | None:
    """Read ``15/5s`` as (15, 5.0).

    :raises CommandError: ``given`` has another form, or contains a zero.
    """
    if given is None:
        return None
    read = _LIMIT.fullmatch(given.strip())
    limit = (int(read[1]), float(read[2])) if read else (0, 0.0)
    if not all(limit):
        raise CommandError(
            f"--limit {quoted(given)} is not a rate limit. Write requests/seconds, both above 0, "
            "for example --limit 15/5s."
        )
    return limit
