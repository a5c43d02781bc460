"""What goes into a journal and comes out of it, as values; in which form, its file knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, Protocol

import attrs

from ..outcome import Status

#: Bytes of a hash; of what tells whose a row is; and of a row's tag, which is of its key and
#: content, with whose it is in front.
HASH = 16
WHOSE = 8
TAG = WHOSE + HASH


#: Why a row was rejected: a sentence, and the reasons by field.
Reason = tuple[str, dict[str, str]]


class Rows(Protocol):
    """What a journal needs of some rows: their keys, the JSON that is sent for each, and a place
    for their tags."""

    keys: list[Hashable | None]
    tags: list[bytes]

    @property
    def bodies(self) -> list[bytes]:
        """The JSON of each row, in its canonical form."""

    def pack(self) -> None:
        """Keep the JSON in the form that takes the least room."""


@attrs.frozen
class Sent:
    """Rows that are about to leave, by their tags."""

    chunk: int
    tags: bytes = attrs.field(repr=False)


@attrs.frozen
class Ended:
    """How the rows of a chunk ended, in the order of ``Sent``: status, id and code of each, and its
    reason where reasons are kept; or the id alone, of one that is done."""

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
    """What a journal tells of itself: counts by status (``sent``: without an answer), and when it
    was begun and last written, in seconds since 1970."""

    counts: Counter[str]
    operation: str
    begun: float
    written: float
