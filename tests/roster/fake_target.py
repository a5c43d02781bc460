"""A vendor in memory, which keeps a roster and makes the changes of a plan, or fails to."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import orjson

from lms_async.bulk.bulk import Bulk
from lms_async.bulk.endpoint import ABSENT, DIFFERENT, BulkEndpoint, Found
from lms_async.bulk.rows import Rows, json_of, one_by_one
from lms_async.errors import OutcomeUnknown
from lms_async.http.call import AttemptObserver, Call
from lms_async.journal.journal import Journal
from lms_async.outcome import RowError, RowResult, Status
from lms_async.roster import (
    Action,
    Capabilities,
    Change,
    Entry,
    KindCapabilities,
    LeftAlone,
    SideEffect,
    Word,
)
from lms_async.roster.changes import REMOVALS as REMOVING
from lms_async.roster.entries import KEY_PARTS, split
from tests.roster.naive import applied

FIELDS = {
    "orgs": {"name", "code"},
    "terms": {"title", "starts", "ends"},
    "people": {"given_name", "family_name", "email", "role", "school", "graduation_year"},
    "courses": {"title", "code", "school"},
    "sections": {"title", "course", "terms"},
    "enrollments": {"role"},
    "relationships": set[str](),
}
REMOVALS = {
    "people": Action.DEACTIVATE,
    "sections": Action.ARCHIVE,
    "enrollments": Action.EXPIRE,
    "relationships": Action.UNLINK,
}
#: What this vendor can do: everything that it holds can be read back.
ABLE = Capabilities(
    kinds={
        kind: KindCapabilities(
            holds=frozenset(fields), shows=frozenset(fields), removal=REMOVALS.get(kind)
        )
        for kind, fields in FIELDS.items()
    },
    side_effects=(SideEffect("people", "enrollments"),),
)


class Killed(BaseException):
    """The program was killed."""


@attrs.define(kw_only=True)
class Faults:
    """What goes wrong. Requests are counted from 1, over all runs.

    :param rejected: the keys of changes that the vendor rejects.
    :param lost: the requests whose response is lost after the vendor acted.
    :param dropped: the requests whose response is lost and on which the vendor did not act.
    :param killed: the requests at which the program is killed, after the vendor acted.
    :param refused: an error with which the vendor answers every request.
    """

    rejected: frozenset[str] = frozenset()
    lost: frozenset[int] = frozenset()
    dropped: frozenset[int] = frozenset()
    killed: frozenset[int] = frozenset()
    refused: Exception | None = None


class FakeTarget:
    """A vendor's account with these records."""

    name = "fake"
    account = "school 1"
    capabilities = ABLE
    settings: Mapping[str, str] = {}
    # As the sender of its bulks:
    width = 2
    max_failed_chunks = 5
    events = ()

    def __init__(self, entries: Iterable[Entry] = (), faults: Faults | None = None) -> None:
        self.entries = list(entries)
        self.faults = faults or Faults()
        #: How many times each change was made.
        self.made: Counter[tuple[str, Action, str]] = Counter()
        self.requests = 0
        self.snapshots = 0
        #: The days for which snapshots were read and changes were made.
        self.days: list[date] = []
        self.bulks: list[Bulk[Change]] = []

    async def words(self) -> Mapping[str, Sequence[Word]]:
        return {"roles": [Word("Student"), Word("Teacher")]}

    async def snapshot(self, as_of: date) -> AsyncIterator[Entry]:
        self.snapshots += 1
        self.days.append(as_of)
        for entry in self.entries:
            yield entry

    def apply(
        self,
        kind: str,
        action: Action,
        changes: AsyncIterable[Change] | Iterable[Change],
        *,
        as_of: date,
        journal: Journal | None,
    ) -> Bulk[Change]:
        self.days.append(as_of)

        def prepare(change: Change) -> tuple[str, dict[str, Any]]:
            assert (change.kind, change.action) == (kind, action)
            return change.key, attrs.asdict(change)

        endpoint: BulkEndpoint[Change] = BulkEndpoint(
            prepare=one_by_one(prepare),
            call=lambda rows: Call("POST", "changes", body=json_of(rows), is_bulk=True),
            parse_results=lambda payload, rows: payload,
            operation=f"{action} {kind}",
            max_rows=3,
            look_up=self._look_up,
        )
        self.bulks.append(Bulk(self, changes, endpoint, journal=journal))
        return self.bulks[-1]

    async def fetch(
        self, call: Call[Any], *, watch: AttemptObserver | None = None
    ) -> tuple[Any, int]:
        assert watch is not None
        await watch.before_send()
        self.requests += 1
        self.arrive()
        if self.faults.refused is not None:
            raise self.faults.refused
        if self.requests in self.faults.dropped:
            raise OutcomeUnknown("no response")
        results = [self._make(Change(**row)) for row in orjson.loads(orjson.dumps(call.body))]
        if self.requests in self.faults.lost:
            raise OutcomeUnknown("no response")
        if self.requests in self.faults.killed:
            raise Killed
        return results, 1

    def arrive(self) -> None:
        """Called when a request arrives, before the vendor acts, and when records are looked up."""

    def _make(self, change: Change) -> RowResult:
        """Make a change, or reject it."""
        if change.key in self.faults.rejected:
            return RowResult(Status.REJECTED, error=RowError("400", "Ada is not allowed"))
        found = self._find(change.kind, change.key)
        if change.action in (Action.CREATE, Action.LINK):
            parts = zip(KEY_PARTS.get(change.kind, ()), split(change.key), strict=False)
            parents = [self._find(*part) for part in parts if part[0]]
            if not all(parent and parent.active for parent in parents):
                return RowResult(Status.REJECTED, error=RowError("404"))
            id_ = f"new{self.made.total()}"
            self.entries.append(
                Entry(
                    kind=change.kind,
                    key=change.key,
                    org=change.org,
                    fields=change.after,
                    vendor_id=id_,
                )
            )
        else:
            assert found is not None
            assert found.vendor_id == change.vendor_id
            id_ = found.vendor_id
            self.replace(
                found,
                fields={**found.fields, **change.after},
                active=change.action not in REMOVING,
            )
            if change.action in REMOVING:
                self._end_with(change)
        self.made[change.kind, Action(change.action), change.key] += 1
        return RowResult(Status.DONE, id_)

    def _end_with(self, removal: Change) -> None:
        """End the records that end with the removed one."""
        for entry in list(self.entries):
            parts = zip(KEY_PARTS.get(entry.kind, ()), split(entry.key), strict=False)
            ends = removal.kind in self.capabilities.ending(entry.kind)
            if ends and (removal.kind, removal.key) in parts:
                self.replace(entry, active=False)

    async def _look_up(self, rows: Rows[Change]) -> list[Found]:
        self.arrive()
        return [self._state(change) for change in rows.items]

    def _state(self, change: Change) -> Found:
        found = self._find(change.kind, change.key)
        if found is None:
            return ABSENT
        if change.action in REMOVING:
            is_made = not found.active
        else:
            is_made = found.active and found.fields.items() >= change.after.items()
        return RowResult(Status.DONE, found.vendor_id) if is_made else DIFFERENT

    def _find(self, kind: str, key: str) -> Entry | None:
        found = [entry for entry in self.entries if (entry.kind, entry.key) == (kind, key)]
        assert len(found) <= 1
        return found[0] if found else None

    def replace(self, entry: Entry, **values: Any) -> None:
        at = self.entries.index(entry)
        self.entries[at] = attrs.evolve(entry, **values)

    def change_all(self, changes: Iterable[Change]) -> None:
        """Make these changes at once."""
        items: list[Change | LeftAlone] = list(changes)
        # A vendor gives each record an id of its own.
        self.entries = [
            attrs.evolve(entry, vendor_id=str(number))
            for number, entry in enumerate(applied(self.entries, items, self.capabilities))
        ]

    def active(self, kind: str) -> set[str]:
        return {entry.key for entry in self.entries if entry.kind == kind and entry.active}

    def fields(self, kind: str, key: str) -> dict[str, str]:
        (found,) = (each for each in self.entries if (each.kind, each.key) == (kind, key))
        return dict(found.fields)
