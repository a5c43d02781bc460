"""Read the records that were changed or deleted since a time.

ManageBac has one filter for changes and one for deletions. They can't be combined, because a
deletion does not count as a change. To keep a copy of the school's records:

1. In the first run, set ``since = datetime.now(UTC) - CLOCKS``, and then read the whole list.
2. In each later run, read ``managebac.students.changes(since)``, and apply the changes in order.
3. At the end, store :attr:`Changes.next_since` together with the copy. It is the ``since`` of the
   next run. If a run fails, store nothing, and start again with the old ``since``.

The next run may return some records again. Make sure that applying a record twice does no harm.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import attrs

from lms_async.errors import InvalidInput
from lms_async.http.pages import Pages

T = TypeVar("T")

#: The largest expected difference between this machine's clock and the vendor's.
CLOCKS = timedelta(minutes=5)
#: Some of the vendor's lists include changes in the requested second, and others do not. So changes
#: are requested from one second earlier.
_BOUNDARY = timedelta(seconds=1)
#: How often a list of several pages is read at most, until nothing new is in it.
_MOST_READS = 5


@attrs.frozen
class Change(Generic[T]):
    """A record that was changed or deleted."""

    record: T
    deleted: bool


@attrs.frozen
class ChangeSet(Generic[T]):
    """The records that were changed, those that were deleted, and the time for the next call."""

    #: Created or changed. A record that was deleted meanwhile is only in :attr:`deleted`.
    changed: list[T] = attrs.field(repr=False)
    #: The deleted records. For some kinds of records, the vendor shows little more than the id.
    deleted: list[T] = attrs.field(repr=False)
    #: The ``since`` of the next call.
    next_since: datetime


class Changes(Generic[T]):
    """The changes since a time. ``async for change in changes`` returns each
    :class:`Change`: first the changed records, then the deleted ones. ``await changes`` returns all
    of them as a :class:`ChangeSet`. Each use sends the requests again.

    Both lists are requested from one second before ``since``. A record whose ``updated_at`` is in
    that earlier second is left out. A deletion in that second may be included, because ManageBac
    does not show when a record was deleted.

    :param changed: lists the records that were changed since a time.
    :param deleted: lists the records that were deleted since a time.
    :param lists: how many of the vendor's lists each of the two reads.
    :raises InvalidInput: ``since`` has no time zone.
    :raises LmsError: a list could not be read, see :mod:`lms_async.errors`.
    """

    def __init__(
        self,
        since: datetime,
        *,
        changed: Callable[[datetime], Pages[T]],
        deleted: Callable[[datetime], Pages[T]],
        lists: int = 1,
    ) -> None:
        if not isinstance(since, datetime) or since.tzinfo is None:
            raise InvalidInput("since needs a time zone", hint="e.g. datetime(…, tzinfo=UTC)")
        self._since = since.astimezone(UTC).replace(microsecond=0)
        self._changed = changed(self._since - _BOUNDARY)
        self._deleted = deleted(self._since - _BOUNDARY)
        self._next_since: datetime | None = None
        self._lists = lists

    def __repr__(self) -> str:
        return f"<Changes since {self._since:%Y-%m-%dT%H:%M:%SZ}: {self._changed!r}>"

    @property
    def next_since(self) -> datetime:
        """The ``since`` of the next run: the time when this run began, minus 5 minutes, because the
        vendor's clock may be behind.

        :raises InvalidInput: not all changes have been read.
        """
        if self._next_since is None:
            raise InvalidInput(
                "next_since is not known until all changes have been read",
                hint="read it after the end of the loop",
            )
        return self._next_since

    def __await__(self) -> Generator[Any, None, ChangeSet[T]]:
        return self._everything().__await__()

    async def _everything(self) -> ChangeSet[T]:
        changed: list[T] = []
        deleted: list[T] = []
        async for change in self:
            (deleted if change.deleted else changed).append(change.record)
        gone = {_id_of(record) for record in deleted} - {None}
        kept = [record for record in changed if _id_of(record) not in gone]
        return ChangeSet(kept, deleted, self.next_since)

    async def __aiter__(self) -> AsyncIterator[Change[T]]:
        self._next_since = None
        began = datetime.now(UTC)
        # The deletions are read last: a record that is deleted meanwhile may be in both lists, and
        # the deletion must be applied last.
        async for record in self._complete(self._changed):
            if not self._is_earlier(record):
                yield Change(record, deleted=False)
        async for record in self._complete(self._deleted):
            yield Change(record, deleted=True)
        # Never before `since`, or the next run would read older changes again.
        self._next_since = max(self._since, began - CLOCKS)

    async def _complete(self, listed: Pages[T]) -> AsyncIterator[T]:
        """Yield the records of a list, none of them twice.

        A record that leaves the list while its pages are read moves the later ones forward, so that
        one of them may be on no page. So a list of several pages is read again, until nothing new
        is in it.
        """
        given: set[object] = set()
        for read in range(_MOST_READS):
            count, new = 0, 0
            async for page in listed.pages():
                count += 1
                for record in page:
                    known = _id_of(record)
                    if known in given or (known is None and read):
                        continue
                    if known is not None:
                        given.add(known)
                        new += 1
                    yield record
            if count <= self._lists or not new:
                return

    def _is_earlier(self, record: T) -> bool:
        """Return whether ``record`` shows that it was last changed in the second before
        ``since``."""
        try:
            changed = datetime.fromisoformat(str(getattr(record, "updated_at", None)))
        except ValueError:
            return False
        # ManageBac may list an older one for another reason, e.g. a change of a part of it.
        earliest = self._since - _BOUNDARY
        return changed.tzinfo is not None and earliest <= changed < self._since


def _id_of(record: object) -> object:
    return getattr(record, "id", None)
