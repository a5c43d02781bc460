"""A vendor in memory, which keeps a roster and makes the changes of a plan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

import attrs

from lms_async.roster import (
    Action,
    Capabilities,
    Change,
    Entry,
    KindCapabilities,
    LeftAlone,
    SideEffect,
)
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


class FakeTarget:
    """A vendor's account with these records."""

    name = "fake"
    account = "school 1"
    capabilities = ABLE

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = list(entries)

    async def snapshot(self) -> AsyncIterator[Entry]:
        for entry in self.entries:
            yield entry

    def apply(self, changes: Iterable[Change]) -> None:
        items: list[Change | LeftAlone] = list(changes)
        # A vendor gives each record an id of its own.
        self.entries = [
            attrs.evolve(entry, vendor_id=str(number))
            for number, entry in enumerate(applied(self.entries, items, ABLE))
        ]

    def active(self, kind: str) -> set[str]:
        return {entry.key for entry in self.entries if entry.kind == kind and entry.active}

    def fields(self, kind: str, key: str) -> dict[str, str]:
        (found,) = (each for each in self.entries if (each.kind, each.key) == (kind, key))
        return dict(found.fields)
