"""A vendor with an account, as the property of the roster sees it (``keeping_equal.py``).

To try another vendor, write a class like ``tests/schoology/roster/world.py``, and a test that
passes it to :func:`tests.roster.keeping_equal.check`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol, Self

import attrs

from lms_async.roster import Capabilities, Keys, RosterMapping, Target
from lms_async.sandbox import Fault, SandboxServer
from lms_async.sandbox.faults import Faults

#: A change that somebody makes by hand at the vendor, to the record with this number.
Oddity = Literal[
    "stranger",  # somebody in school N whom the source does not have
    "stranger elsewhere",  # the same in school S
    "without key",
    "same key",  # a second account with the key of the person
    "synced person",
    "administrator",
    "synced course",
    "synced section",
    "deactivated",
]
#: What goes wrong once.
TroubleKind = Literal["lost", "dropped", "busy", "down", "failed late", "half", "refused"]


@attrs.frozen
class Trouble:
    """Something that goes wrong with the request after ``skip`` others."""

    kind: TroubleKind
    skip: int


@attrs.frozen(kw_only=True)
class Shown:
    """A record of the vendor, read from its state and not through the client.

    :param raw: all that the vendor knows of it. Two states of a record that are equal were not
        changed in between.
    """

    kind: str
    id: str
    key: str
    org: str = ""
    fields: Mapping[str, str] = attrs.field(factory=dict)
    active: bool = True
    locked: bool = False
    raw: Any = None


class World(Protocol):
    """A vendor's account, and what happens to it."""

    #: Translates the words of ``random_school.py``. The key of people is their identifier.
    mapping: RosterMapping
    #: Called at each request, before the vendor acts.
    on_request: Callable[[], None]

    @property
    def capabilities(self) -> Capabilities:
        """What the target can do."""

    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: object) -> None: ...

    def connect(self) -> AbstractAsyncContextManager[Target]:
        """Return a target of a new client, as a program has that was just started."""

    def shown(self) -> list[Shown]:
        """Return all records, also inactive ones. The enrollments of inactive people are not
        active."""

    def disturb(self, what: Oddity, number: int) -> None:
        """Change the record with this number by hand, if there is one."""

    def fail(self, troubles: Sequence[Trouble]) -> None:
        """Let this go wrong from now on."""

    def cut_off(self) -> None:
        """Answer no request, and act on none, until :meth:`reconnect` is called."""

    def reconnect(self) -> None:
        """Answer again, with the troubles that are left."""

    def heal(self) -> None:
        """Let nothing go wrong any more."""

    def made_twice(self) -> list[str]:
        """Return the records that were created more than once."""


KEYS = Keys(people="identifier")


def _fault(trouble: Trouble) -> Fault:
    skip = trouble.skip
    match trouble.kind:
        case "lost":
            return Fault.cut(after=True, skip=skip)
        case "dropped":
            return Fault.hang(skip=skip)
        case "busy":
            return Fault.refuse(retry_after=2, skip=skip)
        case "down":
            return Fault.error(503, skip=skip)
        case "failed late":
            return Fault.error(500, acts=True, skip=skip)
        case "half":
            return Fault.half_body(skip=skip)
        case "refused":
            return Fault.error(400, skip=skip)


class SandboxTroubles:
    """The troubles of a world whose vendor is a sandbox."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self._served = sandbox
        self._faults: Faults | None = None
        self.on_request: Callable[[], None] = lambda: None
        sandbox.before_each = lambda seen: self.on_request()

    def fail(self, troubles: Sequence[Trouble]) -> None:
        self._served.faults.add(*map(_fault, troubles))

    def cut_off(self) -> None:
        self._faults, self._served.faults = self._served.faults, Faults()
        self._served.faults.add(Fault.cut(times=1_000_000))

    def reconnect(self) -> None:
        if self._faults is not None:
            self._served.faults, self._faults = self._faults, None

    def heal(self) -> None:
        self._served.faults.clear()
