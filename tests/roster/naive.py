"""The rules of the difference a second time, with dicts and no regard for speed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs

from lms_async.roster.changes import REMOVALS, Action, Change, LeftAlone, Reason
from lms_async.roster.entries import KEY_PARTS, Entry, usable_key
from lms_async.roster.guarding.rules import Mode, Rules
from lms_async.roster.mapping.scope import Scope
from lms_async.roster.targets.target import Capabilities

Items = list[Change | LeftAlone]


def compared(entry: Entry, capabilities: Capabilities) -> dict[str, str]:
    """Return the fields of ``entry`` that the vendor can show."""
    shows = capabilities.kinds[entry.kind].shows
    return {name: value for name, value in entry.fields.items() if name in shows}


class Naive:
    """Compares the entries of a small roster."""

    def __init__(
        self,
        wanted: Iterable[Entry],
        there: Iterable[Entry],
        capabilities: Capabilities,
        scope: Scope,
        rules: Rules,
    ) -> None:
        self.capabilities, self.scope, self.rules = capabilities, scope, rules
        once: list[Entry] = []
        for entry in (attrs.evolve(entry, key=usable_key(entry.key)) for entry in wanted):
            if entry.kind in capabilities.kinds and (not entry.key or entry not in once):
                once.append(entry)
        self.wanted = once
        self.there = [
            self._with_school(entry) for entry in there if entry.kind in capabilities.kinds
        ]
        self.by_key = [self._unique(self.wanted), self._unique(self.there)]
        self.duplicates = {
            at
            for entries in (self.wanted, self.there)
            for at, count in Counter((e.kind, usable_key(e.key)) for e in entries).items()
            if count > 1 and at[1]
        }
        self.removed: set[tuple[str, str]] = set()

    def _with_school(self, entry: Entry) -> Entry:
        """Return a record of the vendor with the school of the one that is wanted."""
        if entry.org and "school" in self.capabilities.kinds[entry.kind].shows:
            return entry
        at = (entry.kind, usable_key(entry.key))
        for place in (at, *self._parents(*at)[:1]):
            orgs = {
                one.org
                for one in self.wanted
                if (one.kind, one.key) == place and self.scope.includes(one) and not one.locked
            } - {""}
            if at[1] and len(orgs) == 1:
                return attrs.evolve(entry, org=orgs.pop())
        return entry

    @staticmethod
    def _unique(entries: list[Entry]) -> dict[tuple[str, str], Entry]:
        return {(e.kind, usable_key(e.key)): e for e in entries if usable_key(e.key)}

    def items(self) -> Items:
        """Return changes and what is left alone, in order, without what is counted by field."""
        found: Items = []
        parents = [kind for kind in self.capabilities.kinds if kind not in KEY_PARTS]
        for kind in parents:
            for item in self._removals(kind):
                if isinstance(item, Change):
                    self.removed.add((kind, item.key))
        for kind in self.capabilities.kinds:
            found += self._unusable(kind)
            found += self._additions(kind)
        for kind in reversed(list(self.capabilities.kinds)):
            found += self._removals(kind)
        return found

    def _left(self, entry: Entry, reason: Reason, detail: str = "") -> LeftAlone:
        return LeftAlone(
            kind=entry.kind,
            key=usable_key(entry.key),
            org=entry.org,
            vendor_id=entry.vendor_id,
            reason=reason,
            detail=detail,
        )

    def _unusable(self, kind: str) -> Items:
        found: Items = []
        for entries in (self.there, self.wanted):
            for entry in entries:
                at = (kind, usable_key(entry.key))
                if entry.kind != kind:
                    continue
                if not at[1]:
                    is_there = entries is self.there
                    reason = Reason.BLANK_KEY if is_there else Reason.BLANK_KEY_IN_SOURCE
                    if entry.active:
                        found.append(self._left(entry, reason))
                elif at in self.duplicates and (entries is self.there or at not in self.by_key[1]):
                    found.append(self._left(entry, Reason.DUPLICATE_KEY))
        return found

    def _parents(self, kind: str, key: str) -> list[tuple[str, str]]:
        pairs = zip(KEY_PARTS.get(kind, ()), key.split("\x1f"), strict=False)
        return [(part, each) for part, each in pairs if part in self.capabilities.kinds]

    def _blocked(self, at: tuple[str, str]) -> Reason | None:
        for parent in self._parents(*at):
            if parent in self.duplicates:
                return Reason.DUPLICATE_KEY
            known = [side[parent] for side in self.by_key if parent in side]
            wanted = self.by_key[0].get(parent)
            if wanted and wanted.locked:
                return Reason(wanted.locked)
            if any(not self.scope.includes(entry) for entry in known):
                return Reason.OUT_OF_SCOPE
            if self._lock(parent):
                return Reason.LOCKED
        return None

    def _lock(self, at: tuple[str, str]) -> str:
        """Return why the vendor's record, or a parent of it, is locked."""
        places = [at, *self._parents(*at)]
        locks = [self.by_key[1][one].locked for one in places if one in self.by_key[1]]
        return next(filter(None, locks), "")

    def _reachable(self, parent: tuple[str, str]) -> bool:
        wanted, there = (side.get(parent) for side in self.by_key)
        if parent in self.removed:
            return False
        if there is not None and there.active:
            return True
        return wanted is not None and wanted.active

    def _additions(self, kind: str) -> Items:
        can = self.capabilities.kinds[kind]
        returned: Items = []
        updated: Items = []
        created: Items = []
        for at, entry in self.by_key[0].items():
            if entry.kind != kind or not entry.active or at in self.duplicates:
                continue
            old = self.by_key[1].get(at)
            new = compared(entry, self.capabilities)
            before = {} if old is None else compared(old, self.capabilities)
            after = {name: value for name, value in new.items() if before.get(name, "") != value}
            before = {name: before.get(name, "") for name in after}
            has_role = entry.locked != Reason.UNKNOWN_ROLE
            if old is not None and old.active and not after and has_role:
                continue
            group = created if old is None else updated if old.active else returned
            shown = entry if old is None else old
            about: dict[str, Any] = {"kind": kind, "key": at[1], "org": entry.org}
            reason = self._reason_to_keep(at, entry, old)
            if reason:
                detail = self._lock(at) if reason is Reason.LOCKED else ""
                left = self._left(shown, reason, detail)
                group.append(attrs.evolve(left, org=entry.org))
            elif old is None:
                action = Action.LINK if kind in KEY_PARTS else Action.CREATE
                fields = {name: v for name, v in entry.fields.items() if name in can.holds}
                group.append(Change(action=action, after=fields, **about))
            else:
                group += self._changed(old, entry, before, after)
        return [*returned, *updated, *created]

    def _reason_to_keep(
        self, at: tuple[str, str], entry: Entry, old: Entry | None
    ) -> Reason | None:
        if entry.locked:
            return Reason(entry.locked)
        if not all(self.scope.includes(each) for each in (entry, old) if each):
            return Reason.OUT_OF_SCOPE
        if old and old.locked:
            return Reason.LOCKED
        if blocked := self._blocked(at):
            return blocked
        if not all(map(self._reachable, self._parents(*at))):
            return Reason.NO_PARENT
        return None

    def _changed(
        self, old: Entry, entry: Entry, before: dict[str, str], after: dict[str, str]
    ) -> Items:
        found: Items = []
        shown = attrs.evolve(old, org=entry.org)
        if self.rules.mode is Mode.ADDITIONS_ONLY:
            if after:
                found.append(self._left(shown, Reason.ADDITIONS_ONLY))
            before, after = {}, {}
        for field in sorted(after):
            if field in self.capabilities.kinds[old.kind].fixed:
                found.append(self._left(shown, Reason.FIXED_FIELD, field))
                del before[field], after[field]
        if after or not old.active:
            found.append(
                Change(
                    kind=old.kind,
                    action=Action.UPDATE if old.active else Action.RETURN,
                    key=usable_key(old.key),
                    org=entry.org,
                    vendor_id=old.vendor_id,
                    before=before,
                    after=after,
                )
            )
        return found

    def _removals(self, kind: str) -> Items:
        found: Items = []
        for at, old in self.by_key[1].items():
            wanted = self.by_key[0].get(at)
            if old.kind != kind or not old.active or at in self.duplicates:
                continue
            if wanted is not None and wanted.active:
                continue
            reason = self._reason_to_stay(at, old, wanted)
            if reason:
                detail = self._lock(at) if reason is Reason.LOCKED else ""
                found.append(self._left(old, reason, detail))
                continue
            removal = self.capabilities.kinds[kind].removal
            assert removal is not None
            found.append(
                Change(
                    kind=kind,
                    action=removal,
                    key=at[1],
                    org=old.org,
                    vendor_id=old.vendor_id,
                    before=compared(old, self.capabilities),
                )
            )
        return found

    def _reason_to_stay(
        self, at: tuple[str, str], old: Entry, wanted: Entry | None
    ) -> Reason | None:
        kind, rules, parents = old.kind, self.rules, self._parents(*at)
        if not all(self.scope.includes(each) for each in (old, wanted) if each):
            return Reason.OUT_OF_SCOPE
        if wanted is not None and wanted.locked:
            return Reason.OUT_OF_SCOPE
        if old.locked:
            return Reason.LOCKED
        if blocked := self._blocked(at):
            return blocked
        if any(all(parent not in side for side in self.by_key) for parent in parents):
            return Reason.NO_PARENT
        if any(p in self.removed and p[0] in self.capabilities.ending(kind) for p in parents):
            return Reason.ENDS_WITH_PARENT
        if rules.mode is Mode.ADDITIONS_ONLY:
            return Reason.ADDITIONS_ONLY
        if rules.mode is Mode.NEW_SCHOOL_YEAR and self._of_last_year(kind, parents):
            return Reason.LEFT_TO_END
        if self.capabilities.kinds[kind].removal is None:
            return Reason.NOT_REMOVABLE
        if kind not in rules.removals:
            return Reason.REMOVAL_OFF
        # A record that the source says is not wanted is not merely missing.
        return Reason.SOURCE_INCOMPLETE if kind in rules.incomplete and wanted is None else None

    def _of_last_year(self, kind: str, parents: list[tuple[str, str]]) -> bool:
        if kind != "enrollments":
            return kind in ("terms", "courses", "sections")
        section = self.by_key[0].get(parents[0])
        return section is None or not section.active


def applied(there: list[Entry], items: Items, capabilities: Capabilities) -> list[Entry]:
    """Return what is there after a vendor has made all changes among ``items``."""
    now = {entry.vendor_id: entry for entry in there}
    ended: set[tuple[str, str]] = set()
    for number, item in enumerate(items):
        if not isinstance(item, Change):
            continue
        shows = capabilities.kinds[item.kind].shows
        fields = {name: value for name, value in item.after.items() if name in shows}
        if item.action in (Action.CREATE, Action.LINK):
            assert not item.vendor_id
            now[f"new{number}"] = Entry(
                kind=item.kind,
                key=item.key,
                org=item.org,
                fields=fields,
                vendor_id=f"new{number}",
            )
            continue
        old = now[item.vendor_id]
        assert (
            compared(old, capabilities).items()
            >= {name: value for name, value in item.before.items() if value}.items()
        )
        now[item.vendor_id] = attrs.evolve(
            old, fields={**old.fields, **fields}, active=item.action not in REMOVALS
        )
        if item.action in REMOVALS:
            ended.add((item.kind, item.key))
    for entry in list(now.values()):
        parts = zip(
            KEY_PARTS.get(entry.kind, ()), usable_key(entry.key).split("\x1f"), strict=False
        )
        if any(at in ended and at[0] in capabilities.ending(entry.kind) for at in parts):
            now[entry.vendor_id] = attrs.evolve(entry, active=False)
    return list(now.values())
