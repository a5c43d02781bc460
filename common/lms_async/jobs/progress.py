"""The progress of a job: its rows by status, as the journals of its shards have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from ..journal.entries import JournalSummary
from ..journal.matching import SENT
from ..outcome import Status
from .shard import Shard


@attrs.frozen(kw_only=True)
class ShardProgress:
    """The progress of one shard.

    :param number: the number of the shard, counted from 1.
    :param rows: the number of its rows.
    :param counts: its rows by status: ``rejected`` includes rows that our own check rejects,
        ``unknown`` are rows that were sent and have no result yet, and ``skipped`` are rows that
        are still to be sent.
    :param begun: when a worker first ran it, in seconds since 1970; ``None`` if none has.
    :param written: when the last result was noted, in seconds since 1970.
    """

    number: int
    rows: int
    counts: Mapping[Status, int]
    begun: float | None
    written: float | None

    @property
    def left(self) -> int:
        """The number of rows that are neither ``done`` nor ``rejected``."""
        return self.counts.get(Status.UNKNOWN, 0) + self.counts.get(Status.SKIPPED, 0)


@attrs.frozen(kw_only=True)
class JobProgress:
    """The progress of a job, and of each shard."""

    shards: tuple[ShardProgress, ...]

    @property
    def rows(self) -> int:
        """The number of rows of the input."""
        return sum(shard.rows for shard in self.shards)

    @property
    def counts(self) -> Counter[Status]:
        """The rows by status, see :class:`ShardProgress`."""
        counts: Counter[Status] = Counter()
        for shard in self.shards:
            counts.update(shard.counts)
        return counts

    @property
    def left(self) -> int:
        """The number of rows that are neither ``done`` nor ``rejected``; 0 if the job is done."""
        return sum(shard.left for shard in self.shards)

    @property
    def written(self) -> float | None:
        """When the last result was noted, in seconds since 1970; ``None`` if there is none."""
        return max((one.written for one in self.shards if one.written is not None), default=None)


def shard_progress(shard: Shard, journal: JournalSummary) -> ShardProgress:
    """Return the progress of ``shard``, whose journal is summarized by ``journal``."""
    counts: Counter[Status] = Counter({Status.REJECTED: shard.refused})
    for status, count in journal.counts.items():
        counts[Status.UNKNOWN if status == SENT else Status(status)] += count
    counts[Status.SKIPPED] = max(0, shard.count - counts.total())
    return ShardProgress(
        number=shard.number,
        rows=shard.count,
        counts=+counts,
        begun=journal.begun or None,
        written=journal.written or None,
    )
