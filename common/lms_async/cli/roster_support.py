"""What the commands for rosters need of a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Protocol

import attrs

if TYPE_CHECKING:
    from ..roster import Target
    from ..sandbox import SandboxServer


@attrs.frozen(kw_only=True)
class RosterSetting:
    """A setting of a target, which is in ``[target]`` of the mapping.

    :param does: what it decides.
    :param choices: the words that it may be; empty for any text.
    :param default: what it is if the mapping does not have it.
    """

    does: str
    choices: tuple[str, ...] = ()
    default: str = ""


@attrs.frozen
class DemoRecord:
    """A record of the district that ``lms demo`` keeps up to date, in the words of the district.

    :param kind: ``people``, ``relationships``, ``courses``, ``sections`` or ``enrollments``.
    :param key: the id; the ids of student and guardian; or those of section and person.
    :param values: for people ``given_name``, ``family_name``, ``email``, ``role`` and ``school``;
        for courses ``title`` and ``school``; for sections ``title`` and ``course``; for enrollments
        ``role``.
    """

    kind: str
    key: tuple[str, ...]
    values: Mapping[str, str] = attrs.field(factory=dict)


class RosterDemo(Protocol):
    """What ``lms demo`` needs of a target to keep a district up to date."""

    #: The rate limit of the sandbox: requests, seconds.
    limit: tuple[int, float]

    def prepare(
        self, server: SandboxServer, schools: Mapping[str, str], people: Iterable[DemoRecord]
    ) -> None:
        """Create the schools (names by code) and the people that the vendor has before."""

    def add_faults(self, server: SandboxServer) -> Sequence[str]:
        """Schedule the simulated failures, and return a short description of each."""

    def records(self, server: SandboxServer) -> Iterable[DemoRecord]:
        """Yield the active records that the sandbox has now, each as often as it is there."""

    def deactivated(self, server: SandboxServer) -> Set[str]:
        """Return the ids of the people who are deactivated."""


@attrs.frozen(kw_only=True)
class RosterSupport:
    """How ``lms plan``, ``lms apply`` and ``lms verify`` reach a target's roster.

    :param settings: the target's settings by name.
    :param connect: takes the client and a value for each setting, and returns the account as a
        target of the roster.
    :param demo: for ``lms demo``; ``None`` if it does not show the roster.
    :param creates: the command that creates missing words, by the table of the mapping.
    """

    settings: Mapping[str, RosterSetting]
    connect: Callable[[Any, Mapping[str, str]], Target]
    demo: RosterDemo | None = None
    creates: Mapping[str, str] = attrs.field(factory=dict)
