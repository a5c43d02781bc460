"""The values that are written to a journal and read from it. See ``journal.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Protocol

import attrs

from ..outcome import Status

#: Sizes in bytes: of a hash, of the part of a tag that identifies the key, and of a whole tag,
#: which is that part followed by a hash of key and content.
HASH = 16
KEY_HASH = 8
TAG = KEY_HASH + HASH


#: Why a row was rejected: a message, and the reasons by field.
Reason = tuple[str, dict[str, str]]


class Rows(Protocol):
    """What a journal needs of rows: their keys, their JSON, and a list for their tags."""

    keys: list[Hashable | None]
    tags: list[bytes]

    @property
    def bodies(self) -> list[bytes]:
        """The JSON of each row, in canonical form."""


@attrs.frozen
class Sent:
    """A note that the rows with these ``tags`` are about to be sent."""

    chunk: int
    tags: bytes = attrs.field(repr=False)


@attrs.frozen
class Ended:
    """A note with the results of the rows of a chunk, in the order of ``Sent``.

    A result is status, id, code and, if reasons are kept, the reason. For a row that is done it may
    be the id alone.
    """

    chunk: int
    results: Sequence[str | tuple[str, str | None, Any] | tuple[str, str | None, Any, Reason]] = (
        attrs.field(repr=False)
    )


@attrs.frozen
class EarlierResult:
    """The result of a row in an earlier run, as a journal has it.

    ``status`` is ``None`` if the row was sent and has no result. ``at`` is when the result was
    noted, in seconds since 1970.
    """

    status: Status | None
    id: str | None = None
    code: str | None = None
    reason: Reason | None = attrs.field(default=None, repr=False)
    at: float = attrs.field(default=0.0, eq=False)


@attrs.frozen
class JournalSummary:
    """A summary of a journal.

    ``counts`` has the number of rows by status; ``sent`` means without a response. ``begun`` and
    ``written`` say when it was begun and last written, in seconds since 1970.
    """

    counts: Counter[str]
    operation: str
    begun: float
    written: float


def first_difference(known: Mapping[str, object], about: Mapping[str, str]) -> str | None:
    """Return the first name in ``about`` for which ``known`` has another value, if there is one."""
    return next((name for name, value in about.items() if known.get(name, value) != value), None)
