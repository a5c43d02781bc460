"""Acme's sandbox as a world of the roster's property."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from acme_async import Acme
from acme_async.roster import AcmeRoster
from acme_async.sandbox import AcmeSandbox
from lms_async.roster import Capabilities, RosterMapping, Target
from tests.roster.world import KEYS, Oddity, SandboxTroubles, Shown

_SCHOOLS = {"stranger": "N", "stranger elsewhere": "S"}


class AcmeWorld(SandboxTroubles):
    """A new school, which has pupils only."""

    mapping = RosterMapping(
        keys=KEYS,
        roles={"student": "pupil"},
        enrollment_roles={"student": "pupil", "teacher": "teacher"},
    )
    capabilities: Capabilities = AcmeRoster.capabilities

    def __init__(self) -> None:
        self.sandbox = AcmeSandbox()
        super().__init__(self.sandbox)

    async def __aenter__(self) -> Self:
        await self.sandbox.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.sandbox.close()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Target]:
        async with Acme(self.sandbox.token, base_url=self.sandbox.base_url) as acme:
            yield AcmeRoster(acme, account="school 1")

    def disturb(self, what: Oddity, number: int) -> None:
        pupils = self.sandbox.pupils
        match what:
            case "stranger" | "stranger elsewhere":
                self._add(f"X{number}", _SCHOOLS[what])
            case "without key":
                self._add("", "N")
            case "deactivated" if f"P{number}" in pupils:
                pupils[f"P{number}"]["active"] = False

    def _add(self, number: str, house: str) -> None:
        id_ = len(self.sandbox.pupils)
        pupil = {"id": id_, "number": number, "name": "By", "house": house}
        self.sandbox.pupils[number or f"without key {id_}"] = pupil

    def shown(self) -> list[Shown]:
        return [
            Shown(
                kind="people",
                id=str(one["id"]),
                key=one["number"],
                org=one.get("house") or "",
                fields={
                    "given_name": one["name"],
                    "family_name": one.get("surname") or "",
                    "school": one.get("house") or "",
                    "role": "pupil",
                },
                active=one.get("active", True),
                raw=dict(one),
            )
            for one in self.sandbox.pupils.values()
        ]

    def made_twice(self) -> list[str]:
        """The sandbox keeps pupils by number, and refuses a number that is taken."""
        return []
