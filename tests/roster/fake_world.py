"""The fake target as a world: a vendor in memory, which is cheap enough for many examples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import attrs

from lms_async.errors import OutcomeUnknown
from lms_async.roster import Action, Capabilities, Entry, Target
from lms_async.roster.entries import KEY_PARTS, split
from tests.roster.fake_target import ABLE, FakeTarget, Faults
from tests.roster.records import MAPPING
from tests.roster.world import KEYS, Oddity, Shown, Trouble

_LOCKED = "somebody else's"
_SCHOOLS = {"stranger": "N", "stranger elsewhere": "S"}


class _Vendor(FakeTarget):
    on_request: Callable[[], None]
    is_cut_off = False

    def arrive(self) -> None:
        self.on_request()
        if self.is_cut_off:
            raise OutcomeUnknown("no response")


class FakeWorld:
    """A world in memory."""

    mapping = attrs.evolve(MAPPING, keys=KEYS)

    def __init__(self) -> None:
        self.vendor = _Vendor()
        self.on_request = lambda: None

    @property
    def on_request(self) -> Callable[[], None]:
        return self.vendor.on_request

    @on_request.setter
    def on_request(self, call: Callable[[], None]) -> None:
        self.vendor.on_request = call

    @property
    def capabilities(self) -> Capabilities:
        return ABLE

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        pass

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Target]:
        yield self.vendor

    def shown(self) -> list[Shown]:
        return [
            Shown(
                kind=one.kind,
                id=one.vendor_id,
                key=one.key,
                org=one.org,
                fields=one.fields,
                active=one.active,
                locked=bool(one.locked),
                raw=one,
            )
            for one in self.vendor.entries
        ]

    def disturb(self, what: Oddity, number: int) -> None:
        match what:
            case "stranger" | "stranger elsewhere":
                self._add(f"X{number}", org=_SCHOOLS[what])
                if sections := self.vendor.active("sections"):
                    self._add(f"{min(sections)}\x1fX{number}", kind="enrollments")
            case "without key":
                self._add("")
            case "same key":
                self._add(f"P{number}")
            case "synced person" | "administrator":
                self._change("people", f"P{number}", locked=_LOCKED)
            case "synced course":
                self._change("courses", f"c{number}", locked=_LOCKED)
            case "synced section":
                self._change("sections", f"k{number}", locked=_LOCKED)
                self._change_parts("sections", f"k{number}", locked=_LOCKED)
            case "deactivated":
                self._change("people", f"P{number}", active=False)
                self._change_parts("people", f"P{number}", active=False)

    def _add(self, key: str, *, kind: str = "people", org: str = "N") -> None:
        self.vendor.entries.append(
            Entry(
                kind=kind,
                key=key,
                org=org,
                vendor_id=f"hand{len(self.vendor.entries)}",
                fields={"role": "Student", "school": org} if kind == "people" else {},
            )
        )

    def _change(self, kind: str, key: str, **values: Any) -> None:
        for place, one in enumerate(self.vendor.entries):
            if (one.kind, one.key) == (kind, key):
                self.vendor.entries[place] = attrs.evolve(one, **values)

    def _change_parts(self, kind: str, key: str, **values: Any) -> None:
        """Change the enrollments in a section, or of a person."""
        for one in list(self.vendor.entries):
            parts = zip(KEY_PARTS.get(one.kind, ()), split(one.key), strict=False)
            if one.kind == "enrollments" and (kind, key) in parts:
                self._change(one.kind, one.key, **values)

    def fail(self, troubles: Sequence[Trouble]) -> None:
        now = self.vendor.requests + 1

        def places(*kinds: str) -> frozenset[int]:
            return frozenset(now + one.skip for one in troubles if one.kind in kinds)

        rejected = (
            key
            for one in troubles
            if one.kind == "refused"
            for key in (f"P{one.skip % 8 + 1}", f"k{one.skip % 4 + 1}")
        )
        self.vendor.faults = Faults(
            rejected=frozenset(rejected),
            lost=places("lost", "failed late", "half"),
            dropped=places("dropped", "busy", "down"),
        )

    def cut_off(self) -> None:
        self.vendor.is_cut_off = True

    def reconnect(self) -> None:
        self.vendor.is_cut_off = False

    def heal(self) -> None:
        self.vendor.faults = Faults()

    def made_twice(self) -> list[str]:
        return [
            key
            for (_, action, key), times in self.vendor.made.items()
            if action in (Action.CREATE, Action.LINK) and times > 1
        ]
