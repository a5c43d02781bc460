"""The values that are written to a journal and read from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

import attrs

from ..outcome import Status

#: Sizes in bytes: of a hash, of the part of a tag that identifies the key, and of a whole tag,
#: which is that part followed by a hash of key and content.
HASH = 16
WHOSE = 8
TAG = WHOSE + HASH


#: Why a row was rejected: a sentence, and the reasons by field.
Reason = tuple[str, dict[str, str]]


class Rows(Protocol):
    """The rows as a journal needs them: keys, the JSON of each, and a place for tags."""

    keys: list[Hashable | None]
    tags: list[bytes]

    @property
    def bodies(self) -> list[bytes]:
        """The JSON of each row, in its canonical form."""

    def pack(self) -> None:
        """Keep the JSON in the form that takes the least memory."""


@attrs.frozen
class Sent:
    """Rows that are about to be sent, by their tags."""

    chunk: int
    tags: bytes = attrs.field(repr=False)


@attrs.frozen
class Ended:
    """The results of the rows of a chunk, in the order of ``Sent``: status, id, code and, if
    reasons are kept, the reason; or the id alone for a row that is done."""

    chunk: int
    ends: Sequence[str | tuple[str, str | None, Any] | tuple[str, str | None, Any, Reason]] = (
        attrs.field(repr=False)
    )


@attrs.frozen
class EarlierResult:
    """What a journal knows of a row from an earlier run. ``status`` is ``None`` if the row was sent
    and has no result. ``at`` is when it ended, in seconds since 1970."""

    status: Status | None
    id: str | None = None
    code: str | None = None
    reason: Reason | None = attrs.field(default=None, repr=False)
    at: float = attrs.field(default=0.0, eq=False)


@attrs.frozen
class JournalSummary:
    """A summary of a journal: row counts by status (``sent`` means without a response), and when it
    was begun and last written, in seconds since 1970."""

    counts: Counter[str]
    operation: str
    begun: float
    written: float
